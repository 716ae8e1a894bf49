import { describe, expect, test } from "vitest";
import { sprigFunctions } from "../../../../src/core/gotemplate/sprig/map.js";
import { actualOf, expectedOf, readCases } from "../golden.js";

const GROUPS = ["sprig-math", "sprig-dates", "sprig-semver", "sprig-regex", "sprig-crypto"];

describe("gives what Sprig gives", () => {
  // making RSA keys takes its time
  test.each(GROUPS)("%s", { timeout: 180_000 }, (group) => {
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
