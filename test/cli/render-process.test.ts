/** The compiled command as a process of its own, in an empty folder. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { emptyFolder, pause } from "../process/service-process.js";

const BINARY = path.resolve("dist/cli/main.js");
const CATALOG = path.resolve("catalog");

function start(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const line = [BINARY, "render", "--local", ...args];
  const child = spawn(process.execPath, line, { cwd, env });
  const done = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]).then(
    ([stdout, stderr, [code, signal]]) => ({ code, signal, stdout, stderr }),
  );
  return { child, done };
}

const run = (cwd: string, ...args: string[]) => start(cwd, args).done;

async function contents(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    found.set(path.relative(folder, file), await readFile(file, "utf8"));
  }
  return found;
}

const ORDERS = [
  ...[
    "dapr/redis-state-store",
    "dapr/redis-pubsub",
    "dapr/subscription",
    "score/dns",
    "score/route",
  ]
    .map((recipe) => path.join(CATALOG, recipe, "compose.provisioners.yaml"))
    .flatMap((file) => ["--provisioners", file]),
  ...["--patch-template", path.join(CATALOG, "dapr/sidecar/sidecar.compose.tpl")],
];

describe("backbar render --local", () => {
  test("renders the orders, and the same bytes again from the state", async () => {
    const folder = await emptyFolder();
    await cp("examples/orders", folder, { recursive: true });
    const files = (await readdir(folder)).filter((name) => name.endsWith(".score.yaml"));
    const first = await run(folder, ...ORDERS, "--out", "out", ...files);
    expect(first).toMatchObject({ code: 0, stdout: "" });
    expect(first.stderr).toMatch(/\n5 workloads with 15 resources in out\/compose\.yaml\n$/);
    const made = await contents(path.join(folder, "out"));
    expect(made.get("compose.yaml")).toContain("daprd");
    expect([...made.keys()].filter((name) => name.includes("mounts/components/"))).not.toEqual([]);

    const second = await run(folder, ...ORDERS, "--out", "out", ...files);
    expect(second).toMatchObject({ code: 0, stdout: "" });
    const third = await run(folder, ...ORDERS.slice(0, -2), "--out", "out");
    expect(third.stderr).toContain("nothing changed");
    expect(await contents(path.join(folder, "out"))).toEqual(made);
  });

  test("reads provisioners from a pipe and prints the document into one", async () => {
    const folder = await emptyFolder();
    await writeFile(path.join(folder, "score.yaml"), WITH_MANY);
    const provisioners = "- {uri: 'template://acme/many', type: many, outputs: 'password: x'}";
    const command = `echo "${provisioners}" | "$0" "$1" render --local --provisioners /dev/stdin --out - score.yaml`;
    const child = spawn("sh", ["-c", command, process.execPath, BINARY], { cwd: folder });
    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^name: \S+\nservices:\n {2}app-main:\n/);
  });

  test("tells every fault of a Score file with its place, and writes nothing", async () => {
    const folder = await emptyFolder();
    const faulty = "apiVersion: score.dev/v1b1\nmetadata:\n  name: app\ncontainers:\n  main:\n";
    await writeFile(
      path.join(folder, "score.yaml"),
      `${faulty}    imag: x\n    variables:\n      A: [1]\n`,
    );
    const { code, stdout, stderr } = await run(folder, "score.yaml");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^backbar: error: \d problems\n( {2}score\.yaml:\d+:\d+: .*\n)+$/);
    expect(await readdir(folder)).toEqual(["score.yaml"]);
  });

  test("is not torn down by a reader that stops early", async () => {
    const folder = await emptyFolder();
    await writeFile(path.join(folder, "score.yaml"), LONG);
    const command =
      '{ "$0" "$1" render --local --out - score.yaml; echo "ended $?" >&2; } | head -c 5';
    const child = spawn("sh", ["-c", command, process.execPath, BINARY], { cwd: folder });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(stdout).toBe("name:");
    expect(stderr).toMatch(/^wrote .*\n1 workload with 0 resources\nended 0\n$/);
  });

  test("exits 2 on wrong usage", async () => {
    const { code, stdout, stderr } = await run(await emptyFolder(), "--colour");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^backbar: error: .*\nhint: backbar render --help\n$/);
  });
});

const WITH_MANY = `apiVersion: score.dev/v1b1
metadata: {name: app}
containers: {main: {image: "t:1", variables: {PASSWORD: "\${resources.many.password}"}}}
resources: {many: {type: many}}
`;
const LONG = `apiVersion: score.dev/v1b1
metadata: {name: app}
containers: {main: {image: "t:1", variables: {LONG: "${"x".repeat(500_000)}"}}}
`;
/** So many files that writing them takes a while; a whole one holds the password 600 times. */
const MANY = `- uri: template://acme/many
  type: many
  state: |
    password: {{ dig "password" (randAlphaNum 16) (default dict .State) }}
  outputs: |
    password: {{ .State.password }}
  files: |
    {{ range $i := until 200 }}
    file-{{ $i }}.txt: "{{ repeat 600 $.State.password }}"
    {{ end }}
`;

