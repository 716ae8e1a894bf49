/** `backbar render` by a registry: what is sent, what is written, and what is refused. */
import { chmod, mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sendJson, serve } from "../../client/loopback-server.js";
import { cache, labels, publishAll, queue, release, startWith } from "../../helpers/recipes.js";
import type { TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { type CommandLine, openCommandLine } from "../command-line.js";

const PLAIN = `apiVersion: score.dev/v1b1
metadata: {name: plain}
containers: {main: {image: "t:1"}}
`;
const WEB = `apiVersion: score.dev/v1b1
metadata: {name: web}
containers: {main: {image: "t:1", variables: {HOST: "\${resources.store.host}"}}}
resources: {store: {type: cache}}
`;
const MOUNTS = `apiVersion: score.dev/v1b1
metadata: {name: files}
containers: {main: {image: "t:1", files: {/etc/a: {source: conf/a.txt}, /etc/b: {source: b.bin, noExpand: true}}}}
`;
const ENV = `apiVersion: score.dev/v1b1
metadata: {name: env}
containers: {main: {image: "t:1", variables: {A: "\${resources.env.COLOUR}"}}}
resources: {env: {type: environment}}
`;
const DOCUMENTS = { compose: "compose.yaml", k8s: "manifests.yaml" } as const;
const STATE = { compose: ".score-compose/state.yaml", k8s: ".score-k8s/state.yaml" } as const;

let server: TestServer;

beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startWith(kind, [cache(), queue(), labels()]);
  const entries = [{ recipe: "acme/cache", range: "*" }];
  await release(server, "local", [
    { recipe: "acme/cache", range: "*", target: "compose" },
    { recipe: "acme/labels", range: "*", patches: true },
  ]);
  await release(server, "both", entries);
  await server.client.putEnvironment("fresh", { entries: [] }, { create: true });
});
afterAll(() => server.close());

async function open(env: Readonly<Record<string, string>> = {}): Promise<CommandLine> {
  const line = await openCommandLine({ env: { BACKBAR_SERVER: server.url, ...env } });
  await line.put("score.yaml", WEB);
  await line.put("plain.yaml", PLAIN);
  return line;
}

const readIn = (line: CommandLine, folder: string, names: readonly string[]) =>
  Promise.all(names.map((name) => line.read(path.join(folder, name))));

