import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cache, labels, queue, release, scoreFile, startWith } from "../../helpers/recipes.js";
import { rendered } from "../../helpers/rendering.js";
import type { TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { type CommandLine, openCommandLine } from "../command-line.js";

const STATE = ".score-compose/state.yaml";

interface Reports {
  readonly reports: readonly {
    readonly target: string;
    readonly recorded: readonly { readonly workload: string; readonly resource: string }[];
    readonly unmatched: readonly { readonly resource: string; readonly code: string }[];
  }[];
}

let server: TestServer;
let states: Readonly<Record<"compose" | "k8s", string>>;

beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startWith(kind, [cache(), queue(), labels()]);
  const entries = ["cache", "queue", "labels"].map((name) => ({
    recipe: `acme/${name}`,
    range: "*",
  }));
  await release(server, "one", entries);
  await release(server, "two", entries.slice(1));
  states = { compose: await stateFor("compose"), k8s: await stateFor("k8s") };
});
afterAll(() => server?.close());

/** The state of two workloads that share a resource, as the CLI of the target keeps it. */
async function stateFor(target: string): Promise<string> {
  const shared = { type: "cache", id: "shared" };
  const workloads = ["web", "api"].map((name) => ({
    score: scoreFile(name, { own: { type: "cache" }, shared }),
  }));
  const body = { target, workloads, record: false };
  const { state = "" } = await rendered(server, "one", body);
  return state;
}

async function open(env: Readonly<Record<string, string>> = {}): Promise<CommandLine> {
  const line = await openCommandLine({
    env: { BACKBAR_SERVER: server.url, BACKBAR_TOKEN: server.token, ...env },
  });
  await line.put(STATE, states.compose);
  await line.put("k8s.yaml", states.k8s);
  return line;
}

const resourcesOf = ({ reports }: Reports) =>
  reports.map(({ recorded }) => recorded.map((one) => `${one.workload} ${one.resource}`));
const USES = ["api.own", "shared", "web.own"];

describe("backbar report", () => {
  test("records what a state used, and says so", async () => {
    const { backbar } = await open();
    const { code, stdout, stderr } = await backbar("report", "-e", "one", "-p", "told", STATE);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "6 of 6 recorded, for release 1 of one\n",
    });
    expect(stdout.split("\n").map((row) => row.split(/ {2,}/))).toEqual(
      expect.arrayContaining([
        ["WORKLOAD", "RESOURCE", "RECORDED AS"],
        ["api", "cache.default#api.own", "acme/cache@1.0.0"],
        ["api", "cache.default#shared", "acme/cache@1.0.0"],
        ["web", "cache.default#shared", "acme/cache@1.0.0"],
        ["web", "patch-template#acme-labels-labels.tpl", "acme/labels@1.0.0"],
      ]),
    );
  });

  test("sends names alone, whatever the state holds", async () => {
    const bodies: string[] = [];
    const { readUses } = await import("../../../src/cli/audit/state-uses.js");
    for (const [target, text] of Object.entries(states)) {
      bodies.push(JSON.stringify(readUses(text, `.score-${target}/state.yaml`, undefined)));
    }
    const passwords = [...`${states.compose}${states.k8s}`.matchAll(/password: (\w{24})/g)];
    expect(passwords.length).toBeGreaterThan(2);
    for (const [, password = ""] of passwords) expect(bodies.join("")).not.toContain(password);
    expect(bodies.join("")).not.toMatch(/outputs|params|"state"/);
  });

  test("tells the targets of states by their content, and takes several", async () => {
    const line = await open({ BACKBAR_ENVIRONMENT: "one" });
    const told = (await line.json("report", "k8s.yaml", STATE)) as Reports;
    expect(told.reports.map(({ target }) => target)).toEqual(["compose", "k8s"]);
    const [compose = [], k8s = []] = resourcesOf(told);
    expect(compose).toHaveLength(6);
    expect(new Set(k8s.map((one) => one.replace(/.*#/, "")))).toEqual(new Set(USES));
    const both = await line.backbar("report", "-p", "both", "k8s.yaml", STATE);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("one target") });
  });

  test("tells what the release does not have", async () => {
    const line = await open({ BACKBAR_ENVIRONMENT: "two" });
    const { code, stdout, stderr } = await line.backbar("report", STATE);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^2 of 6 recorded.*\nhint: --release/);
    expect(stdout).toContain("nothing: release 1 has no provisioner of that uri");
  });

  test("takes a project back", async () => {
    const line = await open({ BACKBAR_ENVIRONMENT: "one", BACKBAR_PROJECT: "leaving" });
    await line.json("report", STATE);
    const usage = ["usage", "--project", "leaving"];
    expect(await line.json(...usage)).toMatchObject({ usage: { length: 6 } });
    expect((await line.backbar("report", "--gone")).code).toBe(0);
    expect(await line.json(...usage)).toEqual({ usage: [] });
  });

  test("warns of resources that nothing has served", async () => {
    const line = await open({ BACKBAR_ENVIRONMENT: "one" });
    await line.put(
      STATE,
      states.compose.replace("provisioner: template://acme/cache", 'provisioner: ""'),
    );
    const { stderr } = await line.backbar("report", STATE);
    expect(stderr).toMatch(/^warning: cache\.default#\S+ is not reported/);
  });

  test.each([
    { name: "no environment", args: [STATE], code: 2 },
    { name: "no state", args: ["-e", "one"], code: 2 },
    { name: "no such file", args: ["-e", "one", "gone.yaml"], code: 2 },
    { name: "a release that is no number", args: ["-e", "one", "--release", "x", STATE], code: 2 },
    { name: "another target", args: ["-e", "one", "--target", "helm", STATE], code: 2 },
    { name: "a state of either target", args: ["-e", "one", "empty.yaml"], code: 2 },
    { name: "--gone without a project", args: ["-e", "one", "--gone"], code: 2 },
    { name: "--gone with a state", args: ["-e", "one", "-p", "x", "--gone", STATE], code: 2 },
    { name: "what is no state", args: ["-e", "one", "text.yaml"], code: 1 },
    { name: "the wrong target", args: ["-e", "one", "--target", "k8s", STATE], code: 1 },
    { name: "an unknown environment", args: ["-e", "none", STATE], code: 1 },
  ])("exits $code on $name", async ({ args, code }) => {
    const line = await open();
    await line.put("text.yaml", "containers: {}\n");
    await line.put("empty.yaml", "workloads: {}\n");
    const result = await line.backbar("report", ...args);
    expect(result).toMatchObject({ code, stdout: "" });
    expect(result.stderr).toMatch(/^backbar: error: /);
  });
});

