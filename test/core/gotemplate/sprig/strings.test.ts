import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBytes, toBytes } from "../../../../src/core/gotemplate/bytes.js";
import { FunctionError } from "../../../../src/core/gotemplate/error.js";
import { Int, TypedList, type Value } from "../../../../src/core/gotemplate/value.js";
import { call, contextWith } from "./call.js";

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => fromBytes(array));

test.each<{ name: string; args: Value[]; result: Value }>([
  { name: "trunc", args: [1n, "é"], result: "\udcc3" },
  { name: "substr", args: [1n, 2n, "é"], result: "\udca9" },
  { name: "repeat", args: [2n, "\udca9\udcc3"], result: "\udca9é\udcc3" },
  { name: "replace", args: ["x", "", "\udcc3x\udca9"], result: "é" },
  { name: "contains", args: ["\udcc3", "é"], result: true },
  { name: "hasPrefix", args: ["\udcc3", "é"], result: true },
  { name: "hasSuffix", args: ["\udca9", "é"], result: true },
  { name: "trimPrefix", args: ["\udcc3", "é"], result: "\udca9" },
  { name: "trimSuffix", args: ["\udca9", "é"], result: "\udcc3" },
  { name: "trimAll", args: ["\ufffd", "\udcc3a\udcff"], result: "a" },
  { name: "nospace", args: ["é"], result: "é" },
  { name: "nospace", args: ["é "], result: "Ã©" },
  { name: "initials", args: ["été à"], result: "ÃÃ" },
  { name: "upper", args: ["ß\udcc3ǆ"], result: "ß\ufffdǄ" },
  { name: "upper", args: ["ŉ ᾳᾀ ﬁ ƛ"], result: "ŉ ᾼᾈ ﬁ ƛ" },
  { name: "lower", args: ["İ ΑΣ Σ"], result: "i ασ σ" },
  { name: "title", args: ["ǆ it's ა"], result: "ǅ It'S ა" },
  { name: "swapcase", args: ["aB ǅ"], result: "Ab ǆ" },
  { name: "camelcase", args: ["__"], result: "___" },
  { name: "snakecase", args: ["HTTPServer Bld4Floor3rd"], result: "http_server_bld4_floor_3rd" },
  { name: "kebabcase", args: ["No漢字HTTPS"], result: "no-漢字-https" },
  { name: "wrap", args: [4n, "éé éé"], result: "éé\néé" },
  { name: "quote", args: [null, "\udcff", 1n], result: '"\\xff" "1"' },
  { name: "squote", args: [null, "it's"], result: "'it's'" },
  { name: "cat", args: [1n, null, "a "], result: "1 a " },
])("$name of $args", ({ name, args, result }) => {
  expect(call(name, args)).toBe(result);
});

test("toString takes bytes for the text they are", () => {
  const list = new TypedList(
    "[]uint8",
    [0xc3n, 0xa9n, 0xffn].map((byte) => new Int("uint8", byte)),
  );
  expect(call("toString", [list])).toBe("é\udcff");
});

test.each<{ name: string; args: Value[] }>([
  { name: "repeat", args: [-1n, "a"] },
  { name: "indent", args: [-1n, "a"] },
  { name: "substr", args: [4n, 2n, "abc"] },
  { name: "substr", args: [5n, -1n, "abc"] },
  { name: "substr", args: [-1n, 9n, "abc"] },
])("$name $args fails", ({ name, args }) => {
  expect(() => call(name, args)).toThrow(FunctionError);
});

describe("budgets", () => {
  const long = "a".repeat(20_000);
  test.each<{ name: string; args: Value[] }>([
    { name: "repeat", args: [2n ** 62n, "ab"] },
    { name: "repeat", args: [60n, long] },
    { name: "indent", args: [2n ** 40n, "a"] },
    { name: "indent", args: [1000n, "\n".repeat(5000)] },
    { name: "nindent", args: [1000n, "\n".repeat(5000)] },
    { name: "wrapWith", args: [1n, long, long] },
    { name: "replace", args: ["", long, long] },
    { name: "replace", args: ["a", long, long] },
    { name: "join", args: [long, Array(1000).fill("a")] },
    { name: "cat", args: Array(100).fill(long) },
    { name: "squote", args: Array(100).fill(long) },
    { name: "splitList", args: ["", "a".repeat(100_000)] },
  ])("$name asks before it makes a large text", ({ name, args }) => {
    const context = contextWith({ steps: 1e6, bytes: 1e6 });
    expect(() => call(name, args, context)).toThrow(
      expect.objectContaining({ code: "template_budget_memory" }),
    );
  });

  test.each(["snakecase", "kebabcase", "camelcase", "title", "swapcase"])(
    "%s costs steps by the runes that it changes one by one",
    (name) => {
      const context = contextWith({ steps: 1e6, bytes: 1e9 });
      expect(() => call(name, ["aB1_".repeat(600_000)], context)).toThrow(
        expect.objectContaining({ code: "template_budget_steps" }),
      );
    },
  );

  test("searching among equal characters costs steps", () => {
    const haystack = "a".repeat(1_000_000);
    expect(() => call("contains", [`b${"a".repeat(500_000)}`, haystack])).toThrow(
      expect.objectContaining({ code: "template_budget_steps" }),
    );
  });
});

test("shuffle keeps the runes", () => {
  const shuffled = String(call("shuffle", ["abcdé😀"]));
  expect([...shuffled].sort()).toEqual([..."abcdé😀"].sort());
  expect(shuffled).not.toBe("abcdé😀");
});

test("sortAlpha sorts a []string in place and copies others", () => {
  const texts = new TypedList("[]string", ["b", "a"]);
  expect(call("sortAlpha", [texts])).toBe(texts);
  expect(texts.items).toEqual(["a", "b"]);
  const list: Value[] = ["b", null, 1n];
  expect(call("sortAlpha", [list])).toEqual(new TypedList("[]string", ["1", "b"]));
  expect(list).toEqual(["b", null, 1n]);
});

test("splitting and joining gives the text back", () => {
  fc.assert(
    fc.property(bytes, bytes, (text, separator) => {
      expect(call("join", [separator, call("splitList", [separator, text])])).toBe(text);
    }),
  );
});

test("cutting in two at any byte and joining gives the text back", () => {
  fc.assert(
    fc.property(bytes, fc.nat(), (text, seed) => {
      const size = toBytes(text).length;
      const at = BigInt(seed % (size + 1));
      const halves = [call("trunc", [at, text]), call("substr", [at, -1n, text])];
      expect(call("join", ["", halves])).toBe(text);
    }),
  );
});

test("trim, case and layout functions never throw on any bytes", () => {
  const names = ["trim", "nospace", "upper", "lower", "title", "untitle", "swapcase", "initials"];
  const cases = ["camelcase", "snakecase", "kebabcase", "quote", "squote"];
  fc.assert(
    fc.property(bytes, (text) => {
      for (const name of [...names, ...cases]) expect(call(name, [text])).toBeTypeOf("string");
      expect(call("wrapWith", [3n, "", text])).toBeTypeOf("string");
    }),
  );
});
