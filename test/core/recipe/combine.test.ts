import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { sha256Digest } from "../../../src/core/codec/digest.js";
import { combineTarget } from "../../../src/core/recipe/combine.js";
import { packRecipe } from "../../../src/core/recipe/package.js";
import { parseProvisionersFile } from "../../../src/core/recipe/provisioners-file.js";
import type { ResolvedEntry } from "../../../src/core/recipe/ranges.js";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A recipe by its files; the digest is made up, combining takes it as given. */
function recipe(name: string, files: Record<string, string>, version = "1.0.0", more = "") {
  const meta = `name: ${name}\nversion: ${version}\n${more}`;
  const all = Object.entries({ "recipe.yaml": meta, ...files });
  const digest = sha256Digest(`${name} ${version}`);
  const content = packRecipe(new Map(all.map(([path, text]) => [path, bytes(text)])));
  const entry = (change: Partial<ResolvedEntry> = {}): ResolvedEntry => ({
    recipe: name,
    range: "*",
    version,
    digest,
    patches: true,
    ...change,
  });
  return { digest, content, entry };
}
type Recipe = ReturnType<typeof recipe>;
const packagesOf = (...recipes: Recipe[]) =>
  new Map(recipes.map(({ digest, content }) => [digest, content]));

const redis = recipe("dapr/redis", {
  "compose.provisioners.yaml": `- uri: template://redis/big
  type: redis
  class: big
- uri: template://redis/any
  type: redis
- uri: template://redis/dns
  type: dns
  id: one
`,
  "k8s.provisioners.yaml": "- {uri: 'template://redis/k8s', type: redis}\n",
  "b.compose.tpl": "b",
  "a.compose.tpl": "a",
  "c.k8s.tpl": "c",
});
const kafka = recipe("dapr/kafka", {
  "compose.provisioners.yaml": "- {uri: 'template://kafka', type: topic}\n",
  "z.compose.tpl": "z",
});

const summary = (entries: ResolvedEntry[], target: "compose" | "k8s" = "compose") =>
  combineTarget(target, entries, packagesOf(redis, kafka)).provisioners.map(
    ({ provisioner, entry }) => [
      entry,
      provisioner.uri.replace("template://", ""),
      provisioner.class ?? "*",
      provisioner.id ?? "*",
    ],
  );

describe("the order", () => {
  test("is that of the entries, then that of the file", () => {
    expect(summary([kafka.entry(), redis.entry()]).map(([entry, uri]) => [entry, uri])).toEqual([
      [0, "kafka"],
      [1, "redis/big"],
      [1, "redis/any"],
      [1, "redis/dns"],
    ]);
  });

  test("stays where a recipe stands in several entries", () => {
    const entries = [redis.entry({ class: "small" }), kafka.entry(), redis.entry()];
    expect(summary(entries).map(([entry]) => entry)).toEqual([0, 0, 1, 2, 2, 2]);
  });

  test("is that of each target's own file", () => {
    expect(summary([kafka.entry(), redis.entry()], "k8s")).toEqual([[1, "redis/k8s", "*", "*"]]);
  });
});

test.each([
  { name: "a type", change: { type: "redis" }, leaves: ["big big *", "any * *"] },
  { name: "a type that it lacks", change: { type: "s3" }, leaves: [] },
  {
    name: "its own class",
    change: { class: "big" },
    leaves: ["big big *", "any big *", "dns big one"],
  },
  { name: "another class", change: { class: "small" }, leaves: ["any small *", "dns small one"] },
  { name: "an id", change: { id: "one" }, leaves: ["big big one", "any * one", "dns * one"] },
  { name: "another id", change: { id: "two" }, leaves: ["big big two", "any * two"] },
  { name: "type and class", change: { type: "redis", class: "x" }, leaves: ["any x *"] },
  {
    name: "its target",
    change: { target: "compose" as const },
    leaves: ["big big *", "any * *", "dns * one"],
  },
  { name: "the other target", change: { target: "k8s" as const }, leaves: [] },
])("narrowed to $name", ({ change, leaves }) => {
  const found = summary([redis.entry(change)]).map(([, uri, className, id]) =>
    [String(uri).replace("redis/", ""), className, id].join(" "),
  );
  expect(found).toEqual(leaves);
});

