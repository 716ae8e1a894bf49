/** `backbar search`, `show` and `resolve`. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sendJson, serve } from "../../client/loopback-server.js";
import {
  cache,
  labels,
  publishAll,
  queue,
  type RecipeText,
  release,
  startWith,
} from "../../helpers/recipes.js";
import type { TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { openCommandLine } from "../command-line.js";

const noted: RecipeText = {
  name: "acme/noted",
  version: "2.0.0",
  metadata: [
    "title: Noted",
    "license: MIT",
    "maintainers: [{name: Ada, email: ada@example.com}]",
    "links: [{title: Home, url: 'https://example.com'}]",
    "resources:",
    "  note:",
    "    params:",
    "      type: object",
    "      required: [size]",
    "      properties:",
    "        size: {type: integer, description: In bytes.}",
    "        mode: {enum: [fast, slow], default: fast}",
    "        name: {type: [string, 'null']}",
    "    outputs: {type: object, properties: {token: {type: string}}}",
    "    secretOutputs: [token]",
    "",
  ].join("\n"),
  files: {
    "k8s.provisioners.yaml":
      "- {uri: 'template://acme/noted', type: note, class: big, id: one, outputs: 'token: x'}\n",
  },
};

let server: TestServer;

beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startWith(kind, [cache("1.0.0"), cache("1.1.0"), queue(), labels(), noted]);
  await release(server, "local", [
    { recipe: "acme/queue", range: "*" },
    { recipe: "acme/cache", range: "1.0.0", target: "compose" },
    { recipe: "acme/cache", range: "1.0.0", target: "k8s" },
  ]);
  const base = "/v1/recipes/acme/cache/versions/1.1.0";
  const body = { reason: "it forgets", successor: "acme/queue" };
  await server.admin(`${base}/deprecate`, { method: "POST", body });
});
afterAll(() => server.close());

async function open(env: Readonly<Record<string, string>> = {}) {
  return openCommandLine({ env: { BACKBAR_SERVER: server.url, ...env } });
}

describe("backbar search", () => {
  test("lists recipes with what they provide, and what was said of them", async () => {
    const { backbar } = await open();
    const { code, stdout, stderr } = await backbar("search");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`RECIPE       VERSION  TYPES      TARGETS       TITLE
acme/cache   1.1.0    cache      compose, k8s  deprecated: it forgets; use acme/queue  A cache
acme/labels  1.0.0    (patches)  -
acme/noted   2.0.0    note       k8s           Noted
acme/queue   1.0.0    queue      compose       Queues
`);
  });

  test.each([
    { args: ["a", "cache"], found: ["acme/cache"] },
    { args: ["--type", "queue", "--class", "fast"], found: ["acme/queue"] },
    { args: ["--target", "k8s"], found: ["acme/cache", "acme/noted"] },
    { args: ["--provider", "Ada"], found: ["acme/noted"] },
    { args: ["nothing"], found: [] },
  ])("finds $found by $args", async ({ args, found }) => {
    const { json, backbar } = await open();
    const { recipes } = (await json("search", ...args)) as { recipes: { recipe: string }[] };
    expect(recipes.map(({ recipe }) => recipe)).toEqual(found);
    if (found.length === 0) {
      expect(await backbar("search", ...args)).toMatchObject({
        code: 0,
        stdout: "",
        stderr: "no recipe fits\n",
      });
    }
  });

  test("refuses a target that there is not", async () => {
    const { backbar } = await open();
    expect((await backbar("search", "--target", "helm")).code).toBe(2);
  });
});

describe("backbar show", () => {
  test("tells what a version provides, and by whom it is", async () => {
    const { backbar } = await open();
    const { stdout } = await backbar("show", "acme/noted");
    expect(stdout.replace(/sha256:[0-9a-f]{64}/g, "DIGEST")).toBe(`acme/noted@2.0.0  Noted

digest      DIGEST
published   2031-05-06 07:08 UTC, leaf 5 of the log
signed by   DIGEST
licence     MIT
maintainer  Ada <ada@example.com>
link        Home: https://example.com

Provides note
  k8s, class big, id one  template://acme/noted
  params:
    size  integer, required  In bytes.
    mode  one of "fast", "slow", default "fast"
    name  string or null
  outputs:
    token  string, secret

Files
  k8s.provisioners.yaml  87 B

Versions
  * 2.0.0  2031-05-06
`);
  });

  test("tells notices and other versions, and takes a range", async () => {
    const { backbar, json } = await open();
    const { stdout } = await backbar("show", "acme/cache");
    expect(stdout).toContain("acme/cache@1.1.0  A cache\ndeprecated: it forgets; use acme/queue\n");
    expect(stdout).toContain(
      "* 1.1.0  2031-05-06  deprecated: it forgets; use acme/queue\n    1.0.0",
    );
    expect(await json("show", "acme/cache@~1.0")).toMatchObject({
      version: "1.0.0",
      signatures: [{ keyFingerprint: server.publisher.publicKey.fingerprint }],
      versions: [{ version: "1.1.0", deprecated: { reason: "it forgets" } }, { version: "1.0.0" }],
    });
  });

  test("prints one file, byte for byte", async () => {
    const { backbar } = await open();
    expect(await backbar("show", "acme/cache@1.0.0", "--file", "README.md")).toEqual({
      code: 0,
      stdout: "# A cache\n",
      stderr: "",
    });
  });

  test("lists the files where it has none of that name", async () => {
    const { backbar } = await open();
    const { code, stdout, stderr } = await backbar("show", "acme/noted", "--file", "x");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("hint: there is k8s.provisioners.yaml\n");
  });

  test("prints what an example renders", async () => {
    const { backbar } = await open({ BACKBAR_TARGET: "k8s" });
    const example = ["show", "acme/cache", "--example", "plain"];
    const compose = await backbar(...example, "--target", "compose");
    expect(compose.stdout).toMatch(/^name: \S+\nservices:\n/);
    expect((await backbar(...example)).stdout).toContain("kind: Deployment");
  });

  test.each([
    { name: "no such recipe", args: ["acme/nothing"], code: "recipe_unknown" },
    { name: "no such version", args: ["acme/cache@9.0.0"], code: "version_unknown" },
    { name: "nothing in the range", args: ["acme/cache@^9"], code: "cli_unknown" },
    { name: "no such example", args: ["acme/cache", "--example", "x"], code: "example_unknown" },
    {
      name: "an example for which target",
      args: ["acme/cache", "--example", "plain"],
      code: "cli_usage",
    },
    { name: "a range that is none", args: ["acme/cache@one"], code: "recipe_range" },
    { name: "a name that is none", args: ["cache"], code: "recipe_name" },
    { name: "no version behind the @", args: ["acme/cache@"], code: "cli_usage" },
    { name: "--target alone", args: ["acme/cache", "--target", "k8s"], code: "cli_usage" },
    { name: "--file as JSON", args: ["acme/cache", "--file", "README.md"], code: "cli_usage" },
  ])("ends with $code for $name", async ({ args, code }) => {
    const { json } = await open();
    expect(await json("show", ...args)).toMatchObject({ error: { code } });
  });

  test("refuses a file that is not the version's", async () => {
    const shown = await server.call("/v1/recipes/acme/cache/versions/1.0.0");
    const { url } = await serve(({ url: asked }, response) => {
      if (asked.endsWith("/files/README.md")) response.end("# Evil\n");
      else sendJson(response, 200, shown.json());
    });
    const { backbar } = await open({ BACKBAR_SERVER: url });
    const { code, stdout } = await backbar("show", "acme/cache@1.0.0", "--file", "README.md");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });
});

describe("backbar resolve", () => {
  test("names the recipe for each target", async () => {
    const { backbar } = await open({ BACKBAR_ENVIRONMENT: "local" });
    expect(await backbar("resolve", "cache")).toEqual({
      code: 0,
      stdout: `TARGET   RECIPE            PROVISIONER
compose  acme/cache@1.0.0  template://acme/cache
k8s      acme/cache@1.0.0  template://acme/cache
`,
      stderr: "cache.default in release 1 of local\n",
    });
    const queues = await backbar("resolve", "queue");
    expect(queues.stdout).toMatch(/^k8s +- +nothing serves it$/m);
  });

  test("explains why others were passed over", async () => {
    const { backbar, json } = await open();
    const ask = ["resolve", "queue", "-e", "local", "--target", "compose"];
    const plain = await backbar(...ask, "--explain");
    expect(
      plain.stdout,
    ).toBe(`TARGET      RECIPE            FOR           PROVISIONER                 VERDICT
compose  1  acme/queue@1.0.0  queue.fast#*  template://acme/queue-fast  is for the class fast
compose  2  acme/queue@1.0.0  queue.*#*     template://acme/queue       serves it
`);
    const fast = await backbar(...ask, "--class", "fast", "--explain");
    expect(fast.stdout).toContain("would fit, acme/queue@1.0.0 comes first");
    expect(await json(...ask)).toMatchObject({
      environment: "local",
      targets: [{ target: "compose", match: { uri: "template://acme/queue" } }],
    });
  });

  test("tells what was said of the version", async () => {
    await publishAll(server, [queue("1.1.0")]);
    await release(server, "said", [{ recipe: "acme/queue", range: "1.1.0" }]);
    const body = { reason: "it loses" };
    const base = "/v1/recipes/acme/queue/versions/1.1.0";
    await server.admin(`${base}/deprecate`, { method: "POST", body });
    const { backbar } = await open();
    expect((await backbar("resolve", "queue", "-e", "said")).stdout).toContain(
      "deprecated: it loses",
    );
  });

  test.each([
    {
      name: "a type that nothing serves",
      args: ["cach", "-e", "local"],
      code: 1,
      says: "resolve_no_match",
    },
    {
      name: "a class that nothing serves",
      args: ["note", "-e", "local"],
      code: 1,
      says: "resolve_no_match",
    },
    {
      name: "an unknown environment",
      args: ["cache", "-e", "no"],
      code: 1,
      says: "environment_unknown",
    },
    { name: "no environment", args: ["cache"], code: 2, says: "cli_usage" },
    {
      name: "an odd release",
      args: ["cache", "-e", "local", "--release", "0"],
      code: 2,
      says: "cli_usage",
    },
  ])("ends with $code for $name", async ({ args, code, says }) => {
    const { backbar } = await open();
    const result = await backbar("resolve", ...args, "--json");
    expect(result.code).toBe(code);
    expect(JSON.parse(result.stdout)).toMatchObject({ error: { code: says } });
  });
});
