import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatFloat, formatFloatValue } from "../../../src/core/gotemplate/float.js";
import { parseFloat64 } from "../../../src/core/gotemplate/number.js";

describe("formatFloat", () => {
  test.each([
    { value: 0, format: "g", precision: -1, text: "0" },
    { value: -0, format: "g", precision: -1, text: "-0" },
    { value: 100000, format: "g", precision: -1, text: "100000" },
    { value: 1e6, format: "g", precision: -1, text: "1e+06" },
    { value: 123456.5, format: "g", precision: -1, text: "123456.5" },
    { value: 1234567, format: "g", precision: -1, text: "1.234567e+06" },
    { value: 0.0001, format: "g", precision: -1, text: "0.0001" },
    { value: 0.00001, format: "g", precision: -1, text: "1e-05" },
    { value: 5e-324, format: "g", precision: -1, text: "5e-324" },
    { value: 100, format: "g", precision: 2, text: "1e+02" },
    { value: 123.456, format: "g", precision: 4, text: "123.5" },
    { value: 1e21, format: "f", precision: -1, text: "1000000000000000000000" },
    { value: 2.5, format: "f", precision: 0, text: "2" },
    { value: 3.5, format: "f", precision: 0, text: "4" },
    { value: 0.5, format: "f", precision: 0, text: "0" },
    { value: 0.05, format: "f", precision: 1, text: "0.1" },
    { value: 9.995, format: "f", precision: 2, text: "9.99" },
    { value: 999.5, format: "e", precision: 2, text: "1.00e+03" },
    { value: 0, format: "e", precision: 3, text: "0.000e+00" },
    { value: 1, format: "b", precision: -1, text: "4503599627370496p-52" },
    { value: 1, format: "x", precision: -1, text: "0x1p+00" },
    { value: 5e-324, format: "x", precision: -1, text: "0x1p-1074" },
    { value: 0.1, format: "X", precision: 3, text: "0X1.99AP-04" },
    { value: 1.99999, format: "x", precision: 1, text: "0x1.0p+01" },
    { value: Number.POSITIVE_INFINITY, format: "f", precision: 2, text: "+Inf" },
    { value: Number.NEGATIVE_INFINITY, format: "g", precision: -1, text: "-Inf" },
    { value: Number.NaN, format: "e", precision: 2, text: "NaN" },
  ] as const)("$value as $format.$precision is $text", ({ value, format, precision, text }) => {
    expect(formatFloat(value, format, precision)).toBe(text);
  });

  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

  test("writes what reads back as the same number", () => {
    fc.assert(
      fc.property(finite, fc.constantFrom("e", "f", "g", "x"), (value, format) => {
        const read = parseFloat64(formatFloat(value, format as "e", -1));
        expect(Object.is(read, value)).toBe(true);
      }),
    );
  });

  test("writes values by the same rule as `g`", () => {
    fc.assert(
      fc.property(fc.oneof(finite, fc.integer().map(Number)), (value) => {
        expect(formatFloatValue(value)).toBe(formatFloat(value, "g", -1));
      }),
    );
  });
});
