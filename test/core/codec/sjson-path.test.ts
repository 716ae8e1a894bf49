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

const vectors = readFileSync(new URL("../../vectors/codec/sjson.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Vector);

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
  { name: "a modifier", path: "@reverse", code: "patch_path_complex" },
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
