import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatPrivateKey, formatPublicKey } from "../../../src/core/trust/keys.js";
import { makeNamespace } from "../../helpers/recipes.js";
import { makeKey, startServer, type TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { type CommandLine, openCommandLine } from "../command-line.js";

const PROVISIONERS = `- uri: template://acme/greeting
  type: greeting
  outputs: |
    text: hello
`;
const DIGEST = /^sha256:[0-9a-f]{64}$/m;

interface Told {
  readonly recipes: readonly {
    readonly source: string;
    readonly status: string;
    readonly recipe?: string;
    readonly digest?: string;
    readonly logIndex?: number;
    readonly warnings?: readonly unknown[];
    readonly error?: { readonly code: string };
  }[];
}

let server: TestServer;

beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startServer(kind);
  await makeNamespace(server, "acme", { commands: true });
});
afterAll(() => server?.close());

const bare = (version: string) => [
  ...["--name", "acme/bare", "--version", version],
  ...["--target", "compose", "bare.yaml"],
];

/** A command line with the server's publisher key as its own default. */
async function publisher(env: Readonly<Record<string, string>> = {}): Promise<CommandLine> {
  const line = await openCommandLine({
    env: { BACKBAR_SERVER: server.url, BACKBAR_TOKEN: server.token, ...env },
  });
  await line.put(".home/.config/backbar/keys/default.pem", formatPrivateKey(server.publisher));
  await line.put("bare.yaml", PROVISIONERS);
  return line;
}

async function putRecipe(line: CommandLine, name: string, provisioners = PROVISIONERS) {
  await line.put(`recipes/${name}/recipe.yaml`, `name: acme/${name}\nversion: 1.0.0\n`);
  await line.put(`recipes/${name}/compose.provisioners.yaml`, provisioners);
}

