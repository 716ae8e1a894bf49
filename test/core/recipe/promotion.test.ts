import { describe, expect, test } from "vitest";
import { DEFAULT_RULES } from "../../../src/core/recipe/environment.js";
import type { RecipeError } from "../../../src/core/recipe/error.js";
import { planPromotion } from "../../../src/core/recipe/promotion.js";
import type { ResolvedEntry } from "../../../src/core/recipe/ranges.js";

const want = (recipe: string, range: string, more: object = {}) => ({
  recipe,
  range,
  patches: true,
  ...more,
});
const has = (recipe: string, version: string, more: object = {}): ResolvedEntry => ({
  recipe,
  range: "*",
  patches: true,
  version,
  digest: `${recipe}-${version}`,
  ...more,
});

describe("a promotion", () => {
  test.each([
    {
      name: "the source's version, not the highest of the range",
      entries: [want("a/dns", "^1.0.0")],
      source: [has("a/dns", "1.2.0")],
      pins: [[0, "1.2.0"]],
    },
    {
      name: "the version of the entry that is narrowed alike",
      entries: [want("a/dns", "*", { class: "x" }), want("a/dns", "*")],
      source: [has("a/dns", "1.0.0"), has("a/dns", "2.0.0", { class: "x" })],
      pins: [
        [0, "2.0.0"],
        [1, "1.0.0"],
      ],
    },
    {
      name: "the version that is in the range, where none is narrowed alike",
      entries: [want("a/dns", "^1.0.0", { target: "k8s" })],
      source: [has("a/dns", "1.0.0"), has("a/dns", "2.0.0", { class: "x" })],
      pins: [[0, "1.0.0"]],
    },
    {
      name: "prereleases where the rules allow them",
      entries: [want("a/dns", "^1.0.0")],
      source: [has("a/dns", "1.1.0-rc.1")],
      rules: { prereleases: true },
      pins: [[0, "1.1.0-rc.1"]],
    },
  ])("takes $name", ({ entries, source, rules, pins }) => {
    const plan = planPromotion(entries, { ...DEFAULT_RULES, ...rules }, source);
    expect([...plan.pins]).toEqual(pins);
  });

  test("lists what only one of the two has", () => {
    const plan = planPromotion([want("a/dns", "*"), want("a/store", "*")], DEFAULT_RULES, [
      has("a/route", "1.0.0"),
      has("a/dns", "1.0.0"),
    ]);
    expect(plan).toMatchObject({
      shared: ["a/dns"],
      sourceOnly: ["a/route"],
      targetOnly: ["a/store"],
    });
  });

  test("names every entry whose range does not take the version, or takes several", () => {
    try {
      planPromotion(
        [
          want("a/dns", "^2.0.0"),
          want("a/dns", "^1.0.0"),
          want("a/route", "*", { id: "one" }),
          want("a/pre", "^1.0.0"),
        ],
        DEFAULT_RULES,
        [
          has("a/dns", "1.0.0"),
          has("a/route", "1.0.0"),
          has("a/route", "1.1.0", { class: "x" }),
          has("a/pre", "1.1.0-rc.1"),
        ],
      );
      expect.unreachable();
    } catch (error) {
      const { code, problems } = error as RecipeError;
      expect(code).toBe("promotion_range");
      expect(problems.map((one) => [one.code, one.place?.path])).toEqual([
        ["promotion_range", "entries.0"],
        ["promotion_ambiguous", "entries.2"],
        ["promotion_range", "entries.3"],
      ]);
    }
  });
});
