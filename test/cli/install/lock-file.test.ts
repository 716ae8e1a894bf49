import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatLock,
  type LockFile,
  parseLock,
  sourceDigest,
} from "../../../src/cli/install/lock-file.js";
import { sha256Digest } from "../../../src/core/codec/digest.js";

const digest = sha256Digest("x");
const LOCK: LockFile = {
  registry: { server: "https://recipes.example.com", root: digest },
  recipes: [
    { recipe: "acme/queue", range: "^1.0.0", version: "1.2.0", digest },
    { recipe: "acme/cache", range: "*", version: "1.0.0", digest },
  ],
  files: new Map([
    ["k8s", { from: digest, provisioners: digest, recipes: digest, patches: [] }],
    [
      "compose",
      {
        from: digest,
        provisioners: digest,
        recipes: digest,
        patches: [{ name: "a-b-c.tpl", digest }],
      },
    ],
  ]),
  environments: new Map([
    ["staging", { release: 2, digest }],
    ["local", { release: 1, digest }],
  ]),
};

describe("a lock file", () => {
  test("is the same to the byte, in whichever order things were found", () => {
    const text = formatLock(LOCK);
    const turned = {
      ...LOCK,
      files: new Map([...LOCK.files].reverse()),
      environments: new Map([...LOCK.environments].reverse()),
    };
    expect(formatLock(turned)).toBe(text);
    expect(text.endsWith("}\n")).toBe(true);
    expect(text.indexOf('"compose"')).toBeLessThan(text.indexOf('"k8s"'));
    expect(text.indexOf('"local"')).toBeLessThan(text.indexOf('"staging"'));
    // The order of recipes is that of matching.
    expect(text.indexOf("acme/queue")).toBeLessThan(text.indexOf("acme/cache"));
  });

  test("says what it was written from", () => {
    const hex = fc.string({
      unit: fc.constantFrom(..."0123456789abcdef"),
      minLength: 64,
      maxLength: 64,
    });
    const anyDigest = hex.map((text) => `sha256:${text}`);
    const version = fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50)).map((parts) => parts.join("."));
    const recipe = fc.record({
      recipe: fc.constantFrom("acme/a", "acme/b", "other/a"),
      version,
      digest: anyDigest,
    });
    const lock = fc.record({
      registry: fc.record({
        server: fc.constantFrom("http://localhost:8080", "https://recipes.example.com"),
        root: anyDigest,
      }),
      recipes: fc
        .uniqueArray(recipe, { selector: (one) => one.recipe })
        .map((all) => all.map((one) => ({ ...one, range: `^${one.version}` }))),
      files: fc
        .record({
          from: anyDigest,
          provisioners: anyDigest,
          recipes: anyDigest,
          patches: fc.constant([]),
        })
        .map((files) => new Map([["compose" as const, files]])),
      environments: fc
        .record({ release: fc.integer({ min: 1, max: 1000 }), digest: anyDigest })
        .map((release) => new Map([["local", release]])),
    });
    fc.assert(
      fc.property(lock, (one) => {
        expect(parseLock(formatLock(one))).toEqual(one);
      }),
    );
  });

  test.each<{ name: string; other: Partial<LockFile>; made?: readonly "k8s"[] }>([
    { name: "recipes in another order", other: { recipes: [...LOCK.recipes].reverse() } },
    { name: "one recipe less", other: { recipes: LOCK.recipes.slice(1) } },
    { name: "chosen targets", other: { targets: ["compose", "k8s"] } },
    { name: "files for one target alone", other: {}, made: ["k8s"] },
  ])("has another source with $name", ({ other, made = [...LOCK.files.keys()] }) => {
    const changed = sourceDigest({ ...LOCK, ...other }, made);
    expect(changed).not.toBe(sourceDigest(LOCK, LOCK.files.keys()));
  });

  test("may be laid out otherwise", () => {
    const text = JSON.stringify(JSON.parse(formatLock(LOCK)), undefined, "\t");
    expect(formatLock(parseLock(text.replaceAll("\n", "\r\n")))).toBe(formatLock(LOCK));
  });

  test.each([
    { name: "no JSON", change: () => "lock" },
    { name: "a list", change: () => "[]" },
    { name: "nesting without end", change: () => `${"[".repeat(500)}${"]".repeat(500)}` },
    { name: "no registry", change: (text: string) => text.replace('"registry"', '"registri"') },
    {
      name: "a registry's path",
      change: (text: string) => text.replace("example.com", "example.com/x"),
    },
    { name: "no HTTP", change: (text: string) => text.replace("https:", "file:") },
    { name: "a name of no recipe", change: (text: string) => text.replace("acme/", "../") },
    { name: "a recipe twice", change: (text: string) => text.replace("acme/queue", "acme/cache") },
    {
      name: "a version out of its range",
      change: (text: string) => text.replace("1.2.0", "2.2.0"),
    },
    {
      name: "a digest that is none",
      change: (text: string) => text.replaceAll(digest, "sha256:1"),
    },
    { name: "an unknown target", change: (text: string) => text.replace('"k8s"', '"nomad"') },
    {
      name: "no target at all",
      change: (text: string) => text.replace('"recipes"', '"targets": [], "recipes"'),
    },
    {
      name: "a path of a patch template",
      change: (text: string) => text.replace("a-b-c.tpl", "a/b.tpl"),
    },
    { name: "a release before the first", change: (text: string) => text.replace(": 2,", ": 0,") },
    { name: "no environment's name", change: (text: string) => text.replace("staging", "..") },
    {
      name: "a version that is said twice",
      change: (text: string) => text.replace('"version": "1.2.0"', '"version": "1.1.0", $&'),
    },
    {
      name: "a name in disguise",
      change: (text: string) => text.replace("acme/queue", "acme/\\u0071ueue"),
    },
    { name: "a list without end", change: (text: string) => text.replace(/\[\]/, "[1]") },
  ])("with $name is refused", ({ change }) => {
    const text = formatLock(LOCK);
    const changed = change(text);
    expect(changed).not.toBe(text);
    expect(() => parseLock(changed)).toThrow(expect.objectContaining({ code: "cli_lock" }));
  });
});
