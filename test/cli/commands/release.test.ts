import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { define } from "../../helpers/environments.js";
import {
  cache,
  publishAll,
  queue,
  type RecipeText,
  scoreFile,
  startWith,
} from "../../helpers/recipes.js";
import type { TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { openCommandLine } from "../command-line.js";

let server: TestServer;

/** Serves the type of `acme/cache` under another uri. */
const otherCache: RecipeText = {
  name: "acme/other-cache",
  version: "1.0.0",
  files: {
    "compose.provisioners.yaml":
      "- uri: template://acme/other-cache\n  type: cache\n  outputs: |\n    host: elsewhere\n",
  },
};
const CACHE = { recipe: "acme/cache", range: "^1.0.0", target: "compose" };

beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startWith(kind, [cache("1.0.0"), cache("1.1.0")]);
  await publishAll(server, [queue("1.0.0"), otherCache]);
});

afterAll(() => server.close());

const open = (who?: string) =>
  openCommandLine({
    env: {
      BACKBAR_SERVER: server.url,
      BACKBAR_TOKEN: who === undefined ? server.token : server.as(who).token,
    },
  });

/** An environment with release 1 of the cache 1.0.0 and, where it is `used`, a project that keeps state. */
async function released(name: string, { used = false } = {}): Promise<void> {
  await define(server, name, [{ ...CACHE, range: "1.0.0" }]);
  await server.client.cutRelease(name);
  if (!used) return;
  const score = scoreFile("web", { it: { type: "cache" } });
  const reply = await server.admin(`/v1/environments/${name}/render?target=compose&project=shop`, {
    method: "POST",
    body: { workloads: [{ score }] },
  });
  if (reply.status >= 300) throw new Error(reply.text);
}

describe("backbar release", () => {
  test("previews and cuts: what changes, then what is current", async () => {
    await released("plain", { used: true });
    await define(server, "plain", [CACHE, { recipe: "acme/queue", range: "1.0.0" }]);
    const { backbar, json } = await open();
    const before = await server.logSize();
    const preview = await backbar("release", "preview", "plain");
    expect(preview).toMatchObject({ code: 0, stderr: "" });
    expect(preview.stdout).toContain("plain 2 would be made\n");
    expect(preview.stdout).toMatch(
      /^~ acme\/cache {2}1\.0\.0 -> 1\.1\.0 \(target compose, range /m,
    );
    expect(preview.stdout).toMatch(/^\+ acme\/queue {2}1\.0\.0$/m);
    expect(preview.stdout).toMatch(
      /^web +shop +cache\.default#web\.it +acme\/cache 1\.0\.0 +acme/m,
    );
    expect(preview.stdout).not.toContain("@@");
    expect((await backbar("release", "preview", "plain", "--diff")).stdout).toMatch(
      /^\+ +image: example\.com\/cache:1\.1\.0$/m,
    );
    expect(await json("release", "preview", "plain")).toMatchObject({ status: "preview" });
    expect(await server.logSize()).toBe(before);

    const cut = await backbar("release", "cut", "plain", "--previous", "1");
    expect(cut).toMatchObject({ code: 0, stderr: "" });
    expect(cut.stdout).toMatch(/^plain 2 is current\nsha256:[0-9a-f]{64}\n$/);
    expect((await backbar("release", "cut", "plain")).stdout).toContain("nothing to do");
    expect(await json("release", "cut", "plain")).toMatchObject({ unchanged: true });
    expect(await json("release", "cut", "plain", "--previous", "1")).toMatchObject({
      error: { code: "release_changed" },
    });
  });

  test("lists, shows and compares releases", async () => {
    await released("story");
    await define(server, "story", [CACHE]);
    const { backbar, json } = await open();
    await backbar("release", "cut", "story");
    await backbar("rollback", "story");
    const list = await backbar("release", "list", "story");
    expect(list.stdout.split("\n").map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
      ["NUMBER", "STATUS"],
      ["3", "current"],
      ["2", "past"],
      ["1", "past"],
      [""],
    ]);
    expect(list.stdout).toContain("rollback to 1");
    expect((await backbar("release", "list", "story", "--limit", "1")).stderr).toContain("--limit");
    const path = "/v1/environments/story/releases";
    expect(await json("release", "list", "story")).toEqual((await server.call(path)).json());
    expect(await json("release", "show", "story", "2")).toEqual(
      (await server.call(`${path}/2`)).json(),
    );
    const show = await backbar("release", "show", "story");
    expect(show.stdout).toMatch(/^story 3, current$/m);
    expect(show.stdout).toMatch(/^acme\/cache +1\.0\.0 +1\.0\.0 +target compose +sha256:/m);

    const diff = await backbar("release", "diff", "story", "1", "2", "--diff");
    expect(diff.stdout).toMatch(/^~ acme\/cache {2}1\.0\.0 -> 1\.1\.0/m);
    expect(diff.stdout).toContain("@@");
    expect(await json("release", "diff", "story", "1")).toMatchObject({
      ...{ environment: "story", from: { number: 1 }, to: { number: 3 } },
      changes: [{ change: "unchanged", recipe: "acme/cache" }],
    });
  });

  test("refuses with every use that is in the way, and what helps", async () => {
    await released("held", { used: true });
    await define(server, "held", [{ recipe: "acme/other-cache", range: "1.0.0" }]);
    const { backbar, json } = await open();
    const flag = ["--replace", "shop:cache.default#web.it"];
    const preview = await backbar("release", "preview", "held");
    expect(preview.code).toBe(0);
    expect(preview.stdout).toContain(flag.join(" "));
    expect((await backbar("release", "preview", "held", "--exit-code")).code).toBe(1);
    const refused = await backbar("release", "cut", "held");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("workload web of project shop");
    expect(refused.stderr).toContain(flag.join(" "));
    expect(await json("release", "cut", "held", "--force")).toMatchObject({
      error: { code: "uri_in_use" },
    });
    expect(await backbar("release", "cut", "held", ...flag)).toMatchObject({ code: 0 });
  });

  test("goes on with force where that may be, and tells what it overrode", async () => {
    await released("forced", { used: true });
    await define(server, "forced", [{ recipe: "acme/queue", range: "1.0.0" }]);
    const { backbar } = await open();
    expect((await backbar("release", "preview", "forced")).stdout).toContain("--force");
    expect((await backbar("release", "cut", "forced")).stderr).toContain("--force");
    const cut = await backbar("release", "cut", "forced", "--force");
    expect(cut.code).toBe(0);
    expect(cut.stderr).toMatch(/^warning: workload web of project shop uses/);
    expect((await backbar("release", "show", "forced")).stdout).toMatch(/^ +forced /m);
  });

  test.each([
    { args: ["release", "cut", "nowhere"], code: "environment_unknown" },
    { args: ["release", "show", "plain", "99"], code: "release_unknown" },
    { args: ["release", "show", "plain", "two"], code: "cli_usage" },
    { args: ["release", "cut", "plain", "--replace", "shop"], code: "cli_usage" },
    { args: ["release", "list", "plain", "--limit", "501"], code: "cli_usage" },
    { args: ["promote", "plain@x", "other"], code: "cli_usage" },
    { args: ["promote", "plain@1@2", "other"], code: "cli_usage" },
    { args: ["rollback", "plain", "99"], code: "release_unknown" },
    { args: ["approve", "plain", "1"], code: "release_not_waiting" },
  ])("refuses $args", async ({ args, code }) => {
    const { json } = await open();
    expect(await json(...args)).toMatchObject({ error: { code } });
  });
});

