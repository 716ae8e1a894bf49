import { expect, test } from "vitest";
import { matchesPattern, StepBudget } from "../../../src/core/codec/gjson-match.js";

test.each([
  { text: "", pattern: "", matches: true },
  { text: "", pattern: "*", matches: true },
  { text: "", pattern: "?", matches: false },
  { text: "a", pattern: "", matches: false },
  { text: "web-1", pattern: "web-?", matches: true },
  { text: "web-10", pattern: "web-?", matches: false },
  { text: "web-10", pattern: "*-**0", matches: true },
  { text: "aab", pattern: "*ab", matches: true },
  { text: "abcabd", pattern: "*ab?", matches: true },
  { text: "😀", pattern: "?", matches: true },
  { text: "a*b", pattern: "a\\*b", matches: true },
  { text: "axb", pattern: "a\\*b", matches: false },
])("'$text' against '$pattern': $matches", ({ text, pattern, matches }) => {
  expect(matchesPattern(text, pattern, new StepBudget())).toBe(matches);
});

test("a pattern that goes back again and again runs out of steps", () => {
  const run = () => matchesPattern("a".repeat(100_000), `*${"a".repeat(2_000)}b`, new StepBudget());
  expect(run).toThrow(expect.objectContaining({ code: "patch_path_limit" }));
});
