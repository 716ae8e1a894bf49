import { describe, expect, test } from "vitest";
import { sprigFunctions } from "../../../src/core/gotemplate/sprig/map.js";
import { executeTemplate, parseTemplate } from "../../../src/core/gotemplate/template.js";
import { LOCAL, Time } from "../../../src/core/gotemplate/time.js";
import {
  GoFunction,
  Int,
  Struct,
  TypedList,
  TypedMap,
  type Value,
} from "../../../src/core/gotemplate/value.js";
import { keptMap, MAX_KEPT_DEPTH } from "../../../src/core/provision/kept-form.js";
import { OutputFormError } from "../../../src/core/provision/output-form.js";

const host = {
  randomBytes: (size: number) => new Uint8Array(size),
  now: () => 5n,
  env: () => undefined,
  lookupHost: () => undefined,
};

/** What `{{ $_ := set . "x" (EXPRESSION) }}` leaves under `x`. */
function leftBy(expression: string): Value {
  const data = new Map<string, Value>();
  const template = parseTemplate("t", `{{ $_ := set . "x" (${expression}) }}`, sprigFunctions);
  executeTemplate(template, data, { host });
  return data.get("x") ?? null;
}

test.each<[string, unknown]>([
  ["splitList `,` `a,b`", ["a", "b"]],
  ["until 2", [0n, 1n]],
  ["dict `a` (list 1 `b` nil)", new Map([["a", [1n, "b", null]]])],
  ["semver `1.2.3-rc`", "1.2.3-rc"],
  ["now", new Time(5n, LOCAL)],
  ["genCA `x` 1 | typeOf", "sprig.certificate"],
])("%s is kept", (expression, want) => {
  expect(keptMap(new Map([["x", leftBy(expression)]])).get("x")).toEqual(want);
});

test("a certificate is a map", () => {
  const kept = keptMap(
    new Map([
      ["x", new Struct("t", new Map([["Cert", "c"]]), { jsonNames: new Map([["Cert", "cert"]]) })],
    ]),
  );
  expect(kept).toEqual(new Map([["x", new Map([["cert", "c"]])]]));
});

test("nil lists and maps are empty ones; other keys stay", () => {
  const odd = new TypedMap("map[int]string", new Map([[1n, "a"]]));
  const map = new Map<string, Value>([
    ["l", new TypedList("[]string", null)],
    ["m", new TypedMap("map[string]string", null)],
    ["o", odd],
    ["i", new Int("int64", 3n)],
  ]);
  expect([...keptMap(map).values()]).toEqual([[], new Map(), odd, new Int("int64", 3n)]);
});

describe("no form have", () => {
  const cyclic = new Map<string, Value>();
  cyclic.set("x", [cyclic, cyclic]);
  let deep: Value = "end";
  for (let i = 0; i < 20_000; i++) deep = new Map([["x", deep]]);
  let wide: Value = [1n];
  for (let i = 0; i < 30; i++) wide = [wide, wide];
  const long = "x".repeat(1 << 20);

  test.each<[string, Value]>([
    ["maps that hold themselves", cyclic],
    ["values that nest deep", deep],
    ["values that double", wide],
    ["texts that repeat", Array.from({ length: 20 }, () => long)],
    ["functions", new GoFunction("f", [], () => null)],
  ])("%s", (_, value) => {
    expect(() => keptMap(new Map([["x", value]]))).toThrow(OutputFormError);
  });

  test("but not what is just deep enough", () => {
    let value: Value = "end";
    for (let i = 0; i < MAX_KEPT_DEPTH; i++) value = [value];
    expect(keptMap(new Map([["x", value]])).size).toBe(1);
  });
});
