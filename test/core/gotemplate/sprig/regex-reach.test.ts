import { describe, expect, test } from "vitest";
import { FunctionError } from "../../../../src/core/gotemplate/error.js";
import { compilePattern } from "../../../../src/core/gotemplate/sprig/regex-pattern.js";
import { isBounded, runOfTaken } from "../../../../src/core/gotemplate/sprig/regex-reach.js";
import { Random } from "../../../fuzz/random.js";
import { searched } from "../../../fuzz/texts/pattern.js";
import { call, contextWith } from "./call.js";

test("a match lies within the run of what its pattern takes, and within its program where it is bounded", () => {
  const random = new Random(1);
  let matches = 0;
  for (let i = 0; i < 5000; i++) {
    const { pattern, subject } = searched(random);
    const compiled = compilePattern(contextWith(), pattern);
    if (compiled instanceof FunctionError) continue;
    const found = compiled.expression.matcher(subject);
    if (!found.find(0) || found.end() === found.start()) continue;
    matches++;
    const run = runOfTaken(compiled.text)?.matcher(subject);
    if (run?.find(found.start()))
      expect.soft(run.end(), pattern).toBeGreaterThanOrEqual(found.end());
    const longest = 2 * compiled.programSize;
    if (isBounded(compiled.text)) expect(found.end() - found.start()).toBeLessThanOrEqual(longest);
  }
  expect(matches).toBeGreaterThan(1500);
});

describe("many matches in a long text", () => {
  const lines = "key: value with  some   text   \n".repeat(8000);

  test.each([
    "\\s+\\n",
    "(\\w+): (\\w+)",
    "[a-z]+",
    "(?i)VALUE",
    ".",
    "\\b",
    "(?m)^.*$",
    "k.*?v",
    "\\Qkey\\E",
  ])("%s costs what is read", (pattern) => {
    const context = contextWith({ steps: 1e7, bytes: 1e9 });
    expect(call("regexReplaceAll", [pattern, lines, "-"], context)).not.toBe(lines);
  });

  // Each match is short, and each search reads on to the end.
  test.each([
    { pattern: "x*?y|x", text: "x".repeat(100_000) },
    { pattern: "(\\s+z|\\n)", text: "\n".repeat(50_000) + " ".repeat(50_000) },
    { pattern: "(?s)k.*?v|e", text: lines },
  ])("$pattern costs the text again and again", ({ pattern, text }) => {
    const context = contextWith({ steps: 100_000, bytes: 1e9 });
    expect(() => call("regexReplaceAll", [pattern, text, ""], context)).toThrow(
      expect.objectContaining({ code: "template_budget_steps" }),
    );
  });
});
