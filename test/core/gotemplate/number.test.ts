import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  parseFloat64,
  parseInt64,
  parseInteger,
  parseUint64,
} from "../../../src/core/gotemplate/number.js";

describe("parseInteger", () => {
  test.each([
    { text: "42", base: 0, value: 42n },
    { text: "-42", base: 0, value: -42n },
    { text: "0x1F", base: 0, value: 31n },
    { text: "0X_1f", base: 0, value: 31n },
    { text: "017", base: 0, value: 15n },
    { text: "0o17", base: 0, value: 15n },
    { text: "0b101", base: 0, value: 5n },
    { text: "1_000", base: 0, value: 1000n },
    { text: "010", base: 10, value: 10n },
    { text: "08", base: 0, value: undefined },
    { text: "1__0", base: 0, value: undefined },
    { text: "_1", base: 0, value: undefined },
    { text: "1_", base: 0, value: undefined },
    { text: "1_000", base: 10, value: undefined },
    { text: "", base: 0, value: undefined },
    { text: "0x", base: 0, value: undefined },
    { text: " 5", base: 0, value: undefined },
    { text: "ff", base: 16, value: 255n },
  ] as const)("reads $text in base $base", ({ text, base, value }) => {
    expect(parseInteger(text, base)).toBe(value);
  });

  test("keeps to 64 bits", () => {
    expect(parseInt64("9223372036854775807", 10)).toBe(2n ** 63n - 1n);
    expect(parseInt64("9223372036854775808", 10)).toBeUndefined();
    expect(parseUint64("18446744073709551615", 10)).toBe(2n ** 64n - 1n);
    expect(parseUint64("-0", 10)).toBeUndefined();
  });
});

describe("parseFloat64", () => {
  test.each([
    { text: "1.5", value: 1.5 },
    { text: ".5", value: 0.5 },
    { text: "5.", value: 5 },
    { text: "1_23.50_0e+1_2", value: 1.235e14 },
    { text: "0x1p-2", value: 0.25 },
    { text: "-0x1.8p1", value: -3 },
    { text: "0x1.fffffffffffff8p0", value: 2 },
    { text: "0x1p-1074", value: 5e-324 },
    { text: "0x1p-1076", value: 0 },
    { text: "0x3p-1076", value: 5e-324 },
    { text: "inf", value: Number.POSITIVE_INFINITY },
    { text: "-Infinity", value: Number.NEGATIVE_INFINITY },
    { text: "1e400", value: undefined },
    { text: "0x1p1024", value: undefined },
    { text: "0x10", value: undefined },
    { text: "1e", value: undefined },
    { text: ".", value: undefined },
    { text: "+nan", value: undefined },
    { text: "_1.5", value: undefined },
  ])("reads $text", ({ text, value }) => {
    expect(parseFloat64(text)).toBe(value);
  });

  test("reads what JavaScript writes", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseFloat64(value.toExponential())).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  // In quadratic time these would take hours.
  test.each([
    { name: "digits", text: `${"1".repeat(1_000_000)}x` },
    { name: "hexadecimal digits", text: `0x${"1".repeat(1_000_000)}` },
  ])("refuses many $name in linear time", ({ text }) => {
    expect(parseFloat64(text)).toBeUndefined();
  });
});
