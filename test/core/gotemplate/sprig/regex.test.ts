import { describe, expect, test } from "vitest";
import { FunctionError } from "../../../../src/core/gotemplate/error.js";
import { TypedList, type Value } from "../../../../src/core/gotemplate/value.js";
import { call, contextWith } from "./call.js";

test.each<[string, Value[], Value]>([
  ["regexReplaceAll", ["a(x*)b", "-ab-axxb-", "$1W"], "---"],
  ["regexReplaceAll", ["a(x*)b", "-ab-axxb-", "\u0024{1}W"], "-W-xxW-"],
  ["regexReplaceAll", ["(?P<n>b)", "abc", "$n\u0024{n}$$n$01\u0024{n"], "abb$n${nc"],
  ["regexReplaceAll", ["(?P<n>a)|(?P<n>b)|[(?P<n>]", "ab(", "<$n>"], "<a><b><>"],
  ["regexReplaceAll", ["(b)", "abc", "$constructor$99999999999$é"], "ac"],
  ["regexReplaceAll", ["x*", "\u{1f600}b", "-"], "-\u{1f600}-b-"],
  ["regexReplaceAll", ["b*", "abb", "-"], "-a-"],
  ["regexReplaceAllLiteral", ["b", "abc", "$0"], "a$0c"],
  ["regexFind", ["a|ab", "ab"], "a"],
  ["regexMatch", ["[", "x"], false],
  ["regexQuoteMeta", ["a.b[1]"], "a\\.b\\[1\\]"],
])("%s case %$", (name, args, expected) => {
  expect(call(name, args)).toBe(expected);
});

test.each<[string, Value[], string[] | null]>([
  ["regexFindAll", ["a*", "baac", -1n], ["", "aa", ""]],
  ["regexFindAll", ["a", "aaa", 2n], ["a", "a"]],
  ["regexFindAll", ["a", "b", -1n], null],
  ["regexFindAll", ["a", "a", 0n], null],
  ["regexFindAll", ["\\ba", "aa a", -1n], ["a", "a"]],
  ["regexSplit", ["a*", "baac", -1n], ["b", "c"]],
  ["regexSplit", [",", "a,b,c", 2n], ["a", "b,c"]],
  ["regexSplit", [",", "", -1n], [""]],
  ["regexSplit", ["", "", -1n], []],
  ["regexSplit", [",", "a", 0n], null],
])("%s list case %$", (name, args, expected) => {
  expect(call(name, args)).toEqual(new TypedList("[]string", expected));
});

describe("refuses", () => {
  test.each([
    "[",
    "(?=a)",
    "(a)\\1",
    "a{1001}",
    "((a{100}){100}){100}",
    "a**",
    "(?P<n",
    "\udc80",
    "(".repeat(5000),
  ])("pattern %$", (pattern) => {
    expect(() => call("regexFind", [pattern, "x"])).toThrow(FunctionError);
    expect(() => call("mustRegexSplit", [pattern, "x", 1n])).toThrow(FunctionError);
    expect(call("regexMatch", [pattern, "x"])).toBe(false);
  });
});

test.each([
  ["a.*b|a", "a".repeat(20_000)],
  ["(a{500}b){2}|a", "a".repeat(5_000)],
])("pays for the work of %s before it is done", (pattern, text) => {
  const context = contextWith({ steps: 100_000, bytes: 1e9 });
  expect(() => call("regexReplaceAll", [pattern, text, ""], context)).toThrow(
    expect.objectContaining({ code: "template_budget_steps" }),
  );
});

test("takes linear time where a backtracking engine does not come back", () => {
  expect(call("regexMatch", ["(x+x+)+y", "x".repeat(20_000)])).toBe(false);
});

test("patterns with many open groups and classes are read soon, longer ones not at all", () => {
  const started = performance.now();
  for (const piece of ["[", "[[:a:", "(?P<n", "(?P<n>"]) {
    const pattern = `${piece.repeat(16_383 / piece.length)}\\`;
    expect(call("regexMatch", [pattern, "x"])).toBe(false);
  }
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(() => call("regexMatch", ["a".repeat(16_385), "x"])).toThrow(
    expect.objectContaining({ code: "template_budget_steps" }),
  );
});

test("a pattern costs the same whether it was read before or not, and however many came between", () => {
  const stepsOf = (pattern: string) => {
    let steps = 0;
    const charge = (cost: number) => {
      steps += cost;
    };
    expect(call("regexFind", [pattern, "xya1"], { ...contextWith(), charge })).toBe("a1");
    return steps;
  };
  const first = stepsOf("a[0-9]");
  expect(stepsOf("a[0-9]")).toBe(first);
  for (let i = 0; i < 1000; i++) expect(call("regexFind", [`b${i}c`, `b${i}cd`])).toBe(`b${i}c`);
  expect(stepsOf("a[0-9]")).toBe(first);
});

test("pays for the long programs of short patterns", () => {
  const context = contextWith({ steps: 1_000_000, bytes: 1e9 });
  expect(() => call("regexMatch", ["(?i:k){1000}".repeat(1000), "x"], context)).toThrow(
    expect.objectContaining({ code: "template_budget_steps" }),
  );
});

// Without what these cost beside their length, a loop over one of them would take minutes.
test.each([
  {
    name: "wide ranges without regard to case",
    pattern: "(?i)[a-\\x{10ffff}]".repeat(300),
    text: "",
  },
  { name: "Unicode classes", pattern: "\\pL".repeat(5000), text: "" },
  { name: "texts that are not UTF-8", pattern: "^a", text: "\udcff".repeat(600_000) },
])("pays for $name", ({ pattern, text }) => {
  const context = contextWith({ steps: 500_000, bytes: 1e9 });
  expect(() => call("regexMatch", [pattern, text], context)).toThrow(
    expect.objectContaining({ code: "template_budget_steps" }),
  );
});
