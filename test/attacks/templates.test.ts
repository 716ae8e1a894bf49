/** Rows 32 to 36 and 39: recipes and Score files that reach out, never end, or fill the memory. */
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cache,
  labels,
  makeNamespace,
  publishAll,
  type RecipeText,
  release,
  scoreFile,
  startWith,
  submission,
} from "../helpers/recipes.js";
import { askRender, passwordsIn, rendered } from "../helpers/rendering.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

/** A recipe of one compose provisioner of the type `name`. */
function only(name: string, outputs: string, version = "1.0.0"): RecipeText {
  const head = `- uri: template://acme/${name}\n  type: ${name}\n  outputs: |\n`;
  const files = { "compose.provisioners.yaml": head + outputs.replaceAll(/^/gm, "    ") };
  return { name: `acme/${name}`, version, files };
}

interface Hostile {
  readonly row: number;
  readonly type: string;
  readonly outputs: string;
  readonly code?: string;
}

const HOSTILE: readonly Hostile[] = [
  { row: 33, type: "repeat", outputs: 'first: 1\na: {{ repeat 2000000000 "x" }}' },
  { row: 33, type: "until", outputs: "first: 1\na: {{ until 50000000 }}" },
  {
    row: 33,
    type: "nested-lists",
    outputs: "first: 1\na: {{ range until 9999 }}{{ until 9999 }}{{ end }}",
  },
  { row: 34, type: "range", outputs: "first: 1\na: {{ range 100000000000 }}{{ end }}" },
  { row: 34, type: "steps", outputs: "first: 1\na: {{ range untilStep 0 10000000 1 }}{{ end }}" },
  {
    row: 34,
    type: "recursive",
    outputs: 'first: 1\na: {{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}',
  },
  {
    row: 34,
    type: "doubling",
    outputs:
      'first: 1\na: {{ $x := "xxxxxxxx" }}{{ range until 60 }}{{ $x = print $x $x }}{{ end }}{{ $x }}',
  },
  {
    row: 35,
    type: "matching",
    outputs:
      'first: 1\na: {{ regexMatch "^(a+)+$" (repeat 40000 "a" | printf "%s!") }}{{ fail "linear" }}',
    code: "provision_template_exec",
  },
];

