import { expect, test } from "vitest";
import { StepBudget } from "../../../src/core/codec/gjson-match.js";
import { matchesQuery, parseQuery } from "../../../src/core/codec/gjson-query.js";
import type { Data } from "../../../src/core/gotemplate/value.js";

test.each([
  { path: "#(a.b==c).d", query: { key: "a.b", operator: "=", value: "c" }, end: 9 },
  { path: "#(a=c)", query: { key: "a", operator: "=", value: "c" }, end: 6 },
  { path: '#[a != "c]"]#', query: { key: "a", operator: "!=", value: "c]" }, end: 12 },
  { path: "#(a.#(b>1))", query: { key: "a.#(b>1)", operator: "", value: "" }, end: 11 },
  { path: "#(a.#(b>1).c<=2)", query: { key: "a.#(b>1).c", operator: "<=", value: "2" }, end: 16 },
  { path: '#(%"a\\u0062\\n*")', query: { key: "", operator: "%", value: "ab\n*" }, end: 16 },
  { path: '#(=="a\\qb")', query: { key: "", operator: "=", value: "a" }, end: 11 },
  { path: "#(a!%b*)", query: { key: "a", operator: "!%", value: "b*" }, end: 8 },
  { path: "#(!a)", query: { key: "", operator: "", value: "!a" }, end: 5 },
])("reads $path", ({ path, query, end }) => {
  expect(parseQuery(path)).toEqual({ query, end });
});

test.each(["#(", "#(a==b", '#(a=="b)', "#(a.#(b)"])("%s has no end", (path) => {
  expect(parseQuery(path)).toBeUndefined();
});

const subjects: Record<string, Data | undefined> = {
  nothing: undefined,
  null: null,
  map: new Map(),
  "2": 2n,
  "2.5": 2.5,
  NaN: Number.NaN,
  b: "b",
  true: true,
  false: false,
};

test.each([
  { operator: "", value: "", of: ["null", "map", "2", "2.5", "NaN", "b", "true", "false"] },
  { operator: "=", value: "2", of: ["2"] },
  { operator: "!=", value: "2", of: ["2.5", "NaN", "b", "true", "false"] },
  { operator: "<", value: "2.5", of: ["2"] },
  { operator: ">=", value: "2.5", of: ["2.5", "b", "true"] },
  { operator: "<", value: "1e999", of: ["2", "2.5"] },
  { operator: ">", value: "b", of: ["2", "2.5"] },
  { operator: "<=", value: "b", of: ["b", "false"] },
  { operator: ">", value: "false", of: ["2", "2.5", "true"] },
  { operator: "%", value: "?", of: ["b"] },
  { operator: "!%", value: "?", of: [] },
  { operator: "=", value: "~true", of: ["2", "2.5", "NaN", "true"] },
  { operator: "=", value: "~false", of: ["nothing", "null", "map", "b", "false"] },
])("'$operator$value' finds $of", ({ operator, value, of }) => {
  const query = { key: "", operator, value };
  const found = Object.entries(subjects)
    .filter(([, subject]) => matchesQuery(query, subject, new StepBudget()))
    .map(([name]) => name);
  expect(found.sort()).toEqual([...of].sort());
});
