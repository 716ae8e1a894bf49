import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sha256Digest } from "../../../src/core/codec/digest.js";
import { ask, define } from "../../helpers/environments.js";
import { cache, labels, queue, release, startWith } from "../../helpers/recipes.js";
import type { TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { commandLineIn } from "../command-line.js";
import { newProject } from "../install/installed.js";

const PATCH = "acme-labels-labels.tpl";

let server: TestServer;
let root: string;

beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startWith(kind, [cache(), queue(), labels()]);
  root = server.registry.keys.root.publicKey.fingerprint;
  // Release 1 has a patch template, release 2 of `local` has none.
  for (const environment of ["local", "kept"]) {
    await release(server, environment, [
      { recipe: "acme/queue", range: "*" },
      { recipe: "acme/labels", range: "*" },
    ]);
  }
  await define(server, "local", [{ recipe: "acme/queue", range: "*" }]);
  await ask(server, "local", "releases");
  await release(server, "both", [{ recipe: "acme/cache", range: "*" }]);
});

afterAll(() => server.close());

const openProject = (env: Readonly<Record<string, string>> = {}) =>
  newProject({ BACKBAR_SERVER: server.url, BACKBAR_ROOT: root, ...env }, server.clock.now);
const served = async (environment: string, number: number) =>
  (await server.call(`/v1/environments/${environment}/compose/provisioners.yaml?release=${number}`))
    .text;

describe("backbar pull", () => {
  test("gives the provisioners to the standard output, and says what that cannot carry", async () => {
    const project = await openProject();
    const kept = await project.backbar("pull", "kept");
    expect(kept).toMatchObject({ code: 0, stdout: await served("kept", 1) });
    expect(kept.stderr).toContain(PATCH);
    const local = await project.backbar("pull", "local", "--out", "-");
    expect(local).toEqual({ code: 0, stdout: await served("local", 2), stderr: "" });
    expect(await project.files()).toEqual([]);
  });

  test("says where the environment has nothing for the target", async () => {
    const { backbar } = await openProject();
    const { code, stderr } = await backbar("pull", "kept", "--target", "k8s");
    expect(code).toBe(0);
    expect(stderr).toContain("kept has nothing for k8s");
  });

  test("writes a folder, and takes away its own files of an earlier release", async () => {
    const project = await openProject();
    const first = await project.json("pull", "local", "--release", "1", "--out", "env");
    expect(first).toMatchObject({
      release: { number: 1 },
      written: ["env/provisioners.yaml", `env/${PATCH}`],
    });
    expect(await project.read("env/provisioners.yaml")).toBe(await served("local", 1));
    expect(await project.read(`env/${PATCH}`)).toBe(labels().files["labels.compose.tpl"]);
    await project.put("env/mine.tpl", "mine");
    const { stdout } = await project.backbar("pull", "local", "--out", "env");
    expect(stdout).toContain(`removed env/${PATCH}\n`);
    expect((await project.backbar("pull", "local", "--out", "env")).stdout).toContain("in place");
    expect(await project.files()).toEqual([
      "env/.backbar-pull.json",
      "env/mine.tpl",
      "env/provisioners.yaml",
    ]);
  });

  test("leaves what somebody else wrote or changed", async () => {
    const project = await openProject();
    await project.put("mine/provisioners.yaml", "- mine\n");
    expect(await project.json("pull", "local", "--out", "mine")).toMatchObject({
      error: { code: "cli_file" },
    });
    expect(await project.files()).toEqual(["mine/provisioners.yaml"]);
    await project.backbar("pull", "kept", "--out", "env");
    await project.put(`env/${PATCH}`, "changed");
    const { code, stderr } = await project.backbar("pull", "local", "--out", "env");
    expect(code).toBe(0);
    expect(stderr).toContain(`env/${PATCH} is of an earlier pull and was changed since: it stays`);
    expect(await project.read(`env/${PATCH}`)).toBe("changed");
  });

  test("believes a record of earlier pulls no path", async () => {
    const project = await openProject();
    await project.put("precious.tpl", "x");
    const files = { "../precious.tpl": sha256Digest("x") };
    await project.put("env/.backbar-pull.json", JSON.stringify({ files }));
    expect(await project.backbar("pull", "local", "--out", "env")).toMatchObject({ code: 0 });
    expect(await project.read("precious.tpl")).toBe("x");
  });

  test.each([
    { name: "no environment", args: [], code: "cli_usage" },
    {
      name: "an unknown environment",
      args: ["nowhere", "--out", "x"],
      code: "environment_unknown",
    },
    {
      name: "an unknown release",
      args: ["local", "--release", "9", "--out", "x"],
      code: "release_unknown",
    },
    { name: "a release that is no number", args: ["local", "--release", "new"], code: "cli_usage" },
    { name: "two targets and none named", args: ["both", "--out", "x"], code: "cli_usage" },
    { name: "--json beside the provisioners", args: ["local", "--json"], code: "cli_usage" },
    {
      name: "--frozen and a release",
      args: ["local", "--frozen", "--release", "1"],
      code: "cli_usage",
    },
    {
      name: "--frozen without a lock",
      args: ["local", "--frozen", "--out", "x"],
      code: "cli_lock_missing",
    },
  ])("refuses $name: $code", async ({ args, code }) => {
    const project = await openProject();
    expect(await project.json("pull", ...args)).toMatchObject({ error: { code } });
    expect(await project.files()).toEqual([]);
  });

  const variables = { BACKBAR_ENVIRONMENT: "both", BACKBAR_TARGET: "k8s" };
  test.each<{ name: string; args: string[]; env: Record<string, string> }>([
    { name: "--target", args: ["both", "--target", "k8s"], env: {} },
    { name: "variables", args: [], env: variables },
  ])("takes the target from $name", async ({ args, env }) => {
    const project = await openProject(env);
    const { stdout } = await project.backbar("pull", ...args);
    expect(stdout).toContain("manifests:");
  });

  test("refuses an older release than it has seen of the environment", async () => {
    const project = await openProject();
    await project.backbar("pull", "local");
    const seen = await project.read(".home/.config/backbar/seen.json");
    await project.put(
      ".home/.config/backbar/seen.json",
      seen.replace('"number": 2', '"number": 3'),
    );
    expect(await project.json("pull", "local", "--out", "env")).toMatchObject({
      error: { code: "pointer_rollback" },
    });
    expect(await project.files()).toEqual([]);
  });

  test("refuses a pointer that has expired", async () => {
    const project = await openProject();
    const later = () => new Date(server.clock.now().getTime() + 25 * 60 * 60 * 1000);
    const env = { BACKBAR_SERVER: server.url, BACKBAR_ROOT: root };
    const line = commandLineIn(project.folder, { env, now: later });
    expect(await line.json("pull", "local", "--out", "env")).toMatchObject({
      error: { code: "pointer_expired" },
    });
  });
});