describe.each(STORES)("on $name", (kind) => {
  let server: TestServer;
  const marker = path.join(tmpdir(), `backbar-ran-${process.pid}-${kind.name}`);
  const command: RecipeText = {
    name: "acme/command",
    version: "1.0.0",
    files: { "compose.provisioners.yaml": `- uri: cmd://touch#${marker}\n  type: command\n` },
  };
  beforeAll(async () => {
    const hostile = HOSTILE.map(({ type, outputs }) => only(type, outputs));
    const curious = only(
      "curious",
      'home: {{ env "HOME" | quote }}\nmine: {{ env "MINE" | quote }}\nexpanded: {{ expandenv "$HOME/$MINE" | quote }}\nhost: {{ getHostByName "127.0.0.1" | quote }}',
    );
    const asking = only("asking", 'a: {{ getHostByName "localhost" }}');
    const all = [cache(), labels(), curious, asking, ...hostile, command];
    server = await startWith(kind, all, { commands: true });
    const entries = all.map(({ name }) => ({ recipe: name, range: "*" }));
    await release(server, "local", entries, { commands: true });
  });
  afterAll(() => server?.close());

  const uses = (type: string, params?: object) =>
    scoreFile("web", { one: { type, ...(params === undefined ? {} : { params }) } });
  const ask = (score: unknown) =>
    askRender(server, "local", { target: "compose", workloads: [{ score }] });

  test("attack 32: env and expandenv see the request's values only, unset ones are empty", async () => {
    const { resources } = await rendered(server, "local", {
      target: "compose",
      workloads: [{ score: uses("curious") }],
      environment: { MINE: "yes" },
    });
    expect(resources[0]?.outputs).toEqual({
      home: "",
      mine: "yes",
      expanded: "/yes",
      host: "127.0.0.1",
    });
  });

  test("attack 32: getHostByName passes IP literals and asks nobody for names", async () => {
    const reply = await ask(uses("asking"));
    expect(reply.json()).toMatchObject({ status: 422, code: "provision_template_exec" });
  });

  test("attack 32: what random functions make is kept in the state", async () => {
    const body = {
      target: "compose",
      project: "kept",
      workloads: [{ score: scoreFile("web", { one: { type: "cache" } }) }],
    };
    const first = passwordsIn(await rendered(server, "local", body));
    expect(first).toHaveLength(1);
    expect(passwordsIn(await rendered(server, "local", body))).toEqual(first);
  });

  test.each(HOSTILE)(
    "attack $row: a template that does too much ($type) is stopped with the recipe and the line, and other renders go on",
    async ({ type, code = "provision_budget" }) => {
      const started = performance.now();
      const [bad, ...good] = await Promise.all([
        ask(uses(type)),
        ...Array.from({ length: 3 }, () => ask(scoreFile("web", { one: { type: "cache" } }))),
      ]);
      expect(good.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(performance.now() - started).toBeLessThan(20_000);
      expect(bad?.json()).toMatchObject({ status: 422, code });
      const { detail } = bad?.json<{ detail: string }>() ?? { detail: "" };
      expect(detail).toContain(
        `the outputs template of template://acme/${type} (acme/${type}@1.0.0)`,
      );
      expect(detail).toMatch(/template: :2:\d+/);
    },
  );

  test("attack 35: a schema's pattern that backtracks elsewhere takes no time, at publish and at render", async () => {
    const params = '{type: object, properties: {p: {type: string, pattern: "^(a+)+$"}}}';
    const text: RecipeText = {
      ...only("pattern", "a: 1"),
      metadata: `resources: {pattern: {params: ${params}}}\n`,
    };
    await publishAll(server, [text]);
    await release(server, "pattern", [{ recipe: "acme/pattern", range: "*" }]);
    const started = performance.now();
    const score = uses("pattern", { p: `${"a".repeat(50_000)}!` });
    const reply = await askRender(server, "pattern", { workloads: [{ score }] });
    expect(reply.json()).toMatchObject({ status: 422, code: "provision_params_schema" });
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test.each([
    `q=${"a".repeat(128)}`,
    `q=${encodeURIComponent("(a+)+$".repeat(20))}`,
    `q=${"%25_".repeat(42)}`,
    `q=${"a%20".repeat(64)}`,
    `provider=${encodeURIComponent("(a+)+$".repeat(10))}`,
  ])("attack 35: a search by ?%s takes linear time", async (query) => {
    const started = performance.now();
    expect((await server.call(`/v1/recipes?${query}`)).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  describe("YAML", () => {
    const sound = `apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers: {main: {image: x}}\n`;
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${"bcdefghi"
      .split("")
      .map((key, i) => `${key}: &${key} [${Array(10).fill(`*${"abcdefgh"[i]}`).join(",")}]`)
      .join("\n")}\n`;
    const keys = Array.from({ length: 100_000 }, (_, i) => `- k${i}: 1`).join("\n");
    test.each([
      { name: "an alias bomb", text: sound + bomb, code: "score_yaml" },
      { name: "a merge of __proto__", text: `${sound}<<: {__proto__: {polluted: 1}}\n` },
      { name: "the key __proto__", text: `${sound}__proto__: {polluted: 1}\n` },
      { name: "the key constructor", text: `${sound}constructor: {prototype: {polluted: 1}}\n` },
      { name: "!!omap of 100,000 keys", text: `${sound}x: !!omap\n${keys}\n` },
      { name: "lists 10,000 deep", text: `${sound}x: ${"[".repeat(10_000)}\n`, code: "score_yaml" },
      {
        name: "maps 10,000 deep",
        text: `${sound}x: ${"{a: ".repeat(10_000)}\n`,
        code: "score_yaml",
      },
      { name: "a key twice", text: `${sound}metadata: {name: other}\n`, code: "score_yaml" },
    ])(
      "attack 36: a Score file with $name is refused in bounded time, the prototype untouched",
      async ({ text, code = "score_schema" }) => {
        const started = performance.now();
        const reply = await ask(text);
        expect(performance.now() - started).toBeLessThan(10_000);
        expect(reply.json()).toMatchObject({ status: 422, code });
        expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("polluted");
      },
    );

    test("attack 36: of several documents the first is read, as score-compose reads it", async () => {
      expect((await ask(`${sound}---\nmetadata: {name: other}\n`)).status).toBe(200);
    });

    test.each([
      ["alias bomb", bomb, "provisioners_yaml"],
      ["depth", `- a: ${"[".repeat(10_000)}\n`, "provisioners_yaml"],
      ["key twice", "- uri: template://a\n  uri: template://b\n  type: a\n", "provisioners_yaml"],
      [
        "second document",
        "- {uri: 'template://a', type: a}\n---\n- {uri: 'template://b', type: b}\n",
        "provisioners_yaml",
      ],
      [
        "__proto__",
        "- {uri: 'template://a', type: a, __proto__: {polluted: 1}}\n",
        "provisioners_key",
      ],
    ])(
      "attack 36: a provisioners file with an %s is refused at publish",
      async (_name, text, code) => {
        const sent = {
          name: "acme/yaml",
          version: "1.0.0",
          files: { "k8s.provisioners.yaml": text },
        };
        const publishing = server.client.publish(submission(sent, server.publisher));
        await expect(publishing).rejects.toMatchObject({ status: 422, problems: [{ code }] });
      },
    );

    test("attack 36: JSON that reaches for the prototype is 400", async () => {
      for (const body of [
        '{"workloads": [], "__proto__": {"record": false}}',
        '{"workloads": [], "constructor": {"prototype": {"polluted": 1}}}',
      ]) {
        const reply = await server.call("/v1/environments/local/render", {
          method: "POST",
          body,
          headers: { "content-type": "application/json" },
        });
        expect(reply.status).toBe(400);
      }
    });
  });

  describe("attack 39: programs", () => {
    test("attack 39: a render that needs a cmd:// provisioner is 403, and nothing is run", async () => {
      const reply = await ask(uses("command"));
      expect(reply.json()).toMatchObject({ status: 403, code: "provision_command" });
      expect(existsSync(marker)).toBe(false);
    });

    test("attack 39: a namespace without `commands` takes no cmd:// provisioner, and each is named with its place", async () => {
      await makeNamespace(server, "quiet");
      const lines =
        "- {uri: 'template://a', type: aa}\n- {uri: 'cmd://bash', type: bb}\n- {uri: 'cmd://sh', type: cc}\n";
      const text = {
        name: "quiet/run",
        version: "1.0.0",
        files: { "compose.provisioners.yaml": lines },
      };
      await expect(server.client.publish(submission(text, server.publisher))).rejects.toMatchObject(
        {
          status: 403,
          code: "publish_commands",
          problems: [
            { code: "publish_commands", place: { file: "compose.provisioners.yaml", line: 2 } },
            { code: "publish_commands", place: { file: "compose.provisioners.yaml", line: 3 } },
          ],
        },
      );
    });

    test("attack 39: an environment without the rule `commands` cuts no release with one", async () => {
      const entries = [{ recipe: "acme/command", range: "*" }];
      await server.client.putEnvironment("strict", { entries, rules: {} }, { create: true });
      await expect(server.client.cutRelease("strict")).rejects.toMatchObject({
        status: 409,
        problems: [{ code: "rule_commands", place: { path: "entries.0" } }],
      });
    });
  });
});
