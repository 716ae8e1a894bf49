import { describe, expect, test } from "vitest";
import { deleteData, getData, parseDataPath, setData } from "../../../src/core/codec/data-path.js";
import { parseYaml } from "../../../src/core/codec/yaml.js";
import type { DataMap } from "../../../src/core/gotemplate/value.js";

const yaml = (text: string) => parseYaml(text).value as DataMap;

test.each([
  { path: "", keys: [""] },
  { path: "a.b", keys: ["a", "b"] },
  { path: "a\\.b.c", keys: ["a.b", "c"] },
  { path: "a\\\\.b", keys: ["a\\", "b"] },
  { path: "a\\b.", keys: ["a\\b", ""] },
])("parses $path", ({ path, keys }) => {
  expect(parseDataPath(path)).toEqual(keys);
});

describe("setData", () => {
  test.each([
    { name: "replaces", path: ["a", "b"], before: "{a: {b: 1}}", after: "{a: {b: x}}" },
    { name: "makes maps", path: ["a", "0", "b"], before: "{}", after: '{a: {"0": {b: x}}}' },
    { name: "sets a list entry", path: ["a", "1"], before: "{a: [1, 2]}", after: "{a: [1, x]}" },
    { name: "appends", path: ["a", "-1"], before: "{a: [1]}", after: "{a: [1, x]}" },
    {
      name: "goes through lists",
      path: ["a", "0", "b"],
      before: "{a: [{}]}",
      after: "{a: [{b: x}]}",
    },
  ])("$name", ({ path, before, after }) => {
    const document = yaml(before);
    expect(setData(document, path, "x")).toEqual(yaml(after));
    expect(document).toEqual(yaml(before));
  });

  test.each([
    { name: "no path", path: [], before: "{}", code: "data_path_root" },
    { name: "text as index", path: ["a", "x"], before: "{a: [1]}", code: "data_path_index" },
    { name: "past the end", path: ["a", "1"], before: "{a: [1]}", code: "data_path_range" },
    { name: "through -1", path: ["a", "-1", "b"], before: "{a: [{}]}", code: "data_path_range" },
    { name: "through text", path: ["a", "b"], before: "{a: t}", code: "data_path_scalar" },
    {
      name: "50,000 parts",
      path: Array(50_000).fill("a"),
      before: "{}",
      code: "data_path_limit",
    },
    { name: "201 parts", path: Array(201).fill("a"), before: "{}", code: "data_path_limit" },
    { name: "through null", path: ["a", "b"], before: "{a: null}", code: "data_path_scalar" },
  ])("refuses $name", ({ path, before, code }) => {
    expect(() => setData(yaml(before), path, "x")).toThrow(expect.objectContaining({ code }));
  });
});

describe("deleteData", () => {
  test("refuses 50,000 parts", () => {
    expect(() => deleteData(new Map(), Array(50_000).fill("a"))).toThrow(
      expect.objectContaining({ code: "data_path_limit" }),
    );
  });

  test("takes keys and entries away", () => {
    expect(deleteData(yaml("{a: {b: 1, c: 2}}"), ["a", "b"])).toEqual(yaml("{a: {c: 2}}"));
    expect(deleteData(yaml("{a: [1, 2, 3]}"), ["a", "1"])).toEqual(yaml("{a: [1, 3]}"));
    expect(deleteData(yaml("{a: 1}"), ["b"])).toEqual(yaml("{a: 1}"));
  });

  test("refuses an index that is not there", () => {
    const code = "data_path_range";
    for (const index of ["-1", "3"]) {
      expect(() => deleteData(yaml("{a: [1]}"), ["a", index])).toThrow(
        expect.objectContaining({ code }),
      );
    }
  });
});

test("getData", () => {
  const document = yaml("{a: [{b: null}]}");
  expect(getData(document, ["a", "0", "b"])).toBeNull();
  expect(getData(document, ["a", "1"])).toBeUndefined();
  expect(getData(document, ["a", "0", "b", "c"])).toBeUndefined();
});