describe("patch templates", () => {
  const patches = (entries: ResolvedEntry[], recipes = [redis, kafka]) =>
    combineTarget("compose", entries, packagesOf(...recipes)).patches.map(
      ({ name, content, entry }) => [name, Buffer.from(content).toString(), entry],
    );

  test("come in entry order, then by file name, under served names", () => {
    expect(patches([kafka.entry(), redis.entry()])).toEqual([
      ["dapr-kafka-z.tpl", "z", 0],
      ["dapr-redis-a.tpl", "a", 1],
      ["dapr-redis-b.tpl", "b", 1],
    ]);
  });

  test("stay away where they are off or the target is another", () => {
    expect(patches([redis.entry({ patches: false }), kafka.entry({ target: "k8s" })])).toEqual([]);
  });

  test("apply once for a version in several entries", () => {
    const entries = [redis.entry({ patches: false }), redis.entry({ class: "x" }), redis.entry()];
    expect(patches(entries).map(([name, , entry]) => [name, entry])).toEqual([
      ["dapr-redis-a.tpl", 1],
      ["dapr-redis-b.tpl", 1],
    ]);
  });

  test("have one name each, even where two recipes would share it", () => {
    const one = recipe("a-b/c", { "x.compose.tpl": "1" });
    const two = recipe("a/b-c", { "x.compose.tpl": "2" });
    expect(patches([one.entry(), two.entry()], [one, two]).map(([name]) => name)).toEqual([
      "a-b-c-x.tpl",
      "a-b-c-x-2.tpl",
    ]);
  });
});

test.each([
  { name: "provisioners", files: 101, unlike: "x" },
  { name: "patch templates", files: 11, unlike: "1" },
])("an environment of too many $name is refused", ({ name, files, unlike }) => {
  const text = Array.from(
    { length: files },
    (_, i) => `- {uri: 'template://many', type: t${i}}\n`,
  ).join("");
  const patches = Array.from({ length: files }, (_, i) => [`p${i}.compose.tpl`, "x"]);
  const many = Array.from({ length: 200 }, (_, i) =>
    recipe(
      `acme/r${unlike}${i}`,
      name === "provisioners" ? { "compose.provisioners.yaml": text } : Object.fromEntries(patches),
    ),
  );
  expect(() =>
    combineTarget(
      "compose",
      many.map((one) => one.entry()),
      packagesOf(...many),
    ),
  ).toThrow(expect.objectContaining({ code: "release_size" }));
});

describe("shadowed provisioners", () => {
  const one = fc.record({
    type: fc.constantFrom("a", "b"),
    class: fc.constantFrom(undefined, "x", "y"),
    id: fc.constantFrom(undefined, "1", "2"),
  });
  test("are those that an earlier one covers", () => {
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 12 }), (list) => {
        const text = list.map((it) => `- ${JSON.stringify({ uri: "template://r", ...it })}\n`);
        const some = recipe("acme/some", { "compose.provisioners.yaml": text.join("") });
        const shadowed = list.filter((later, at) =>
          list
            .slice(0, at)
            .some(
              (earlier) =>
                earlier.type === later.type &&
                [undefined, later.class].includes(earlier.class) &&
                [undefined, later.id].includes(earlier.id),
            ),
        );
        const { warnings } = combineTarget("compose", [some.entry()], packagesOf(some));
        expect(warnings).toHaveLength(shadowed.length);
      }),
    );
  });
  const warned = (entries: ResolvedEntry[]) =>
    combineTarget("compose", entries, packagesOf(redis, kafka)).warnings.map(({ code, place }) => [
      code,
      place?.path,
    ]);

  test.each([
    { name: "the same recipe again", entries: [redis.entry(), redis.entry()], shadowed: 3 },
    {
      name: "a class behind any class",
      entries: [redis.entry({ type: "redis" }), redis.entry({ class: "x", type: "redis" })],
      shadowed: 1,
    },
    {
      name: "any class behind a class",
      entries: [redis.entry({ class: "x", type: "redis" }), redis.entry({ type: "redis" })],
      shadowed: 0,
    },
    { name: "another type", entries: [redis.entry(), kafka.entry()], shadowed: 0 },
  ])("$name: $shadowed", ({ entries, shadowed }) => {
    expect(warned(entries)).toEqual(Array(shadowed).fill(["provisioner_shadowed", "entries.1"]));
  });
});

test("every provisioner knows the version that it came from, and its secrets", () => {
  const secret = recipe(
    "dapr/secret",
    {
      "k8s.provisioners.yaml":
        "- {uri: 'template://s', type: redis}\n- {uri: 'template://t', type: dns}\n",
    },
    "2.0.0",
    "resources: {redis: {secretOutputs: [password]}}\n",
  );
  const { provisioners } = combineTarget("k8s", [secret.entry()], packagesOf(secret));
  expect(provisioners.map(({ provisioner }) => provisioner.recipe)).toEqual(
    Array(2).fill({ name: "dapr/secret", version: "2.0.0", digest: secret.digest }),
  );
  expect(provisioners.map(({ provisioner }) => provisioner.secretOutputs)).toEqual([
    new Set(["password"]),
    undefined,
  ]);
});

