import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { deleteByPatchPath, setByPatchPath } from "../../../src/core/codec/sjson-path.js";
import { parseJson } from "../../../src/core/gotemplate/json.js";

interface Vector {
  readonly document: string;
  readonly op: "set" | "delete";
  readonly path: string;
  readonly result?: string;
  readonly error?: string;
}

function readRows<Row>(name: string): Row[] {
  return readFileSync(new URL(`../../vectors/codec/${name}`, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}

type SearchRow = Omit<Vector, "document" | "result"> & {
  readonly document?: string;
  readonly result?: string | null;
};

/** The rows of searches in full: they leave out what the row before or the document tells. */
function readSearches(): Vector[] {
  let last = "";
  return readRows<SearchRow>("sjson-search.jsonl").map(({ document, result, ...row }) => {
    last = document ?? last;
    return result === undefined
      ? { ...row, document: last }
      : { ...row, document: last, result: result ?? last };
  });
}

const vectors = [...readRows<Vector>("sjson.jsonl"), ...readSearches()];

function apply({ document, op, path }: Vector) {
  const data = parseJson(document);
  return op === "set" ? setByPatchPath(data, path, "V") : deleteByPatchPath(data, path);
}

test.each(vectors.filter(({ result }) => result !== undefined))(
  "$op $path in $document",
  (vector) => {
    expect(apply(vector)).toEqual(parseJson(vector.result ?? ""));
  },
);

test.each(vectors.filter(({ error }) => error !== undefined))(
  "$op $path in $document fails",
  (vector) => {
    const code = expect.stringMatching(/^patch_path_/);
    expect(() => apply(vector)).toThrow(expect.objectContaining({ code }));
  },
);

test.each([
  { name: "an index far past the end", path: "a.1000000000", code: "patch_path_limit" },
  { name: "a path of very many parts", path: "a.".repeat(5_000), code: "patch_path_limit" },
  { name: "a very long search", path: "a.".repeat(5_000).concat("*"), code: "patch_path_limit" },
  { name: "no path", path: "", code: "patch_path_empty" },
])("refuses $name", ({ path, code }) => {
  expect(() => setByPatchPath(new Map(), path, 1n)).toThrow(expect.objectContaining({ code }));
});

test("the document that was given stays as it was", () => {
  const data = parseJson('{"a":{"b":[1]}}');
  setByPatchPath(data, "a.b.-1", "V");
  deleteByPatchPath(data, "a.b");
  expect(data).toEqual(parseJson('{"a":{"b":[1]}}'));
});

test("a series of changes copies a document once", () => {
  const data = parseJson('{"a":{"b":[1],"c":{"d":2}}}');
  const copies = new WeakSet();
  const first = setByPatchPath(data, "a.b.-1", "V", copies);
  const second = setByPatchPath(first, "a.x.y", "W", copies);
  const third = deleteByPatchPath(second, "a.c.d", copies);
  expect(third).toBe(first);
  expect(third).toEqual(parseJson('{"a":{"b":[1,"V"],"c":{},"x":{"y":"W"}}}'));
  expect(data).toEqual(parseJson('{"a":{"b":[1],"c":{"d":2}}}'));
});

test("many places are set in one go", () => {
  const list = Array.from({ length: 50_000 }, (_, i) => new Map([["n", BigInt(i % 2)]]));
  const changed = setByPatchPath(list, "#(n==1)#.n", 2n);
  expect(changed).toEqual(list.map((_, i) => new Map([["n", i % 2 === 1 ? 2n : 0n]])));
});

test("a document that nothing is found in is given back itself", () => {
  const data = parseJson('{"a":[{"name":"x"}]}');
  expect(setByPatchPath(data, "a.#(name==y).z", 1n)).toBe(data);
});