describe("backbar publish", () => {
  test("publishes a provisioners file as it is, and says so again without a change", async () => {
    const { backbar } = await publisher();
    const first = await backbar("publish", ...bare("1.0.0"));
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(/^published acme\/bare 1\.0\.0 \(log index \d+\)\nsha256:/);
    const again = await backbar("publish", ...bare("1.0.0"));
    expect(again).toMatchObject({ code: 0, stderr: "" });
    expect(again.stdout).toContain("was published before");
  });

  test("refuses other content under a published version", async () => {
    const line = await publisher();
    await line.backbar("publish", ...bare("2.0.0"));
    await line.put("bare.yaml", PROVISIONERS.replace("hello", "goodbye"));
    const { code, stdout, stderr } = await line.backbar("publish", ...bare("2.0.0"));
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^backbar: error: .*\nhint: .*\n$/);
  });

  test("publishes several, and tells all though one is broken", async () => {
    const line = await publisher();
    for (const name of ["one", "two", "three"]) await putRecipe(line, name);
    await line.put("recipes/two/recipe.yaml", "name: acme/two\nversion: 1\n");
    const folders = ["recipes/one", "recipes/two", "recipes"];
    const { code, stdout, stderr } = await line.backbar("publish", ...folders);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^backbar: error: recipes\/two\/recipe\.yaml:2:/);
    expect(stdout.split("\n").map((row) => row.split(/ {2,}/).slice(0, 3))).toEqual([
      ["RECIPE", "VERSION", "RESULT"],
      ["acme/one", "1.0.0", "published"],
      ["recipes/two", "failed"],
      ["acme/three", "1.0.0", "published"],
      [""],
    ]);
    const told = (await line.json("publish", ...folders)) as Told;
    expect(told.recipes).toMatchObject([
      { source: "recipes/one", status: "unchanged", recipe: "acme/one", version: "1.0.0" },
      { source: "recipes/two", status: "failed", error: { code: "recipe_metadata" } },
      { source: "recipes/three", status: "unchanged", digest: expect.stringMatching(DIGEST) },
    ]);
  });

  test("has one form of JSON, whether one or several are published", async () => {
    const line = await publisher();
    await putRecipe(line, "single");
    const [one] = ((await line.json("publish", "recipes/single")) as Told).recipes;
    expect(one).toEqual({
      source: "recipes/single",
      status: "published",
      recipe: "acme/single",
      version: "1.0.0",
      digest: expect.stringMatching(DIGEST),
      logIndex: expect.any(Number),
      warnings: [],
    });
  });

  test("checks without a key, a token or a server, and says the digest", async () => {
    const line = await openCommandLine({ env: { BACKBAR_SERVER: "http://127.0.0.1:1" } });
    await putRecipe(line, "dry");
    const { code, stdout } = await line.backbar("publish", "--dry-run", "recipes/dry");
    expect(code).toBe(0);
    const there = await publisher();
    await putRecipe(there, "dry");
    const size = await server.logSize();
    const dry = (await there.json("publish", "--dry-run", "recipes/dry")) as Told;
    expect(dry.recipes[0]).toMatchObject({ status: "checked", warnings: [] });
    expect(await server.logSize()).toBe(size);
    const sent = (await there.json("publish", "recipes/dry")) as Told;
    expect(stdout).toContain(sent.recipes[0]?.digest);
    expect(dry.recipes[0]?.digest).toBe(sent.recipes[0]?.digest);
  });

  test("tells what the registry took and warns of", async () => {
    const line = await publisher();
    await putRecipe(line, "runs", "- uri: cmd://bash\n  type: greeting\n");
    const { code, stderr } = await line.backbar("publish", "recipes/runs");
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: recipes\/runs\/compose\.provisioners\.yaml/);
  });

  test("signs with several keys, by file and by name, each once", async () => {
    const second = makeKey();
    const keys = [server.publisher, second].map(({ publicKey }) => formatPublicKey(publicKey));
    await makeNamespace(server, "team", { publisherKeys: keys, signatures: 2 });
    const line = await publisher({ BACKBAR_KEY: "nowhere.pem" });
    await line.put("second.pem", formatPrivateKey(second));
    await line.put("signed/recipe.yaml", "name: team/signed\nversion: 1.0.0\n");
    await line.put("signed/compose.provisioners.yaml", PROVISIONERS);
    const publish = async (...args: string[]) =>
      ((await line.json("publish", ...args, "signed")) as Told).recipes;
    const twice = ["--key", "default", "--key", "default"];
    expect(await publish(...twice)).toMatchObject([{ error: { code: "publish_signatures" } }]);
    expect(await publish(...twice, "-k", "second.pem")).toMatchObject([{ status: "published" }]);
  });

  test("does not go on where no recipe can go", async () => {
    const line = await publisher({ BACKBAR_TOKEN: "wrong" });
    for (const name of ["one", "two"]) await putRecipe(line, name);
    const told = await line.json("publish", "recipes/one", "recipes/two");
    expect(told).toMatchObject({
      recipes: [
        { status: "failed", error: { code: "http_token_invalid" } },
        { source: "recipes/two", status: "skipped" },
      ],
    });
  });

  test.each([
    { name: "a file without a target", args: ["--name", "acme/x", "bare.yaml"], code: 2 },
    { name: "several under one name", args: [...bare("1.0.0"), "bare.yaml"], code: 2 },
    { name: "a key that is not there", args: ["--key", "nowhere.pem", "sound"], code: 2 },
    { name: "a key that is none", args: ["--key", "bare.yaml", "sound"], code: 1 },
    { name: "a file where a folder is wanted", args: ["bare.yaml"], code: 2 },
    { name: "a folder that is not there", args: ["nowhere"], code: 2 },
    { name: "a folder without a recipe", args: ["recipes", "empty"], code: 2 },
  ])("exits $code on $name", async ({ args, code }) => {
    const line = await publisher();
    await line.put("sound/recipe.yaml", "name: acme/sound\nversion: 1.0.0\n");
    const result = await line.backbar("publish", ...args);
    expect(result).toMatchObject({ code, stdout: "" });
    expect(result.stderr).toMatch(/^backbar: error: .*\n(hint: .*\n)?$/);
  });

  test("says how to come by a key", async () => {
    const line = await openCommandLine();
    await putRecipe(line, "keyless");
    const { code, stderr } = await line.backbar("publish", "recipes/keyless");
    expect(code).toBe(2);
    expect(stderr).toContain("backbar keys new");
  });

  test("lists every fault of a recipe before anything is sent", async () => {
    const line = await publisher();
    const files = {
      "recipe.yaml": "name: acme/broken\nversion: 1.0\ntitel: x\n",
      "setup.sh": "",
      "examples/one/score.yaml": "a: [\n",
      "compose.provisioners.yaml":
        "- uri: template://acme/a\n  type: a\n  outputs: '{{ nope }}'\n" +
        "- uri: template://acme/b\n  type: b\n  outputs: '{{ if }}'\n",
    };
    for (const [name, text] of Object.entries(files)) await line.put(`broken/${name}`, text);
    const { code, stderr } = await line.backbar("publish", "broken");
    expect(code).toBe(1);
    for (const place of [
      "recipe.yaml:2:1: ",
      "recipe.yaml:3:1: ",
      "setup.sh is no file",
      "compose.provisioners.yaml:3:16: ",
      "compose.provisioners.yaml:6:",
      "examples/one/score.yaml:2:",
    ]) {
      expect(stderr).toContain(`  broken/${place}`);
    }
  });
});
