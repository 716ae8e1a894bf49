import { expect, test } from "vitest";
import { findMatches, isComplexPath } from "../../../src/core/codec/gjson-path.js";
import { parseJson } from "../../../src/core/gotemplate/json.js";

const data = parseJson('{"list":[{"n":"a","t":[1,2]},{"n":"b","t":[3]},{"n":"b"}],"@z":{"n":1}}');

test.each([
  { path: "list.#(n==b)", places: [["list", 1]] },
  {
    path: "list.#(n==b)#.n",
    places: [
      ["list", 1, "n"],
      ["list", 2, "n"],
    ],
  },
  { path: "list.#(t.#(>2)).t.0", places: [["list", 1, "t", 0]] },
  {
    path: "list.#.t.0",
    places: [
      ["list", 0, "t", 0],
      ["list", 1, "t", 0],
    ],
  },
  { path: "l*.0.n", places: [["list", 0, "n"]] },
  { path: "@z.n", places: [["@z", "n"]] },
  { path: "list.#(n==c).n", places: [] },
  { path: "list.#", places: [] },
  { path: "list|0", places: [] },
  { path: "@this.list", places: [] },
  { path: "@new", places: [] },
  { path: "#y", places: [] },
])("$path finds $places", ({ path, places }) => {
  expect(findMatches(data, path)).toEqual(places);
});

test.each([
  { name: "lists of lists", path: "list.#.t.#.x", code: "patch_path_complex" },
  { name: "counts", path: "list.#(n)#.t.#", code: "patch_path_complex" },
  { name: "a path that is too long", path: "#(".repeat(3_000), code: "patch_path_limit" },
])("refuses $name", ({ path, code }) => {
  expect(() => findMatches(data, path)).toThrow(expect.objectContaining({ code }));
});

test("a search of too many steps ends", () => {
  const long = Array.from({ length: 20_000 }, () => "x");
  const nested = [long, long, long];
  const path = `#.#(=="${"y".repeat(3_000)}").#`;
  expect(() => findMatches(nested, path)).toThrow(
    expect.objectContaining({ code: "patch_path_limit" }),
  );
});

test("escaped signs are no search", () => {
  expect(isComplexPath("a\\.b\\#.c\\*")).toBe(false);
  expect(isComplexPath("a.#(b)")).toBe(true);
});