describe("backbar render -e", () => {
  test("writes document, files and state, and says which release made them", async () => {
    const { backbar, read } = await open();
    const { code, stdout, stderr } = await backbar(
      "render",
      "-e",
      "local",
      "--out",
      "shop",
      "score.yaml",
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(
      /: the cache listens on cache-[0-9a-f]{8}:7000\nwrote shop\/\.score-compose\/state\.yaml\nwrote shop\/\.score-compose\/mounts\/cache-[0-9a-f]{8}\/cache\.conf\nwrote shop\/compose\.yaml\n1 workload with 1 resource in shop\/compose\.yaml, by release 1 of local\n$/,
    );
    expect(await read("shop/compose.yaml")).toMatch(/^name: shop\n(.*\n)*.*team: acme/);
  });

  test.each([
    { target: "compose", split: false },
    { target: "k8s", split: false },
    { target: "k8s", split: true },
  ] as const)("writes what --local writes: $target, split $split", async ({ target, split }) => {
    const line = await open();
    await line.put("p.yaml", await server.client.getProvisioners("both", target));
    const flags = ["--target", target, "--out", "out", ...(split ? ["--split"] : [])];
    const first = await line.json("render", "-e", "both", ...flags, "score.yaml");
    const { manifests } = first as { readonly manifests?: string[] };
    const names = manifests ?? [path.join("out", DOCUMENTS[target])];
    const before = await readIn(line, "", [...names, path.join("out", STATE[target])]);
    const local = ["render", "--local", "--provisioners", "p.yaml"];
    const again = await line.backbar(...local, ...flags, "score.yaml");
    expect(again.stderr).toContain("nothing changed");
    expect(await readIn(line, "", [...names, path.join("out", STATE[target])])).toEqual(before);
    // And back, from the state alone.
    const third = await line.backbar("render", "-e", "both", ...flags);
    expect(third.stderr).toContain("nothing changed");
  });

  test("deletes manifests that are no longer rendered", async () => {
    const { backbar, put } = await open();
    const split = ["render", "-e", "both", "--target", "k8s", "--split", "--out", "out"];
    await backbar(...split, "plain.yaml");
    await put("plain.yaml", PLAIN.replace("plain", "other"));
    await put("out/.score-k8s/state.yaml", "workloads: {}\n");
    const { stderr } = await backbar(...split, "plain.yaml");
    expect(stderr).toContain("removed out/manifests/deployment-plain.yaml\n");
  });

  test("sends what containers mount, also of workloads that only the state knows", async () => {
    const line = await open();
    await line.put("app/score.yaml", MOUNTS);
    await line.put("app/conf/a.txt", "text");
    await line.put("app/b.bin", Uint8Array.of(0, 255, 254));
    await line.backbar("render", "-e", "local", "app/score.yaml");
    await line.put("app/conf/a.txt", "changed");
    const { code, stderr } = await line.backbar("render", "-e", "local", "plain.yaml");
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/2 workloads/),
    });
    const mounts = ".score-compose/mounts/files";
    expect(await line.read(`${mounts}/files-files-a`)).toBe("changed");
  });

  test("sends values of the environment only where they are named", async () => {
    await publishAll(server, [environmentRecipe]);
    await release(server, "values", [{ recipe: "acme/environment", range: "*" }]);
    const { backbar, put, read } = await open({ COLOUR: "blue", HIDDEN: "x" });
    await put("env.yaml", ENV);
    const ask = (...args: string[]) => backbar("render", "-e", "values", ...args, "env.yaml");
    expect((await ask()).code).toBe(1);
    expect((await ask("--env", "COLOUR")).code).toBe(0);
    expect(await read("compose.yaml")).toContain("A: blue");
    expect((await ask("--env", "COLOUR=red")).code).toBe(0);
    expect(await read("compose.yaml")).toContain("A: red");
    expect(await ask("--env", "local")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--environment"),
    });
  });

  test("prints the document alone, and nothing else", async () => {
    const { backbar, folder } = await open();
    const { stdout } = await backbar("render", "-e", "local", "--out", "-", "plain.yaml");
    expect(stdout).toMatch(new RegExp(`^name: ${path.basename(folder).toLowerCase()}\n`));
    const mounting = await backbar("render", "-e", "local", "--out", "-", "score.yaml");
    expect(mounting).toMatchObject({ code: 1, stdout: "" });
    expect(mounting.stderr).toContain("hint: give --out the folder");
  });

  test("takes environment, target and project from variables too", async () => {
    const line = await open({
      BACKBAR_ENVIRONMENT: "both",
      BACKBAR_TARGET: "k8s",
      BACKBAR_PROJECT: "vars",
    });
    expect(await line.json("render", "score.yaml")).toMatchObject({
      environment: "both",
      document: "manifests.yaml",
      project: "vars",
      stateRevision: 1,
    });
  });

  test("with --json tells the same as --local, and the release", async () => {
    const line = await open();
    const {
      environment,
      release: by,
      ...rest
    } = Object(await line.json("render", "-e", "local", "score.yaml"));
    expect({ environment, by }).toMatchObject({ environment: "local", by: { number: 1 } });
    await line.put("p.yaml", await server.client.getProvisioners("local", "compose"));
    const flags = ["--provisioners", "p.yaml", "score.yaml"];
    const local = Object(await line.json("render", "--local", ...flags));
    expect(Object.keys(rest)).toEqual(Object.keys(local));
    const [resource] = local.resources;
    expect(rest).toMatchObject({ ...local, written: expect.any(Array), resources: [resource] });
    expect(rest.resources[0]).toMatchObject({ recipe: { name: "acme/cache", version: "1.0.0" } });
    expect(JSON.stringify(rest)).not.toContain("outputs");
  });
});

