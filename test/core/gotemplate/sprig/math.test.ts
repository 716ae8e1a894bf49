import fc from "fast-check";
import { expect, test } from "vitest";
import { FunctionError } from "../../../../src/core/gotemplate/error.js";
import { Int, type Value } from "../../../../src/core/gotemplate/value.js";
import { call, contextWith } from "./call.js";

test.each<[string, Value[], Value]>([
  ["addf", [0.1, 0.2], 0.3],
  ["subf", [0.3, 0.1], 0.2],
  ["mulf", [1.1, 1.1], 1.21],
  ["divf", [10n, 3n], 3.3333333333333335],
  ["divf", [-1n, 3n, 1e16], -0],
  ["divf", [1e-300, 1e300], 0],
  ["mulf", [1e300, 1e300], Number.POSITIVE_INFINITY],
  ["maxf", ["inf", "nan"], Number.POSITIVE_INFINITY],
  ["minf", ["-inf", "nan"], Number.NEGATIVE_INFINITY],
  ["maxf", [0, -0], 0],
  ["round", [1.005, 2n], 1],
  ["round", [-2.4, 0n], -3],
  ["round", [123.456, -1n], 120],
  ["round", [2.4, 0n, 0.4], 2],
  ["round", [1, 400n], Number.NaN],
  ["floor", ["x"], 0],
])("%s case %$", (name, args, expected) => {
  expect(call(name, args)).toBe(Object.is(expected, -0) ? 0 : expected);
});

test.each<[string, Value[], bigint]>([
  ["add", [2n ** 63n - 1n, 1n], -(2n ** 63n)],
  ["mul", [2n ** 63n - 1n, 2n, 2n], -4n],
  ["div", [-7n, 2n], -3n],
  ["mod", [-7n, 3n], -1n],
  ["div", [-(2n ** 63n), -1n], -(2n ** 63n)],
  ["max", ["0x10", 3.9, null], 16n],
  ["min", [true, "-5"], -5n],
])("%s case %$ is an int64", (name, args, expected) => {
  expect(call(name, args)).toEqual(new Int("int64", expected));
});

test.each<[string, Value[]]>([
  ["div", [1n, 0n]],
  ["mod", [1n, "x"]],
  ["divf", [1n, 0n]],
  ["addf", ["inf"]],
  ["randInt", [5n, 5n]],
  ["randInt", [6n, 5n]],
])("%s refuses case %$", (name, args) => {
  expect(() => call(name, args)).toThrow(FunctionError);
});

test("adding and subtracting decimals of at most 15 digits is exact", () => {
  const decimal = fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 1000);
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      expect(call("subf", [call("addf", [a, b]), b])).toBe(a === 0 ? 0 : a);
    }),
  );
});

test("charges for the operands", () => {
  const many = Array<Value>(200).fill(1e308);
  expect(() => call("mulf", many, contextWith({ steps: 2_000, bytes: 1 }))).toThrow(
    expect.objectContaining({ code: "template_budget_steps" }),
  );
});
