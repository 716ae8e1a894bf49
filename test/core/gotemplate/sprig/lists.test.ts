import { describe, expect, test } from "vitest";
import { FunctionError } from "../../../../src/core/gotemplate/error.js";
import { Int, TypedList, type Value } from "../../../../src/core/gotemplate/value.js";
import { call, contextWith } from "./call.js";

const nilList = new TypedList("[]interface {}", null);
const ints = (...items: bigint[]) => new TypedList("[]int", items);

test.each<{ name: string; args: Value[]; result: Value }>([
  { name: "list", args: [], result: [] },
  { name: "append", args: [ints(1n), "x"], result: [1n, "x"] },
  { name: "prepend", args: [nilList, "x"], result: ["x"] },
  { name: "first", args: [[]], result: null },
  { name: "last", args: [[1n, 2n]], result: 2n },
  { name: "rest", args: [[]], result: nilList },
  { name: "initial", args: [[]], result: nilList },
  { name: "initial", args: [[1n, 2n]], result: [1n] },
  {
    name: "uniq",
    args: [[1n, new Int("int64", 1n), 1, 1n]],
    result: [1n, new Int("int64", 1n), 1],
  },
  { name: "has", args: [[1n], [[1n]]], result: true },
  { name: "has", args: [1n, null], result: false },
  { name: "without", args: [[1n, 2n, 1n], 1n], result: [2n] },
  { name: "compact", args: [[0n, "", null, [], false, "x"]], result: ["x"] },
  { name: "concat", args: [], result: nilList },
  { name: "concat", args: [[], ints()], result: nilList },
  { name: "concat", args: [[[1n]], ints(2n)], result: [[1n], 2n] },
  { name: "slice", args: [ints(1n, 2n, 3n), 1n, "3"], result: ints(2n, 3n) },
  { name: "slice", args: [[]], result: null },
  {
    name: "chunk",
    args: [2n, [1n, 2n, 3n]],
    result: new TypedList("[][]interface {}", [[1n, 2n], [3n]]),
  },
  { name: "chunk", args: [2n, []], result: new TypedList("[][]interface {}", []) },
  { name: "until", args: [-3n], result: ints(0n, -1n, -2n) },
  { name: "untilStep", args: [1n, 10n, 4n], result: ints(1n, 5n, 9n) },
  { name: "untilStep", args: [1n, 10n, 0n], result: ints() },
  { name: "untilStep", args: [5n, 1n, 2n], result: ints() },
  { name: "seq", args: [3n], result: "1 2 3" },
  { name: "seq", args: [-1n], result: "1 0 -1" },
  { name: "seq", args: [0n, 5n, 12n], result: "0 5 10" },
  { name: "seq", args: [5n, 2n, 1n], result: "" },
  { name: "seq", args: [5n, -2n, 1n], result: "5 3 1" },
])("$name of $args", ({ name, args, result }) => {
  expect(call(name, args)).toEqual(result);
});

test.each<{ name: string; args: Value[] }>([
  { name: "first", args: ["abc"] },
  { name: "rest", args: [5n] },
  { name: "append", args: [null, 1n] },
  { name: "concat", args: [[1n], "x"] },
  { name: "has", args: [1n, "x"] },
  { name: "slice", args: [[1n], 0n, 2n] },
  { name: "slice", args: [[1n], -1n] },
  { name: "chunk", args: [0n, [1n]] },
  { name: "chunk", args: [0n, []] },
  { name: "chunk", args: [-1n, [1n, 2n, 3n]] },
])("$name $args fails, and so does its must form", ({ name, args }) => {
  expect(() => call(name, args)).toThrow(FunctionError);
  if (name === "concat") return;
  const must = `must${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  expect(() => call(must, args)).toThrow(FunctionError);
});

test("leaves its list as it was", () => {
  const list: Value[] = [3n, 1n, 3n];
  for (const name of ["rest", "initial", "reverse", "uniq", "compact"]) call(name, [list]);
  call("append", [list, 1n]);
  call("without", [list, 3n]);
  expect(list).toEqual([3n, 1n, 3n]);
});

describe("budgets", () => {
  test.each<{ name: string; args: Value[] }>([
    { name: "until", args: [2n ** 62n] },
    { name: "untilStep", args: [-(2n ** 62n), 2n ** 62n, 1n] },
    { name: "seq", args: [2n ** 62n] },
    { name: "append", args: [Array(100_000).fill(null), 1n] },
    { name: "concat", args: Array(10).fill(Array(10_000).fill(null)) },
    { name: "chunk", args: [1n, Array(100_000).fill(null)] },
  ])("$name asks before it makes a long list", ({ name, args }) => {
    expect(() => call(name, args, contextWith({ steps: 1e6, bytes: 1e6 }))).toThrow(
      expect.objectContaining({ code: "template_budget_memory" }),
    );
  });

  test("comparing every element with every other costs steps", () => {
    const list = Array.from({ length: 10_000 }, (_, i) => BigInt(i));
    expect(() => call("uniq", [list])).toThrow(
      expect.objectContaining({ code: "template_budget_steps" }),
    );
  });
});