describe("backbar usage", () => {
  test("lists the records that fit", async () => {
    const line = await open();
    await line.json("report", "-e", "one", "-p", "listed", STATE);
    const { stdout } = await line.backbar("usage", "--recipe", "acme/cache", "--project", "listed");
    expect(stdout.split("\n").map((row) => row.split(/ {2,}/))).toEqual([
      ["ENVIRONMENT", "PROJECT", "WORKLOAD", "RESOURCE", "RECIPE", "REL", "LAST", "BY"],
      ...[
        ["api", "cache.default#api.own"],
        ["api", "cache.default#shared"],
        ["web", "cache.default#shared"],
        ["web", "cache.default#web.own"],
      ].map((one) => ["one", "listed", ...one, "acme/cache@1.0.0", "1", "2031-05-06", "admin"]),
      [""],
    ]);
    const query = ["usage", "--recipe", "acme/labels@1.0.0", "--project", "listed"];
    expect(await line.json(...query, "--workload", "web")).toMatchObject({
      usage: [{ recipe: "acme/labels", version: "1.0.0", current: true }],
    });
  });

  test("takes no unknown environment for one where nothing is used", async () => {
    const { json } = await open();
    expect(await json("usage", "-e", "onne")).toMatchObject({
      error: { code: "environment_unknown" },
    });
  });

  test("looks at a time, and says where nothing fits", async () => {
    const { backbar } = await open();
    const at = await backbar("usage", "--at", "2030-01-01");
    expect(at).toMatchObject({ code: 0, stdout: "", stderr: "nothing is recorded that fits\n" });
    expect((await backbar("usage", "--at", "2031-05-06")).stdout).toContain("acme/cache@1.0.0");
    for (const time of ["yesterday", "2030-13-01", "2030-01-01T25:00Z"]) {
      expect((await backbar("usage", "--at", time)).code).toBe(2);
    }
    expect((await backbar("usage", "--recipe", "a/b@1.0.0", "--version", "2.0.0")).code).toBe(2);
  });
});