describe("a release in the lock", () => {
  test("is what --frozen fetches, however many come after it", async () => {
    const project = await openProject();
    const pinned = await project.backbar("pull", "kept", "--lock", "--out", "env");
    expect(pinned.stdout).toContain("wrote backbar.lock, env/provisioners.yaml");
    expect(JSON.parse(await project.read("backbar.lock"))).toMatchObject({
      recipes: [],
      environments: { kept: { release: 1 } },
    });
    await define(server, "kept", [{ recipe: "acme/queue", range: "*" }]);
    await ask(server, "kept", "releases");
    expect((await project.backbar("pull", "kept", "--frozen")).stdout).toBe(
      await served("kept", 1),
    );
    await rm(path.join(project.folder, "env"), { recursive: true });
    expect(await project.json("pull", "kept", "--frozen", "--out", "env")).toMatchObject({
      release: { number: 1 },
    });
    expect((await project.backbar("pull", "kept")).stdout).toBe(await served("kept", 2));
  });

  test("stays beside recipes that are installed", async () => {
    const project = await openProject();
    await project.backbar("pull", "local", "--lock");
    await project.backbar("install", "acme/cache");
    await project.backbar("pull", "both", "--lock", "--target", "compose");
    expect(JSON.parse(await project.read("backbar.lock"))).toMatchObject({
      recipes: [{ recipe: "acme/cache" }],
      environments: { both: { release: 1 }, local: { release: 2 } },
    });
  });

  test("is refused where the registry signed another one under its number", async () => {
    const project = await openProject();
    await project.backbar("pull", "local", "--lock");
    const lock = await project.read("backbar.lock");
    const changed = lock.replace(/("digest": "sha256:)..../, "$10000");
    await project.put("backbar.lock", changed);
    expect(await project.json("pull", "local", "--frozen", "--out", "env")).toMatchObject({
      error: { code: "cli_lock_differs" },
    });
    expect(await project.files()).toEqual(["backbar.lock"]);
  });
});
