import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/core/codec/canonical-json.js";
import { sha256Digest } from "../../../src/core/codec/digest.js";
import {
  definitionDigest,
  parseEnvironment,
  rulesDigest,
} from "../../../src/core/recipe/environment.js";
import { packRecipe } from "../../../src/core/recipe/package.js";
import { buildRelease, type ReleaseHead } from "../../../src/core/recipe/release.js";
import {
  formatRelease,
  isSameContent,
  parseRelease,
  provisionerOrigins,
  recipeOfEntry,
} from "../../../src/core/recipe/release-document.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const digestOf = (version: string) => sha256Digest(version);
const packageOf = (version: string) =>
  packRecipe(
    new Map([
      ["recipe.yaml", bytes(`name: dapr/redis\nversion: ${version}\n`)],
      [
        "compose.provisioners.yaml",
        bytes("- {uri: 'template://r', type: redis}\n- {uri: 'template://d', type: dns}\n"),
      ],
      ["side.compose.tpl", bytes(`patch of ${version}`)],
    ]),
  );
const packages = new Map(
  ["1.0.0", "2.0.0"].map((version) => [digestOf(version), packageOf(version)]),
);
const entry = (version: string, change: object = {}) => ({
  recipe: "dapr/redis",
  range: "*",
  patches: true,
  version,
  digest: digestOf(version),
  ...change,
});
const definition = parseEnvironment({ entries: [{ recipe: "dapr/redis", range: "*" }] });
const ref = { number: 2, digest: digestOf("release") };
const cut = (entries: ReturnType<typeof entry>[], head: Partial<ReleaseHead> = {}) =>
  buildRelease({
    environment: "staging",
    number: 3,
    time: new Date("2025-01-31T12:00:00Z"),
    previous: digestOf("before"),
    definition: definitionDigest(definition),
    rules: definition.rules,
    lists: new Map(),
    provenance: {},
    ...head,
    entries,
    packages,
  });

describe("a release", () => {
  const release = cut([entry("2.0.0", { class: "a", type: "redis" }), entry("1.0.0")]);

  test("names everything that it serves by digest", () => {
    const { document, targets, blobs } = release;
    expect(document).toMatchObject({
      environment: "staging",
      number: 3,
      time: "2025-01-31T12:00:00.000Z",
      previous: digestOf("before"),
      definition: definitionDigest(definition),
      rules: rulesDigest(definition.rules),
    });
    expect(document.targets.compose.origins).toEqual([0, 1, 1]);
    const named = Object.values(document.targets).flatMap(({ provisioners, patches }) => [
      provisioners,
      ...patches.map(({ digest }) => digest),
    ]);
    expect(new Set(blobs.keys())).toEqual(new Set(named));
    for (const [digest, content] of blobs) expect(sha256Digest(content)).toBe(digest);
    expect(blobs.get(document.targets.compose.provisioners)).toEqual(targets.compose.content);
  });

  test.each<[string, Partial<ReleaseHead>]>([
    ["of a cut", {}],
    ["of a promotion", { provenance: { actor: "ann", promotion: { environment: "dev", ...ref } } }],
    ["of a rollback that was forced", { provenance: { rollback: ref, forced: true } }],
    ["that replaces", { provenance: { replace: [{ project: "p", resource: "dns.default#a.b" }] } }],
    ["with entry lists", { lists: new Map([["platform", digestOf("list")]]) }],
    ["with rules", { rules: { ...definition.rules, approvals: 2, imagesByDigest: true } }],
  ])("%s comes back from its JSON", (_, head) => {
    const { document } = cut([entry("1.0.0")], head);
    expect(parseRelease(formatRelease(document))).toEqual(document);
  });

  test("is the same as another only by what it serves and stands on", () => {
    const of = (head: Partial<ReleaseHead>, version = "1.0.0") =>
      cut([entry(version)], head).document;
    const first = of({});
    const later = { number: 9, time: new Date(0), provenance: { actor: "bob" } };
    expect(isSameContent(first, of(later))).toBe(true);
    for (const other of [
      of({}, "2.0.0"),
      of({ definition: digestOf("another") }),
      of({ rules: { ...definition.rules, approvals: 1 } }),
      of({ lists: new Map([["platform", digestOf("list")]]) }),
    ]) {
      expect(isSameContent(first, other)).toBe(false);
    }
  });

  test("leads every provisioner back to its version", () => {
    expect(provisionerOrigins(release.document, "compose").map(({ version }) => version)).toEqual([
      "2.0.0",
      "1.0.0",
      "1.0.0",
    ]);
    expect(() => recipeOfEntry(release.document, 2)).toThrow(
      expect.objectContaining({ code: "release_document" }),
    );
  });

  test("of the same content is the same document", () => {
    const again = cut([entry("2.0.0", { class: "a", type: "redis" }), entry("1.0.0")]);
    expect(formatRelease(again.document)).toEqual(formatRelease(release.document));
  });

  test("of no entries serves an empty file", () => {
    const { document, warnings } = cut([]);
    expect(document.targets.k8s.provisioners).toBe(sha256Digest("[]\n"));
    expect(warnings).toEqual([]);
  });
});

