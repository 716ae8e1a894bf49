import { describe, expect, test } from "vitest";
import { sprigFunctions } from "../../../../src/core/gotemplate/sprig/map.js";
import { actualOf, expectedOf, readCases } from "../golden.js";

const GROUPS = [
  "sprig-strings",
  "sprig-lists",
  "sprig-dicts",
  "sprig-flow",
  "sprig-types",
  "sprig-reflection",
  "sprig-encoding",
  "sprig-url",
  "sprig-paths",
];

describe("gives what Sprig gives", () => {
  test.each(GROUPS)("%s", (group) => {
    const failures = readCases(group).flatMap((golden) => {
      const expected = expectedOf(golden);
      const actual = actualOf(golden, sprigFunctions);
      return actual === expected
        ? []
        : [{ id: golden.id, template: golden.template, expected, actual }];
    });
    expect(failures).toEqual([]);
  });
});
