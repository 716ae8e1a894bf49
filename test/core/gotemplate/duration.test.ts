import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  clampDuration,
  formatDuration,
  parseDuration,
  roundDuration,
} from "../../../src/core/gotemplate/duration.js";
import { FunctionError } from "../../../src/core/gotemplate/error.js";

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

describe("parseDuration", () => {
  test.each<[string, bigint]>([
    ["0", 0n],
    ["-0", 0n],
    ["1h2m3.5s", 3_723_500_000_000n],
    ["-1.5h", -5_400_000_000_000n],
    [".5s", 500_000_000n],
    ["1.s", 1_000_000_000n],
    ["1us2\u00b5s3\u03bcs", 6_000n],
    ["0.0000000000001h", 0n],
    ["-9223372036854775808ns", INT64.min],
    ["0.9223372036854775807123h", 3_320_413_933_267n],
  ])("reads %j", (text, nanoseconds) => {
    expect(parseDuration(text)).toBe(nanoseconds);
  });

  test.each([
    "",
    "-",
    "1",
    "s",
    ".s",
    "1d",
    "1h ",
    "1e3s",
    "9223372036854775808ns",
    "3000000h",
    `${"9".repeat(5000)}h`,
  ])("refuses %j", (text) => {
    expect(() => parseDuration(text)).toThrow(FunctionError);
  });
});

test.each<[bigint, string]>([
  [0n, "0s"],
  [1n, "1ns"],
  [1_100n, "1.1\u00b5s"],
  [2_200_000n, "2.2ms"],
  [60_000_000_000n, "1m0s"],
  [-3_600_000_000_001n, "-1h0m0.000000001s"],
  [INT64.min, "-2562047h47m16.854775808s"],
])("writes %d as %j", (nanoseconds, text) => {
  expect(formatDuration(nanoseconds)).toBe(text);
});

test("reads what it writes", () => {
  fc.assert(
    fc.property(fc.bigInt(INT64), (nanoseconds) => {
      expect(parseDuration(formatDuration(nanoseconds))).toBe(nanoseconds);
    }),
  );
});

test("rounds halves away from zero and stays within 64 bits", () => {
  expect([15n, 14n, -15n, -14n].map((value) => roundDuration(value, 10n))).toEqual([
    20n,
    10n,
    -20n,
    -10n,
  ]);
  expect(roundDuration(7n, 0n)).toBe(7n);
  expect(roundDuration(INT64.max, 10n)).toBe(INT64.max);
  expect(clampDuration(INT64.min * 4n)).toBe(INT64.min);
});
