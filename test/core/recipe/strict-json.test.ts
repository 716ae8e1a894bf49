import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJsonBytes, type JsonValue } from "../../../src/core/codec/canonical-json.js";
import {
  type JsonProblem,
  nestsDeeper,
  parseCanonicalJson,
  StrictObject,
} from "../../../src/core/recipe/strict-json.js";

const bytes = (text: string) => new TextEncoder().encode(text);

test("canonical JSON comes back as it was", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      // JSON writes half characters as escapes; canonical JSON refuses them.
      fc.pre(!/\\ud[89a-f]/i.test(JSON.stringify(value)));
      const encoded = canonicalJsonBytes(value as JsonValue);
      const parsed = parseCanonicalJson(encoded);
      expect("value" in parsed && canonicalJsonBytes(parsed.value)).toEqual(encoded);
    }),
  );
});

test.each([
  { name: "no UTF-8", given: Uint8Array.of(0x22, 0xff, 0x22) },
  { name: "a byte order mark", given: bytes("\ufeff{}") },
  { name: "a line end", given: bytes("{}\n") },
  { name: "keys out of order", given: bytes('{"b":1,"a":2}') },
  { name: "a key twice", given: bytes('{"a":1,"a":1}') },
  { name: "a number in another spelling", given: bytes("1.0") },
  { name: "an escape that needs none", given: bytes('"\\u0061"') },
  { name: "half a character", given: bytes('"\\ud800"') },
  { name: "nesting without end", given: bytes("[".repeat(100_000)) },
  { name: "nothing", given: bytes("") },
])("refuses $name", ({ given }) => {
  expect(parseCanonicalJson(given)).toHaveProperty("fault");
});

test("brackets in text are no nesting", () => {
  expect(parseCanonicalJson(bytes(JSON.stringify(`"${"[".repeat(100)}`)))).toHaveProperty("value");
});

test("nesting is measured without falling into it", () => {
  const deep: JsonValue = JSON.parse(`${"[".repeat(3000)}${"]".repeat(3000)}`);
  expect(nestsDeeper(deep, 64)).toBe(true);
  expect(nestsDeeper([[{ a: [] }]], 4)).toBe(false);
  expect(nestsDeeper([[{ a: [] }]], 3)).toBe(true);
});

test("a document with a thousand faults reports a hundred", () => {
  const problems: JsonProblem[] = [];
  const value = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [`${i}${"x".repeat(500)}`, 1]),
  );
  new StrictObject(value, [], problems).done();
  expect(problems).toHaveLength(100);
  expect(problems.every(({ path }) => String(path[0]).length <= 100)).toBe(true);
});