describe("the bytes", () => {
  test("are these", () => {
    const { content, digest } = combineTarget(
      "compose",
      [kafka.entry(), redis.entry({ class: "y" })],
      packagesOf(redis, kafka),
    );
    expect(Buffer.from(content).toString()).toBe(`# dapr/kafka 1.0.0
- uri: template://kafka
  type: topic
# dapr/redis 1.0.0
- uri: template://redis/any
  type: redis
  class: "y"
- uri: template://redis/dns
  type: dns
  class: "y"
  id: one
`);
    expect(digest).toBe(sha256Digest(content));
  });

  test("of nothing are an empty list, which the stock clients read", () => {
    const { content } = combineTarget("k8s", [kafka.entry()], packagesOf(kafka));
    expect(Buffer.from(content).toString()).toBe("[]\n");
    expect(parseProvisionersFile("[]\n", { file: "x", target: "k8s" })).toEqual([]);
  });

  /** What readers of YAML 1.1 and of 1.2 disagree on, and what is hard to write down. */
  const hard = fc.oneof(
    fc.constantFrom(
      "y",
      "No",
      "ON",
      "off",
      "~",
      "null",
      "NULL",
      "1:30",
      "12:30:45",
      "0o17",
      "017",
      "0b101",
      "0x1F",
      "1_000",
      "1e3",
      ".5",
      "+.inf",
      ".NaN",
      "2024-01-02",
      "2001-12-14 21:59:43.10 -5",
      "<<",
      "=",
      "-",
      "--- a",
      "... ",
      "# c",
      "a: b",
      "a #b",
      "&a",
      "*a",
      "!t",
      "|",
      ">",
      "%d",
      "@a",
      "`a",
      "'",
      '"',
      "[",
      "{",
      " a",
      "a ",
      "a\n",
      "\na",
      "a\n\n",
      "a\n \nb",
      "a \nb",
      "\ta\n\tb",
      "a\tb",
      "a\r\nb",
      "a\u0085b",
      "a\u2028b\nc",
      "\ufeffa",
      "\u{1f600}\nb",
      "\u0000",
      "{{ .x }}",
      "- a\n- b",
      "a:\n  b",
      "#\n#",
      "a\n# b\n",
      "",
    ),
    fc.string({ unit: "binary", maxLength: 30 }),
    fc
      .array(fc.constantFrom("a", " ", "\n", "\t", "#", ":", "-", "{{", "'", '"'), {
        maxLength: 12,
      })
      .map((parts) => parts.join("")),
  );

  /** A YAML text in which every character that could mean anything is written as an escape. */
  const escaped = (text: string) =>
    `"${[...text].map((char) => `\\U${(char.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`).join("")}"`;

  test("say the same to every reader, and the texts come back as they were", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hard, hard, hard), { minLength: 1, maxLength: 3 }), (texts) => {
        const file = texts
          .map(
            ([id, description, outputs], i) =>
              `- {uri: "template://p${i}", type: t, id: ${escaped(`i${id}`)}, description: ${escaped(description)}, supported_params: [${escaped(description)}], outputs: ${escaped(outputs)}}\n`,
          )
          .join("");
        const given = recipe("a/b", { "k8s.provisioners.yaml": file });
        const { content, provisioners } = combineTarget("k8s", [given.entry()], packagesOf(given));
        const text = Buffer.from(content).toString();
        for (const version of ["1.1", "1.2"] as const) {
          const read: { [key: string]: unknown }[] = parse(text, { version });
          for (const [i, [id, description]] of texts.entries()) {
            expect(read[i]?.id).toBe(`i${id}`);
            expect(read[i]?.description ?? "").toBe(description);
            expect(read[i]?.supported_params).toEqual([description]);
            const template = provisioners[i]?.provisioner.templates.get("outputs");
            expect(read[i]?.outputs).toBe(template);
          }
        }
        const again = parseProvisionersFile(text, { file: "x", target: "k8s" });
        expect(again.map(({ id, templates }) => [id, templates])).toEqual(
          provisioners.map(({ provisioner: { id, templates } }) => [id, templates]),
        );
      }),
      { numRuns: 300 },
    );
  });
});
