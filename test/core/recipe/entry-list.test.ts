import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/core/codec/canonical-json.js";
import {
  entryListDigest,
  expandEntries,
  formatEntryList,
  parseEntryList,
  referredLists,
} from "../../../src/core/recipe/entry-list.js";
import { MAX_ENTRIES, parseEnvironment } from "../../../src/core/recipe/environment.js";

const entries = (...recipes: string[]) => recipes.map((recipe) => ({ recipe, range: "*" }));

describe("an entry list", () => {
  test("comes back from JSON, under one digest", () => {
    const list = parseEntryList({ title: "Platform", entries: entries("a/dns") });
    const again = parseEntryList(formatEntryList(list));
    expect(again).toEqual(list);
    expect(entryListDigest(again)).toBe(entryListDigest(list));
  });

  test.each<[string, JsonValue, string]>([
    ["no entries", {}, "entries"],
    ["a list inside", { entries: [{ list: "other" }] }, "entries.0.recipe"],
    ["rules", { entries: [], rules: {} }, "rules"],
    [
      "a range that is none",
      { entries: [{ recipe: "a/dns", range: "latest!" }] },
      "entries.0.range",
    ],
  ])("with %s is refused", (_, value, path) => {
    expect(() => parseEntryList(value)).toThrow(
      expect.objectContaining({
        code: "entry_list_definition",
        problems: expect.arrayContaining([expect.objectContaining({ place: { path } })]),
      }),
    );
  });

  test("stands in its place among the entries, as often as it is named", () => {
    const definition = parseEnvironment({
      entries: [{ list: "base" }, ...entries("a/own"), { list: "more" }, { list: "base" }],
    });
    expect(referredLists(definition)).toEqual(["base", "more"]);
    const lists = new Map([
      ["base", parseEntryList({ entries: entries("a/dns", "a/route") })],
      ["more", parseEntryList({ entries: entries("a/queue") })],
    ]);
    expect(expandEntries(definition, lists).map(({ recipe }) => recipe)).toEqual([
      "a/dns",
      "a/route",
      "a/own",
      "a/queue",
      "a/dns",
      "a/route",
    ]);
  });

  test.each([
    {
      name: "that is missing",
      items: [{ list: "base" }, { list: "nosuch" }],
      path: "entries.1.list",
    },
    {
      name: "that makes the entries too many",
      items: Array.from({ length: MAX_ENTRIES + 1 }, () => ({ list: "base" })).slice(1),
      path: undefined,
    },
  ])("$name is refused", ({ items, path }) => {
    const definition = parseEnvironment({ entries: items });
    const lists = new Map([["base", parseEntryList({ entries: entries("a/dns", "a/route") })]]);
    expect(() => expandEntries(definition, lists)).toThrow(
      expect.objectContaining({
        code: "environment_definition",
        place: path === undefined ? undefined : { path },
      }),
    );
  });
});
