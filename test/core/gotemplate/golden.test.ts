import { describe, expect, test } from "vitest";
import { sprigFunctions } from "../../../src/core/gotemplate/sprig/map.js";
import { actualOf, expectedOf, failureOf, readCases } from "./golden.js";

const GROUPS = [
  "actions",
  "call",
  "comments-trim",
  "comparison",
  "define",
  "exec-errors",
  "fuzz-data",
  "fuzz-language",
  "fuzz-text",
  "html-js-urlquery",
  "if",
  "index-slice",
  "len",
  "parse-errors",
  "pipelines",
  "printf",
  "range",
  "score-data",
  "variables",
  "with",
];

describe("gives what Go gives", () => {
  test.each(GROUPS)("%s", (group) => {
    const failures = readCases(group).flatMap((golden) => {
      const expected = expectedOf(golden);
      const actual = actualOf(golden, sprigFunctions);
      return actual === expected ? [] : [{ id: golden.id, expected, actual }];
    });
    expect(failures).toEqual([]);
  });
});

test("fails with Go's words, where they are those of the language", () => {
  for (const golden of readCases("fuzz-language")) {
    expect(failureOf(golden, sprigFunctions)).toBe(golden.error);
  }
});
