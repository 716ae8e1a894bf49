import { expect, test } from "vitest";
import { toFloat64, toInt64, truncateToInt64 } from "../../../src/core/gotemplate/cast.js";
import { Time } from "../../../src/core/gotemplate/time.js";
import { Int, NamedString, type Value } from "../../../src/core/gotemplate/value.js";

const cases: { value: Value; int: bigint; float: number }[] = [
  { value: null, int: 0n, float: 0 },
  { value: true, int: 1n, float: 1 },
  { value: 7n, int: 7n, float: 7 },
  { value: -2.9, int: -2n, float: -2.9 },
  { value: "", int: 0n, float: 0 },
  { value: "42", int: 42n, float: 42 },
  { value: "010", int: 8n, float: 10 },
  { value: "08", int: 0n, float: 8 },
  { value: "0x10", int: 16n, float: 0 },
  { value: "0x1p4", int: 0n, float: 16 },
  { value: "0b101", int: 5n, float: 0 },
  { value: "1_000", int: 1000n, float: 1000 },
  { value: "1__0", int: 0n, float: 0 },
  { value: "3.7", int: 3n, float: 3.7 },
  { value: "-.5", int: 0n, float: -0.5 },
  { value: "1e3", int: 0n, float: 1000 },
  { value: " 5", int: 0n, float: 0 },
  { value: "9223372036854775808", int: 0n, float: 2 ** 63 },
  { value: "1e999", int: 0n, float: 0 },
  { value: "inf", int: 0n, float: Number.POSITIVE_INFINITY },
  { value: new Int("uint64", 2n ** 64n - 1n), int: -1n, float: 2 ** 64 },
  { value: new Int("int8", -3n), int: -3n, float: -3 },
  { value: new NamedString("types.Protocol", "12"), int: 12n, float: 12 },
  { value: [1n], int: 0n, float: 0 },
  { value: new Map(), int: 0n, float: 0 },
  { value: new Time(5n), int: 0n, float: 0 },
];

test.each(cases)("casts $value", ({ value, int, float }) => {
  expect(toInt64(value)).toBe(int);
  expect(toFloat64(value)).toBe(float);
});

test.each([
  { value: 2 ** 63, int: -(2n ** 63n) },
  { value: -(2 ** 63), int: -(2n ** 63n) },
  { value: Number.NaN, int: -(2n ** 63n) },
  { value: 2 ** 62, int: 2n ** 62n },
])("truncates $value as amd64 does", ({ value, int }) => {
  expect(truncateToInt64(value)).toBe(int);
});
