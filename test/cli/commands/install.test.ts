import { chmod, rm, stat } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sha256Digest } from "../../../src/core/codec/digest.js";
import { cache, labels, queue, scoreFile, startWith } from "../../helpers/recipes.js";
import type { TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { commandLineIn } from "../command-line.js";
import { newProject, picked } from "../install/installed.js";
import { lyingRegistry, stranger } from "../install/registry.js";

const COMPOSE = ".score-compose/backbar.provisioners.yaml";
const K8S = ".score-k8s/backbar.provisioners.yaml";
const [COMPOSE_SAID, K8S_SAID] = [
  ".score-compose/backbar.recipes.json",
  ".score-k8s/backbar.recipes.json",
];
const PATCH = ".score-compose/backbar-patches/acme-labels-labels.tpl";

let server: TestServer;

beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startWith(kind, [
    ...[cache("1.0.0"), cache("1.1.0"), cache("2.0.0-rc.1")],
    ...[queue("1.0.0"), labels("1.0.0"), labels("1.1.0")],
  ]);
  const yank = { method: "POST", body: { reason: "breaks labels", successor: "acme/cache" } };
  const path = "/v1/recipes/acme/labels/versions/1.1.0/yank";
  const reply = await server.admin(path, yank);
  if (reply.status >= 300) throw new Error(reply.text);
});

afterAll(() => server.close());

const openProject = (env: Record<string, string> = {}) =>
  newProject({ BACKBAR_SERVER: server.url, ...env });

