import { describe, expect, test } from "vitest";
import { expandEntries } from "../../../src/core/recipe/entry-list.js";
import { DEFAULT_RULES, parseEnvironment } from "../../../src/core/recipe/environment.js";
import type { RecipeError } from "../../../src/core/recipe/error.js";
import {
  checkRange,
  resolveEntries,
  resolveRange,
  type VersionCandidate,
} from "../../../src/core/recipe/ranges.js";

const RULES = DEFAULT_RULES;
const known = (...versions: (string | VersionCandidate)[]): VersionCandidate[] =>
  versions.map((one) =>
    typeof one === "string" ? { version: one, digest: `d-${one}`, signers: ["a"] } : one,
  );
const yanked = (version: string): VersionCandidate => ({
  version,
  digest: `d-${version}`,
  yanked: "a leak",
  signers: ["a"],
});

test.each([
  {
    name: "the highest of a caret range",
    range: "^1.0.0",
    has: known("1.0.0", "1.10.0", "1.9.0", "2.0.0"),
    takes: "1.10.0",
  },
  {
    name: "the highest of a tilde range",
    range: "~1.2",
    has: known("1.2.0", "1.2.9", "1.3.0"),
    takes: "1.2.9",
  },
  { name: "an exact version", range: "1.2.0", has: known("1.2.0", "1.2.9"), takes: "1.2.0" },
  {
    name: "an exact prerelease",
    range: "2.0.0-rc.1",
    has: known("1.0.0", "2.0.0-rc.1"),
    takes: "2.0.0-rc.1",
  },
  {
    name: "no prerelease by a range",
    range: "*",
    has: known("1.0.0", "2.0.0-rc.1"),
    takes: "1.0.0",
  },
  {
    name: "a prerelease where the rules allow",
    range: "*",
    has: known("1.0.0", "2.0.0-rc.1"),
    rules: { prereleases: true },
    takes: "2.0.0-rc.1",
  },
  {
    name: "no yanked version",
    range: "^1.0.0",
    has: known("1.0.0", yanked("1.1.0")),
    takes: "1.0.0",
  },
  {
    name: "no version with too few signatures",
    range: "*",
    rules: { signatures: 2 },
    takes: "1.0.0",
    has: known("1.1.0", { version: "1.0.0", digest: "d", signers: ["a", "b"] }),
  },
  {
    name: "the alternative of an or",
    range: "^3 || ^1",
    has: known("1.0.0", "2.0.0"),
    takes: "1.0.0",
  },
])("takes $name", ({ range, has, rules, takes }) => {
  expect(resolveRange("dapr/redis", range, has, { ...RULES, ...rules }).version).toBe(takes);
});

test.each([
  { name: "nothing fits", range: "^3", has: known("1.0.0"), says: "1.0.0" },
  { name: "there is no such recipe", range: "*", has: known(), says: "no such recipe" },
  {
    name: "attack 4: all that fit are yanked",
    range: "1.0.0",
    has: known(yanked("1.0.0")),
    says: "yanked",
  },
  {
    name: "attack 12: one key signed twice and two are wanted",
    range: "*",
    rules: { signatures: 2 },
    says: "1 of the 2",
    has: known({ version: "1.0.0", digest: "d", signers: ["a", "a"] }),
  },
  {
    name: "the namespace is not allowed",
    range: "*",
    rules: { namespaces: ["score"] },
    has: known("1.0.0"),
    says: "dapr",
  },
])("says why: $name", ({ range, has, rules, says }) => {
  expect(() => resolveRange("dapr/redis", range, has, { ...RULES, ...rules })).toThrow(
    expect.objectContaining({
      code: "recipe_unresolved",
      message: expect.stringContaining(says) as string,
    }),
  );
});

describe("ranges", () => {
  test.each(["1.2.3", "^1", "~1.2", ">=1.0.0 <2", "1.x", "*", "1.0.0 - 2.0.0", "^1 || ^2"])(
    "%s is one",
    (range) => checkRange(range),
  );

  test.each([
    "",
    " ",
    "latest",
    "https://x",
    "1.2.3+build",
    "^",
    "1.2.3; rm",
    "é",
    "1 ".repeat(60),
  ])("'%s' is none", (range) => {
    expect(() => checkRange(range)).toThrow(expect.objectContaining({ code: "recipe_range" }));
  });
});

describe("the entries of an environment", () => {
  const definition = parseEnvironment({
    entries: [
      { recipe: "dapr/redis", range: "^1", class: "actors" },
      { recipe: "score/dns", range: "^2" },
      { recipe: "dapr/kafka", range: "^1" },
    ],
  });

  test("keep their order and narrowing", () => {
    const candidates = new Map([
      ["dapr/redis", known("1.0.0")],
      ["score/dns", known("2.1.0")],
      ["dapr/kafka", known("1.0.1")],
    ]);
    expect(
      resolveEntries(expandEntries(definition, new Map()), definition.rules, candidates),
    ).toMatchObject([
      { recipe: "dapr/redis", version: "1.0.0", digest: "d-1.0.0", class: "actors", patches: true },
      { recipe: "score/dns", version: "2.1.0" },
      { recipe: "dapr/kafka", version: "1.0.1" },
    ]);
  });

  test("that find nothing are all named", () => {
    const candidates = new Map([["score/dns", known("2.1.0")]]);
    try {
      resolveEntries(expandEntries(definition, new Map()), definition.rules, candidates);
      expect.unreachable();
    } catch (error) {
      const { code, problems } = error as RecipeError;
      expect(code).toBe("recipe_unresolved");
      expect(problems.map(({ place }) => place?.path)).toEqual(["entries.0", "entries.2"]);
    }
  });
});