/** The same for Kubernetes: one manifest for each, of `$COUNT`. */
const MANY_MANIFESTS = `- uri: template://acme/many
  type: many
  outputs: "password: x"
  manifests: |
    {{ range $i := until (env "COUNT" | atoi) }}
    - {apiVersion: v1, kind: Secret, metadata: {name: many-{{ $i }}}, stringData: {a: "{{ repeat 9000 "x" }}"}}
    {{ end }}
`;

async function manyFolder(provisioners = MANY): Promise<string> {
  const folder = await emptyFolder();
  await writeFile(path.join(folder, "score.yaml"), WITH_MANY);
  await writeFile(path.join(folder, "many.yaml"), provisioners);
  return folder;
}

const MANY_ARGS = ["--provisioners", "many.yaml", "--out", "out", "score.yaml"];
const SPLIT_ARGS = [...MANY_ARGS, "--target", "k8s", "--split"];

function temporaries(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    path.basename(name).startsWith(".backbar-"),
  );
}

/** Ends a render by `signal` once it has begun to write, `delay` milliseconds later. */
async function interrupt(
  folder: string,
  signal: NodeJS.Signals,
  delay: number,
  args: readonly string[] = MANY_ARGS,
  env: NodeJS.ProcessEnv = {},
) {
  const { child, done } = start(folder, args, env);
  const out = path.join(folder, "out");
  while (child.exitCode === null && temporaries(out).length === 0) await pause(1);
  await pause(delay);
  child.kill(signal);
  return done;
}

describe("an interrupted render", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("leaves all or nothing on %s", async (signal) => {
    const folder = await manyFolder();
    const before = await contents(folder);
    const ended = await interrupt(folder, signal, 0);
    expect(ended).toMatchObject({ code: null, signal, stdout: "" });
    expect(temporaries(folder)).toEqual([]);
    const after = await contents(folder);
    if (after.has("out/compose.yaml")) expect(after.size).toBe(before.size + 202);
    else {
      expect(after).toEqual(before);
      expect(existsSync(path.join(folder, "out"))).toBe(false);
    }
  });

  test.each([0, 50, 150])(
    "keeps whole files and the password when killed after %i ms",
    async (delay) => {
      const folder = await manyFolder();
      await interrupt(folder, "SIGKILL", delay);
      const out = path.join(folder, "out");
      const left = await contents(out);
      const state = left.get(".score-compose/state.yaml");
      const password = /password: (\w{16})\n/.exec(state ?? "")?.[1];
      for (const [name, content] of left) {
        if (!name.endsWith(".txt")) continue;
        expect(content, name).toBe(password?.repeat(600));
      }
      expect(left.has("compose.yaml") && state === undefined).toBe(false);
      const again = await run(folder, ...MANY_ARGS);
      expect(again).toMatchObject({ code: 0 });
      const compose = await readFile(path.join(out, "compose.yaml"), "utf8");
      if (password !== undefined) expect(compose).toContain(`PASSWORD: ${password}`);
    },
  );

  test.each([0, 50, 150])(
    "leaves whole manifests when killed after %i ms, and the next one clears up",
    async (delay) => {
      const folder = await manyFolder(MANY_MANIFESTS);
      expect(await start(folder, SPLIT_ARGS, { COUNT: "150" }).done).toMatchObject({ code: 0 });
      const manifests = path.join(folder, "out/manifests");
      const before = await contents(manifests);
      await interrupt(folder, "SIGKILL", delay, SPLIT_ARGS, { COUNT: "250" });
      const left = await contents(manifests);
      const again = await start(folder, SPLIT_ARGS, { COUNT: "250" }).done;
      expect(again).toMatchObject({ code: 0 });
      const whole = await contents(manifests);
      for (const [name, content] of left) {
        if (name.startsWith(".backbar-")) continue;
        expect([before.get(name), whole.get(name)], name).toContain(content);
      }
      await start(folder, SPLIT_ARGS, { COUNT: "3" }).done;
      const rest = [...(await contents(manifests)).keys()].filter((name) => name.endsWith(".yaml"));
      expect(rest).toHaveLength(4);
    },
  );
});