describe("backbar install", () => {
  test("pins recipes and writes what the Score CLIs read", async () => {
    const project = await openProject();
    const { code, stdout } = await project.backbar("install", "acme/queue", "acme/cache@~1.0");
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `added acme/queue 1.0.0 (^1.0.0)\nadded acme/cache 1.0.0 (~1.0)\nwrote backbar.lock, ${COMPOSE}, ${COMPOSE_SAID}, ${K8S}, ${K8S_SAID}\n`,
    });
    const lock = await project.lock();
    expect(picked(lock)).toEqual(["acme/queue@^1.0.0 1.0.0", "acme/cache@~1.0 1.0.0"]);
    expect(lock.registry.server).toBe(server.url);
    const compose = await project.read(COMPOSE);
    expect(lock.files.compose?.provisioners).toBe(sha256Digest(compose));
    expect(lock.files.k8s?.provisioners).toBe(sha256Digest(await project.read(K8S)));
    expect(compose.match(/^- uri: .*$/gm)).toEqual([
      "- uri: template://acme/queue-fast",
      "- uri: template://acme/queue",
      "- uri: template://acme/cache",
    ]);
    expect(await project.read("backbar.lock")).toMatch(/^\{\n {2}"version": 1,[\s\S]*\}\n$/);
  });

  test.each([
    { name: "the highest stable version", ask: "acme/cache", want: "acme/cache@^1.1.0 1.1.0" },
    { name: "a range", ask: "acme/cache@>=1 <1.1", want: "acme/cache@>=1 <1.1 1.0.0" },
    { name: "an exact version", ask: "acme/cache@1.0.0", want: "acme/cache@1.0.0 1.0.0" },
    {
      name: "a prerelease that is named",
      ask: "acme/cache@^2.0.0-rc.0",
      want: "acme/cache@^2.0.0-rc.0 2.0.0-rc.1",
    },
    { name: "none that is yanked", ask: "acme/labels@^1", want: "acme/labels@^1 1.0.0" },
  ])("takes $name", async ({ ask, want }) => {
    const project = await openProject();
    expect(await project.backbar("install", ask)).toMatchObject({ code: 0 });
    expect(picked(await project.lock())).toEqual([want]);
  });

  test.each([
    { name: "a name that is none", args: ["acme"], code: "recipe_name" },
    { name: "a range that is none", args: ["acme/cache@newest"], code: "recipe_range" },
    { name: "an unknown recipe", args: ["acme/nothing"], code: "recipe_unknown" },
    { name: "a range without a version", args: ["acme/cache@^3"], code: "recipe_unresolved" },
    { name: "a yanked version", args: ["acme/labels@1.1.0"], code: "recipe_unresolved" },
    { name: "a recipe named twice", args: ["acme/cache", "acme/cache@1"], code: "cli_usage" },
    { name: "no lock to install", args: [], code: "cli_lock_missing" },
    { name: "--frozen without a lock", args: ["--frozen"], code: "cli_lock_missing" },
    { name: "--frozen with recipes", args: ["--frozen", "acme/cache"], code: "cli_usage" },
    { name: "a target that is none", args: ["--target", "nomad"], code: "cli_usage" },
  ])("refuses $name: $code, and writes nothing", async ({ args, code }) => {
    const project = await openProject();
    expect(await project.json("install", ...args)).toMatchObject({ error: { code } });
    expect(await project.files()).toEqual([]);
  });

  test("asks for nothing where everything is in place, and fetches what is not", async () => {
    const project = await openProject();
    await project.backbar("install", "acme/cache", "acme/labels");
    const before = await Promise.all(
      [COMPOSE, COMPOSE_SAID, K8S, K8S_SAID, PATCH, "backbar.lock"].map(project.read),
    );
    const offline = { env: { BACKBAR_SERVER: "http://127.0.0.1:1" } };
    const away = commandLineIn(project.folder, offline);
    for (const frozen of [[], ["--frozen"]]) {
      const result = await away.backbar("install", ...frozen);
      expect(result).toEqual({ code: 0, stdout: "everything is in place\n", stderr: "" });
    }
    for (const name of [COMPOSE, COMPOSE_SAID, PATCH]) {
      await project.put(name, "- changed\n");
      expect(await away.json("install")).toMatchObject({ error: { code: "client_unreachable" } });
      const result = await project.backbar("install", "--frozen");
      expect(result).toMatchObject({ code: 0, stdout: `wrote ${name}\n` });
    }
    await rm(path.join(project.folder, ".score-k8s"), { recursive: true });
    expect((await project.backbar("install")).stdout).toBe(`wrote ${K8S}, ${K8S_SAID}\n`);
    expect(
      await Promise.all(
        [COMPOSE, COMPOSE_SAID, K8S, K8S_SAID, PATCH, "backbar.lock"].map(project.read),
      ),
    ).toEqual(before);
  });

  test("--frozen brings a clone to the same bytes", async () => {
    const project = await openProject();
    await project.backbar("install", "acme/labels", "acme/cache");
    const clone = await openProject();
    await clone.put("backbar.lock", await project.read("backbar.lock"));
    expect(await clone.backbar("install", "--frozen")).toMatchObject({ code: 0 });
    for (const file of [COMPOSE, COMPOSE_SAID, K8S, K8S_SAID, PATCH, "backbar.lock"]) {
      expect(await clone.read(file)).toBe(await project.read(file));
    }
  });

  test.each([
    {
      name: "other digests of files than the recipes come to",
      change: (text: string) => text.replace(/("provisioners": "sha256:)..../, "$10000"),
      code: "cli_lock_differs",
    },
    {
      name: "another digest of what recipes say",
      change: (text: string) => text.replace(/("recipes": "sha256:)..../, "$10000"),
      code: "cli_lock_differs",
    },
    {
      name: "another digest of a version",
      change: (text: string) => text.replace(/("digest": "sha256:)..../, "$10000"),
      code: "client_version",
    },
    {
      name: "another version than its files are of",
      change: (text: string) => text.replace('"version": "1.1.0"', '"version": "1.0.0"'),
      code: "cli_lock",
    },
    { name: "half a file", change: (text: string) => text.slice(0, 200), code: "cli_lock" },
    {
      name: "a merge that nobody finished",
      change: (text: string) => `<<<<<<< HEAD\n${text}=======\n>>>>>>> other\n`,
      code: "cli_lock",
    },
    {
      name: "a path for a patch template's name",
      change: (text: string) => text.replace("acme-labels-labels.tpl", "../../../x.tpl"),
      code: "cli_lock",
    },
    {
      name: "a format of the future",
      change: (text: string) => text.replace('"version": 1,', '"version": 2,'),
      code: "cli_lock",
    },
    {
      name: "a field that nobody knows",
      change: (text: string) => text.replace('"version": 1,', '"version": 1, "x": 1,'),
      code: "cli_lock",
    },
    {
      name: "another root key",
      change: (text: string) => text.replace(/("root": "sha256:)..../, "$10000"),
      code: "client_root",
    },
  ])("--frozen refuses a lock with $name: $code", async ({ change, code }) => {
    const project = await openProject();
    await project.backbar("install", "acme/cache", "acme/labels");
    const changed = change(await project.read("backbar.lock"));
    const clone = await openProject();
    await clone.put("backbar.lock", changed);
    expect(await clone.json("install", "--frozen")).toMatchObject({ error: { code } });
    expect(await clone.files()).toEqual(["backbar.lock"]);
    expect(await clone.read("backbar.lock")).toBe(changed);
  });

  test("--frozen is not fooled by files that fit a lock which was edited", async () => {
    const project = await openProject();
    await project.backbar("install", "acme/cache");
    const lock = await project.lock();
    const { compose } = lock.files;
    await project.put("backbar.lock", JSON.stringify({ ...lock, files: { compose } }));
    await rm(path.join(project.folder, ".score-k8s"), { recursive: true });
    expect(await project.json("install", "--frozen")).toMatchObject({
      error: { code: "cli_lock_differs" },
    });
    expect(await project.backbar("install")).toMatchObject({ code: 0 });
    expect(await project.lock()).toEqual(lock);
  });

  test("limits itself to targets, from then on", async () => {
    const project = await openProject();
    await project.backbar("install", "acme/cache");
    const limited = await project.backbar("install", "--target", "compose");
    expect(limited.stdout).toContain(`removed ${K8S}`);
    await project.backbar("install", "acme/queue");
    expect(await project.files()).toEqual([COMPOSE, COMPOSE_SAID, "backbar.lock"]);
    await project.backbar("install", "--target", "compose", "--target", "k8s");
    expect(await project.files()).toEqual([
      ...[COMPOSE, COMPOSE_SAID, K8S, K8S_SAID],
      "backbar.lock",
    ]);
  });

  test("tells how the Score CLIs take patch templates", async () => {
    const project = await openProject();
    const { stderr } = await project.backbar("install", "acme/labels");
    expect(stderr).toContain(`score-compose init --patch-templates ${PATCH}`);
    expect(await project.read(PATCH)).toBe(labels().files["labels.compose.tpl"]);
  });

  test("keeps the registry of the lock", async () => {
    const project = await openProject();
    await project.backbar("install", "acme/cache");
    const other = await lyingRegistry(cache());
    const run = (env: Record<string, string>) =>
      commandLineIn(project.folder, { env }).json("install", "acme/queue");
    const refused = (code: string) => ({ error: { code } });
    expect(await run({ BACKBAR_SERVER: other.url })).toMatchObject(refused("client_root"));
    const pinned = { BACKBAR_ROOT: other.root };
    expect(await run(pinned)).toMatchObject(refused("cli_lock_registry"));
    expect(await run({ BACKBAR_TOKEN: "secret" })).toMatchObject(refused("cli_usage"));
    expect(await run({})).toMatchObject({ changes: [{ recipe: "acme/queue" }] });
  });

  test("a registry that hides versions takes nobody back", async () => {
    const honest = await lyingRegistry(cache("1.1.0"));
    const project = await openProject({ BACKBAR_SERVER: honest.url });
    await project.backbar("install", "acme/cache@^1.0.0");
    const before = await project.read("backbar.lock");
    const later = await lyingRegistry(cache("1.0.0"));
    const line = commandLineIn(project.folder, { env: { BACKBAR_SERVER: later.url } });
    for (const args of [["update"], ["update", "--latest"], ["install", "acme/cache@^1"]]) {
      expect(await line.json(...args)).toMatchObject({ error: { code: "client_version" } });
    }
    expect(await project.read("backbar.lock")).toBe(before);
  });

  test("new files have what the umask leaves; others keep their mode", async () => {
    const project = await openProject();
    const modes = () =>
      Promise.all(
        ["backbar.lock", COMPOSE].map(
          async (name) => (await stat(path.join(project.folder, name))).mode & 0o777,
        ),
      );
    const umask = process.umask(0o077);
    try {
      await project.backbar("install", "acme/cache");
      expect(await modes()).toEqual([0o600, 0o600]);
      await chmod(path.join(project.folder, "backbar.lock"), 0o664);
      await project.backbar("install", "acme/queue");
      expect(await modes()).toEqual([0o664, 0o600]);
    } finally {
      process.umask(umask);
    }
  });

  test("a registry that lies leaves nothing behind", async () => {
    const { url, seen } = await lyingRegistry(cache(), { signers: [stranger] });
    const project = await openProject({ BACKBAR_SERVER: url });
    expect(await project.json("install", "acme/cache")).toMatchObject({
      error: { code: "bundle_signature" },
    });
    expect(await project.files()).toEqual([]);
    expect(seen.every(({ method }) => method === "GET")).toBe(true);
  });

  test("a key that signed no longer counts is told, and what was locked stays", async () => {
    const honest = await lyingRegistry(cache());
    const project = await openProject({ BACKBAR_SERVER: honest.url });
    await project.backbar("install", "acme/cache");
    await rm(path.join(project.folder, ".score-compose"), { recursive: true });
    const later = await lyingRegistry(cache(), { signers: [stranger] });
    const line = commandLineIn(project.folder, { env: { BACKBAR_SERVER: later.url } });
    const { code, stderr } = await line.backbar("install", "--frozen");
    expect(code).toBe(0);
    expect(stderr).toContain("by none of the accepted keys");
  });
});

describe("backbar render --local", () => {
  const SCORE = scoreFile("web", { db: { type: "queue" } }, { URL: "${resources.db.url}" });

  test("takes what is installed, patch templates as well", async () => {
    const project = await openProject();
    await project.backbar("install", "acme/queue", "acme/labels");
    await project.put("score.yaml", SCORE);
    const { code } = await project.backbar("render", "--local", "score.yaml");
    expect(code).toBe(0);
    const document = await project.read("compose.yaml");
    expect(document).toContain("URL: queue://web.db");
    expect(document).toContain("team: acme");
    const { stderr } = await project.backbar("uninstall", "acme/labels");
    expect(stderr).toContain("may keep the patch templates");
  });

  test("holds params and secrets to what the recipes say, as a registry does", async () => {
    const project = await openProject();
    await project.backbar("install", "acme/queue", "acme/cache");
    const score = (size: number) => `apiVersion: score.dev/v1b1
metadata: {name: web}
containers: {main: {image: "t:1", variables: {HOST: "\${resources.store.host}"}}}
resources: {store: {type: cache, params: {size: ${size}}}}
`;
    await project.put("score.yaml", score(0));
    expect(await project.json("render", "--local", "score.yaml")).toMatchObject({
      error: { code: "provision_params_schema" },
    });
    await project.put("score.yaml", score(1));
    expect(await project.json("render", "--local", "score.yaml")).toMatchObject({
      resources: [{ recipe: { name: "acme/cache", version: "1.1.0" } }],
    });
  });

  test.each([
    { name: "provisioners", file: COMPOSE, change: (text: string) => `${text}# by hand\n` },
    { name: "words of recipes", file: COMPOSE_SAID, change: () => '{"recipes":[],"origins":[]}' },
    { name: "a patch template", file: PATCH, change: () => "" },
  ])("refuses $name that the lock does not pin", async ({ file, change }) => {
    const project = await openProject();
    await project.backbar("install", "acme/queue", "acme/labels");
    await project.put("score.yaml", SCORE);
    await project.put(file, change(await project.read(file)));
    expect(await project.json("render", "--local", "score.yaml")).toMatchObject({
      error: { code: "cli_lock_differs" },
    });
    await project.backbar("install", "--frozen");
    expect(await project.backbar("render", "--local", "score.yaml")).toMatchObject({ code: 0 });
  });

  test("says what to do in a fresh clone", async () => {
    const project = await openProject();
    await project.backbar("install", "acme/queue");
    await rm(path.join(project.folder, COMPOSE));
    await project.put("score.yaml", SCORE);
    expect(await project.json("render", "--local", "score.yaml")).toMatchObject({
      error: { code: "cli_lock_differs", hint: "backbar install puts it there" },
    });
  });
});

describe("backbar uninstall", () => {
  test("takes recipes out, and their files", async () => {
    const project = await openProject();
    await project.backbar("install", "acme/cache", "acme/labels", "acme/queue");
    const { stdout } = await project.backbar("uninstall", "acme/cache", "acme/labels");
    expect(stdout).toContain(`removed ${PATCH}, ${K8S}, ${K8S_SAID}\n`);
    expect(await project.files()).toEqual([COMPOSE, COMPOSE_SAID, "backbar.lock"]);
    await project.backbar("uninstall", "acme/queue");
    expect(await project.files()).toEqual(["backbar.lock"]);
  });

  test("knows what is not there", async () => {
    const project = await openProject();
    await project.backbar("install", "acme/cache");
    expect(await project.json("uninstall", "acme/queue")).toMatchObject({
      error: { code: "cli_lock_recipe", hint: "it has acme/cache" },
    });
  });
});