describe("a project", () => {
  test("has its state at the registry, and in no file", async () => {
    const line = await open();
    const flags = ["render", "-e", "local", "-p", "shop", "--out", "out"];
    const first = await line.backbar(...flags, "score.yaml");
    expect(first.stderr).toMatch(/by release 1 of local, state of shop in revision 1\n$/);
    const before = await line.read("out/compose.yaml");
    expect(before).toMatch(/^name: shop\n/);
    await expect(line.read("out/.score-compose/state.yaml")).rejects.toThrow("ENOENT");
    const other = await open();
    expect((await other.backbar(...flags)).code).toBe(0);
    expect(await other.read("out/compose.yaml")).toBe(before);
  });

  test("is refused where a state lies in the folder", async () => {
    const { backbar, json, read } = await open();
    await backbar("render", "-e", "local", "score.yaml");
    const before = await read("compose.yaml");
    expect(await json("render", "-e", "local", "-p", "left", "score.yaml")).toMatchObject({
      error: { code: "cli_local_state" },
    });
    expect(await read("compose.yaml")).toBe(before);
    expect((await server.call("/v1/projects/left/environments/local/state")).status).toBe(404);
  });

  test("is not made by a render whose document cannot go alone", async () => {
    const { json } = await open();
    const answer = await json("render", "-e", "local", "-p", "alone", "--out", "-", "score.yaml");
    expect(answer).toMatchObject({ error: { code: "cli_usage" } });
    const { backbar } = await open();
    await backbar("render", "-e", "local", "-p", "alone", "--out", "-", "score.yaml");
    expect((await server.call("/v1/projects/alone/environments/local/state")).status).toBe(404);
  });
});

describe("a command line", () => {
  test.each([
    { name: "neither -e nor --local", args: [], hint: "--local" },
    { name: "both", args: ["-e", "local", "--local"], hint: "help" },
    {
      name: "provisioners of one's own",
      args: ["-e", "local", "--provisioners", "p"],
      hint: "--local",
    },
    { name: "no target where there are two", args: ["-e", "both"], hint: "--target" },
    { name: "an unknown target", args: ["-e", "both", "--target", "helm"], hint: "k8s" },
    { name: "a release that is no number", args: ["-e", "local", "--release", "x"], hint: "1" },
    {
      name: "--state of a project",
      args: ["-e", "local", "-p", "x", "--state", "s"],
      hint: "keeps",
    },
    { name: "--no-record of a project", args: ["-e", "local", "-p", "x", "--no-record"], hint: "" },
    { name: "the name of no project", args: ["-e", "local", "-p", "My_Shop"], hint: "letters" },
    { name: "--release for --local", args: ["--local", "--release", "1"], hint: "-e" },
    { name: "--server for --local", args: ["--local", "--server", "http://x"], hint: "-e" },
    { name: "--no-record for --local", args: ["--local", "--no-record"], hint: "-e" },
    { name: "a foreign flag", args: ["-e", "local", "-n", "shop"], hint: "help" },
    { name: "a project of manifests", args: ["--local", "--target", "k8s", "-p", "x"], hint: "-e" },
    { name: "a nameless value", args: ["--local", "--env", "=x"], hint: "NAME" },
  ])("is refused with $name", async ({ args, hint }) => {
    const { backbar } = await open();
    const { code, stderr } = await backbar("render", ...args, "plain.yaml");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^backbar: error: .*\nhint: .*\n$/);
    expect(stderr).toContain(hint);
  });

  test.each([
    {
      name: "an environment that is not there",
      args: ["-e", "nowhere"],
      code: "environment_unknown",
    },
    { name: "an environment without a release", args: ["-e", "fresh"], code: "release_none" },
    {
      name: "a release that is not there",
      args: ["-e", "local", "--target", "compose", "--release", "9"],
      code: "release_unknown",
    },
    {
      name: "a target without recipes",
      args: ["-e", "local", "--target", "k8s"],
      code: "render_target",
    },
    {
      name: "a type that nothing serves",
      args: ["-e", "local", "queue.yaml"],
      code: "provision_no_match",
    },
  ])("ends with $code for $name", async ({ args, code }) => {
    const { json, put } = await open();
    await put("queue.yaml", WEB.replace("cache", "queue"));
    expect(await json("render", ...args, "plain.yaml")).toMatchObject({ error: { code } });
  });
});