describe("backbar promote, approve and rollback", () => {
  test("take versions along, wait for others, and go back", async () => {
    await released("low");
    await define(server, "high", [CACHE, { recipe: "acme/queue", range: "^1.0.0" }], {
      ...{ approvals: 1, promotesFrom: ["low"] },
    });
    const { backbar, json } = await open();
    const preview = await backbar("promote", "low@1", "high", "--preview");
    expect(preview.stdout).toContain("high 1 would be made, waiting for 1 approval\n");
    expect(preview.stdout).toContain("only in high, and kept as they are: acme/queue\n");
    const promoted = await backbar("promote", "low", "high");
    expect(promoted.stdout).toContain("high 1 waits for 1 approval: promoted from low 1\n");
    expect(promoted.stderr).toContain(
      "somebody else than admin approves it: backbar approve high 1",
    );
    expect(await json("approve", "high", "1")).toMatchObject({ error: { code: "approval_own" } });

    const bob = await open("bob");
    const approved = await bob.backbar("approve", "high", "1", "--comment", "looks right");
    expect(approved).toEqual({
      ...{ code: 0, stderr: "", stdout: "high 1 is current: approved by bob\n" },
    });
    const show = await backbar("release", "show", "high");
    expect(show.stdout).toMatch(/^ +from +low 1$/m);
    expect(show.stdout).toMatch(/^ +approved +by bob .*: looks right$/m);

    await define(server, "low", [CACHE]);
    await backbar("release", "cut", "low");
    expect((await backbar("promote", "low", "high")).stdout).toContain("promoted from low 2");
    await bob.backbar("approve", "high", "2");
    expect((await backbar("rollback", "high", "--preview")).stdout).toContain("1.1.0 -> 1.0.0");
    expect((await backbar("rollback", "high", "1")).stdout).toContain("rolled back to 1");
    expect(await bob.json("approve", "high", "3")).toMatchObject({ current: true });
  });

  test("say where promotions come from", async () => {
    await released("elsewhere");
    const { backbar } = await open();
    const { code, stderr } = await backbar("promote", "elsewhere", "high");
    expect(code).toBe(1);
    expect(stderr).toMatch(/from low, not from elsewhere\nhint: .*promotesFrom\n$/);
  });
});