test.each([
  {
    name: "an entry that narrowing empties",
    entries: [entry("1.0.0", { type: "s3", patches: false })],
    codes: ["entry_empty"],
  },
  {
    name: "an entry for a target that it lacks",
    entries: [entry("1.0.0", { target: "k8s" })],
    codes: ["entry_empty"],
  },
  {
    name: "patch templates in two versions",
    entries: [entry("1.0.0", { class: "a" }), entry("2.0.0", { class: "b" })],
    codes: ["patch_template_repeated"],
  },
  {
    name: "shadowed provisioners",
    entries: [entry("1.0.0"), entry("1.0.0", { class: "b", type: "dns" })],
    codes: ["provisioner_shadowed"],
  },
  { name: "nothing", entries: [entry("1.0.0")], codes: [] },
])("warns of $name", ({ entries, codes }) => {
  expect(cut(entries).warnings.map(({ code }) => code)).toEqual(codes);
});

test("refuses entries whose package is not at hand", () => {
  expect(() => cut([entry("3.0.0")])).toThrow(
    expect.objectContaining({ code: "recipe_unresolved" }),
  );
});

const good = formatRelease(cut([entry("1.0.0")]).document) as { [key: string]: JsonValue };
const targets = good.targets as { [key: string]: { [key: string]: JsonValue } };
test.each([
  { name: "no environment", change: { environment: undefined } },
  { name: "a number that is no integer", change: { number: 1.5 } },
  { name: "a local time", change: { time: "2025-01-31T12:00:00+01:00" } },
  { name: "a day that is none", change: { time: "2025-02-31T25:00:00Z" } },
  { name: "no previous, not even null", change: { previous: undefined } },
  { name: "a digest that is none", change: { definition: "sha256:x" } },
  { name: "a notice", change: { notices: [] } },
  { name: "no targets", change: { targets: undefined } },
  { name: "a target missing", change: { targets: { compose: targets.compose } } },
  { name: "a target too many", change: { targets: { ...targets, nomad: targets.k8s } } },
  {
    name: "an origin outside its entries",
    change: { targets: { ...targets, compose: { ...targets.compose, origins: [1] } } },
  },
  { name: "a promotion from nowhere", change: { promotion: { number: 1, digest: good.rules } } },
  { name: "a rollback to no number", change: { rollback: { digest: good.rules } } },
  { name: "a list under no digest", change: { lists: { platform: "latest" } } },
  { name: "a list of a name that is none", change: { lists: { "../x": good.rules } } },
  { name: "a replaced resource of no project", change: { replace: [{ resource: "dns" }] } },
  { name: "no approvals, said", change: { approvals: 0 } },
  { name: "attack 16: a number that no registry counts to", change: { number: 2 ** 53 - 1 } },
  { name: "no previous though it is not the first", change: { previous: null } },
  { name: "a previous before the first", change: { number: 1 } },
  {
    name: "origins out of the entries' order",
    change: {
      entries: [entry("1.0.0"), entry("2.0.0")],
      targets: { ...targets, compose: { ...targets.compose, origins: [1, 0] } },
    },
  },
  ...["../../x.tpl", "a/b.tpl", ".tpl", "a.sh", "a\u0007.tpl", ""].map((name) => ({
    name: `attack 27: a patch template under the name ${JSON.stringify(name)}`,
    change: {
      targets: {
        ...targets,
        compose: { ...targets.compose, patches: [{ name, digest: good.rules, entry: 0 }] },
      },
    },
  })),
  {
    name: "two patch templates of one name",
    change: {
      targets: {
        ...targets,
        compose: {
          ...targets.compose,
          patches: ["a-b-c.tpl", "a-b-C.tpl"].map((name) => ({
            ...{ name, digest: good.rules, entry: 0 },
          })),
        },
      },
    },
  },
  { name: "an entry without a version", change: { entries: [{ recipe: "a/b", range: "*" }] } },
])("refuses a document with $name", ({ change }) => {
  const value = JSON.parse(JSON.stringify({ ...good, ...change }));
  expect(() => parseRelease(value)).toThrow(expect.objectContaining({ code: "release_document" }));
});