test("a server's hints are told as flags and commands", async () => {
  const { backbar } = await open();
  const target = await backbar("render", "-e", "local", "--target", "k8s", "plain.yaml");
  expect(target.stderr).toContain("hint: --target takes one of compose\n");
  const fresh = await backbar("render", "-e", "fresh", "plain.yaml");
  expect(fresh.stderr).toContain("hint: cut one: backbar release cut fresh\n");
});

describe("provisioners in the project's folder", () => {
  const provisioners = (value: string) =>
    `- {uri: "template://acme/${value}", type: cache, outputs: "host: ${value}"}\n`;

  test.each([
    { target: "compose", folder: ".score-compose" },
    { target: "k8s", folder: ".score-k8s" },
  ] as const)(
    "are those of $folder for $target, in the order of their names",
    async ({ target, folder }) => {
      const { backbar, put, read } = await open();
      await put(`${folder}/20-late.provisioners.yaml`, provisioners("late"));
      await put(`${folder}/10-early.provisioners.yaml`, provisioners("early"));
      await put(`${folder}/00-other.yaml`, provisioners("other"));
      const render = ["render", "--local", "--target", target];
      expect((await backbar(...render, "score.yaml")).code).toBe(0);
      expect(await read(DOCUMENTS[target])).toContain("early");
      await put("own.yaml", provisioners("early").replace("host: early", "host: own"));
      await backbar(...render, "--provisioners", "own.yaml");
      expect(await read(DOCUMENTS[target])).toContain("own");
    },
  );
});

describe("a hostile registry", () => {
  const ANSWER = {
    documents: [],
    environment: "evil",
    target: "compose",
    release: { number: 1, digest: "sha256:0" },
    files: [],
    emptyDirectories: [],
    removals: [],
    workloads: ["plain"],
    resources: [],
    infoLogs: [{ resource: "a", text: "\u001b[2Jgone" }],
    warnings: [],
    notes: [],
    text: "services: {}\n",
    state: "mounts_directory: .score-compose/mounts\nworkloads: {}\n",
  };
  const file = (name: string, mode = "0644") => ({ path: name, mode, base64: "ZXZpbA==" });
  const manifests = (name: string) => ({
    text: undefined,
    manifests: [{ path: name, text: "a: 1\n" }],
  });
  const planted = (name: string, folder: string, source: string) => ({
    state: JSON.stringify({
      mounts_directory: ".score-compose/mounts",
      workloads: {
        [name]: {
          spec: {
            apiVersion: "score.dev/v1b1",
            metadata: { name },
            containers: { main: { image: "i", files: { "/x": { source } } } },
          },
          file: `${folder}/score.yaml`,
        },
      },
    }),
  });

  async function render(change: object, ...args: string[]) {
    const k8s = args.includes("k8s") ? { state: "workloads: {}\n" } : {};
    const { url } = await serve((_request, response) =>
      sendJson(response, 200, { ...ANSWER, ...k8s, ...change }),
    );
    const line = await open({ BACKBAR_SERVER: url });
    await line.put("app/score.yaml", MOUNTS);
    await line.put("app/conf/a.txt", "a");
    await line.put("app/b.bin", "b");
    const flags = [
      "-e",
      "evil",
      "--out",
      "out",
      ...(args.includes("--target") ? [] : ["--target", "compose"]),
    ];
    const result = await line.backbar("render", ...flags, ...args, "app/score.yaml");
    return { ...result, ...line };
  }

  test("may answer at all", async () => {
    const { code, stderr, read } = await render({ files: [file(".score-compose/mounts/a")] });
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining("\u001b"),
    });
    expect(await read("out/.score-compose/mounts/a")).toBe("evil");
  });

  test.each<{ name: string; change: object; args?: string[] }>([
    { name: "a file above the folder", change: { files: [file("../evil")] } },
    {
      name: "a file above, by detour",
      change: { files: [file(".score-compose/mounts/../../../evil")] },
    },
    { name: "an absolute file", change: { files: [file("/tmp/evil")] } },
    { name: "a hook of git", change: { files: [file(".git/hooks/pre-commit", "0755")] } },
    { name: "a file beside the mounts", change: { files: [file(".score-compose/mounts-x/evil")] } },
    { name: "the state as a file", change: { files: [file(".score-compose/state.yaml")] } },
    {
      name: "the provisioners of the next render",
      change: { files: [file(".score-compose/0.provisioners.yaml")] },
    },
    {
      name: "a file that runs as its owner",
      change: { files: [file(".score-compose/mounts/a", "4755")] },
    },
    { name: "an empty folder above", change: { emptyDirectories: ["../evil"] } },
    { name: "a removal above", change: { removals: [{ path: "..", directory: true }] } },
    { name: "a removal of the project", change: { removals: [{ path: ".", directory: true }] } },
    {
      name: "files in another mounts directory",
      change: { state: "mounts_directory: ../..\nworkloads: {}\n" },
    },
    { name: "a planted workload", change: planted("planted", "/etc", "passwd") },
    { name: "another file of a workload", change: planted("files", "app", "../secret") },
    { name: "another folder of a workload", change: planted("files", "/etc", "conf/a.txt") },
    { name: "no state", change: { state: undefined } },
    { name: "no document", change: { text: undefined } },
    {
      name: "a manifest above",
      change: manifests("../evil.yaml"),
      args: ["--target", "k8s", "--split"],
    },
    {
      name: "a manifest elsewhere",
      change: manifests("/etc/evil.yaml"),
      args: ["--target", "k8s", "--split"],
    },
    {
      name: "a hidden manifest",
      change: manifests(".evil.yaml"),
      args: ["--target", "k8s", "--split"],
    },
    { name: "files of manifests", change: { files: [file("a")] }, args: ["--target", "k8s"] },
    { name: "a project's file above", change: { files: [file("../evil")] }, args: ["-p", "x"] },
    { name: "no object", change: { release: 1 } },
  ])("writes nothing with $name", async ({ change, args = [] }) => {
    const { code, stderr, read } = await render(change, ...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^backbar: error: (the registry's answer is refused|the server's answer): /,
    );
    for (const name of [
      "out/compose.yaml",
      "out/manifests.yaml",
      "evil",
      "out/.score-compose/state.yaml",
    ]) {
      await expect(read(name)).rejects.toThrow("ENOENT");
    }
  });

  test("writes through no link that lies in the folder", async () => {
    const change = { files: [file(".score-compose/mounts/a/evil")] };
    const { url } = await serve((_request, response) =>
      sendJson(response, 200, { ...ANSWER, ...change }),
    );
    const line = await open({ BACKBAR_SERVER: url });
    await mkdir(path.join(line.folder, ".score-compose/mounts"), { recursive: true });
    await mkdir(path.join(line.folder, "elsewhere"));
    await symlink(
      path.join(line.folder, "elsewhere"),
      path.join(line.folder, ".score-compose/mounts/a"),
    );
    await chmod(path.join(line.folder, "elsewhere"), 0o755);
    const args = ["-e", "evil", "--target", "compose", "plain.yaml"];
    expect(await line.json("render", ...args)).toMatchObject({ error: { code: "cli_link" } });
    await expect(line.read("elsewhere/evil")).rejects.toThrow("ENOENT");
  });
});

const environmentRecipe = {
  name: "acme/environment",
  version: "1.0.0",
  files: {
    "compose.provisioners.yaml": `- uri: template://acme/environment
  type: environment
  outputs: |
    COLOUR: {{ env "COLOUR" }}
    {{ if eq (env "COLOUR") "" }}{{ fail "no colour" }}{{ end }}
    {{ if ne (env "HIDDEN") "" }}{{ fail "too much is sent" }}{{ end }}
`,
  },
};
