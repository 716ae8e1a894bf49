import { readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cache, publishAll, queue, startWith } from "../../helpers/recipes.js";
import type { TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { openCommandLine } from "../command-line.js";

let server: TestServer;

beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startWith(kind, [cache("1.0.0")]);
  await publishAll(server, [queue("1.0.0")]);
});

afterAll(() => server.close());

const open = (env: Readonly<Record<string, string>> = {}, stdin = "") =>
  openCommandLine({
    env: { BACKBAR_SERVER: server.url, BACKBAR_TOKEN: server.token, ...env },
    stdin,
  });

const CACHE = "entries:\n  - recipe: acme/cache\n    range: ^1.0.0\n";
const QUEUE = "entries:\n  - {recipe: acme/queue, range: ^1.0.0}\n";

describe.each([
  { group: "env", path: "environments", member: "definition", prefix: "environment" },
  { group: "entry-list", path: "entry-lists", member: "list", prefix: "entry_list" },
])("backbar $group", ({ group, path: resource, member, prefix }) => {
  const stored = async (name: string) =>
    (await server.call(`/v1/${resource}/${name}`)).json<Record<string, unknown>>();

  test("apply makes, changes, and leaves what says the same already", async () => {
    const { backbar, put } = await open();
    await put("one/mine.yaml", CACHE);
    await put(
      "their.json",
      JSON.stringify({ entries: [{ recipe: "acme/queue", range: "1.0.0" }] }),
    );
    const files = ["one/mine.yaml", "their.json"];
    const first = await backbar(group, "apply", ...files);
    expect(first).toMatchObject({ code: 0, stdout: "mine: created\ntheir: created\n" });
    const before = await server.logSize();
    expect(await backbar(group, "apply", ...files)).toEqual({
      ...{ code: 0, stderr: "", stdout: "mine: unchanged\ntheir: unchanged\n" },
    });
    expect(await server.logSize()).toBe(before);
    await put("one/mine.yaml", `title: Mine\n${CACHE}`);
    expect(await backbar(group, "apply", ...files)).toMatchObject({
      ...{ code: 0, stdout: "mine: changed\ntheir: unchanged\n" },
    });
    expect(await stored("mine")).toMatchObject({ [member]: { title: "Mine" } });
  });

  test("shows what apply takes as the same again", async () => {
    const { backbar, put, json } = await open();
    await put("round.yaml", `title: "yes"\n${CACHE}    class: "1.0"\n    patches: false\n`);
    await backbar(group, "apply", "round.yaml");
    const { stdout } = await backbar(group, "show", "round");
    expect(stdout).toBe(`title: "yes"\n${CACHE}    class: "1.0"\n    patches: false\n`);
    expect(await json(group, "show", "round")).toEqual(await stored("round"));
    const again = await open({}, stdout);
    expect(await again.backbar(group, "apply", "--name", "round", "-")).toMatchObject({
      ...{ code: 0, stdout: "round: unchanged\n" },
    });
  });

  test("a dry run shows the difference and changes nothing", async () => {
    const { backbar, put, json } = await open();
    await put("dry.yaml", CACHE);
    const made = await backbar(group, "apply", "--dry-run", "dry.yaml");
    expect(made.stdout).toContain("dry: would be created\n");
    expect((await server.call(`/v1/${resource}/dry`)).status).toBe(404);
    await backbar(group, "apply", "dry.yaml");
    await put("dry.yaml", CACHE.replace("^1.0.0", "1.0.0"));
    const { stdout } = await backbar(group, "apply", "--dry-run", "dry.yaml");
    expect(stdout).toContain("-    range: ^1.0.0\n+    range: 1.0.0\n");
    expect(await json(group, "apply", "--dry-run", "dry.yaml")).toEqual({
      dryRun: true,
      applied: [
        { file: "dry.yaml", name: "dry", change: "changed", diff: expect.stringContaining("@@") },
      ],
    });
    expect(await stored("dry")).toMatchObject({ [member]: { entries: [{ range: "^1.0.0" }] } });
  });

  test("sends nothing where one of the files is faulty, and tells every fault", async () => {
    const { backbar, put } = await open();
    await put("sound.yaml", CACHE);
    await put("typo.yaml", "entires: []\n");
    await put("range.yaml", CACHE.replace("^1.0.0", "later"));
    const { code, stderr } = await backbar(group, "apply", "sound.yaml", "typo.yaml", "range.yaml");
    expect(code).toBe(1);
    for (const place of ["typo.yaml:1:1: ", "range.yaml:3:5: "]) expect(stderr).toContain(place);
    expect((await server.call(`/v1/${resource}/sound`)).status).toBe(404);
  });

  test.each([
    { name: "a file that is not there", args: ["gone.yaml"], code: "cli_usage" },
    {
      name: "a name for several files",
      args: ["--name", "x", "a.yaml", "b.yaml"],
      code: "cli_usage",
    },
    { name: "two files for one name", args: ["a.yaml", "more/a.yaml"], code: "cli_usage" },
    { name: "a file whose name is none", args: ["No Name.yaml"], code: "cli_usage" },
    { name: "a standard input without a name", args: ["-"], code: "cli_usage" },
  ])("refuses $name", async ({ args, code }) => {
    const { put, json } = await open({}, CACHE);
    for (const file of ["a.yaml", "b.yaml", "more/a.yaml", "No Name.yaml"]) await put(file, CACHE);
    expect(await json(group, "apply", ...args)).toMatchObject({ error: { code } });
  });

  test("edits in the editor, and sends nothing where nothing was changed", async () => {
    const { backbar, put } = await open({ EDITOR: "sed -i.old s/1.0.0/1/" });
    await put("edited.yaml", CACHE);
    await backbar(group, "apply", "edited.yaml");
    const before = await server.logSize();
    for (const VISUAL of ["true", "cp /dev/null", "false"]) {
      const other = await open({ VISUAL });
      const { code, stdout } = await other.backbar(group, "edit", "edited");
      expect([code, stdout]).toEqual(VISUAL === "false" ? [1, ""] : [0, "edited: unchanged\n"]);
    }
    expect(await server.logSize()).toBe(before);
    expect(await backbar(group, "edit", "edited")).toMatchObject({ stdout: "edited: changed\n" });
    expect(await stored("edited")).toMatchObject({ [member]: { entries: [{ range: "^1" }] } });
  });

  test.each([
    { name: "is faulty", script: 'echo "more: 1" >> "$1"', suffix: "_definition" },
    {
      name: "somebody else changed meanwhile",
      script: 'echo "title: Mine" >> "$1"; node "$CHANGE"',
      suffix: "_changed",
    },
  ])("keeps what was edited where it $name", async ({ script, suffix }) => {
    const { backbar, put, json, folder } = await open();
    await put("kept.yaml", CACHE);
    await put("other.yaml", QUEUE);
    await backbar(group, "apply", "kept.yaml");
    await put(
      "change.mjs",
      `const url = "${server.url}/v1/${resource}/kept";
const { headers } = await fetch(url);
await fetch(url, { method: "PUT", body: JSON.stringify({ title: "Theirs", entries: [] }), headers: {
  authorization: "Bearer ${server.token}", "content-type": "application/json", "if-match": headers.get("etag") } });`,
    );
    await put("editor.sh", script);
    const EDITOR = `CHANGE='${path.join(folder, "change.mjs")}' sh '${path.join(folder, "editor.sh")}'`;
    const editing = await open({ EDITOR });
    const { error } = (await editing.json(group, "edit", "kept")) as {
      error: { code: string; hint: string };
    };
    expect(error.code).toBe(`${prefix}${suffix}`);
    const kept = /\S+kept\.yaml/.exec(error.hint)?.[0] ?? "";
    expect(await readFile(kept, "utf8")).toContain("recipe: acme/cache");
    expect((await stat(kept)).mode & 0o777).toBe(0o600);
    await rm(path.dirname(kept), { recursive: true });
    expect(await json(group, "apply", "kept.yaml")).toMatchObject({ applied: [{ name: "kept" }] });
  });
});

describe("backbar env", () => {
  test("lists what is served and what waits", async () => {
    const { backbar, put, json } = await open();
    await put("live.yaml", `title: Live\n${CACHE}    target: k8s\n`);
    await backbar("env", "apply", "live.yaml");
    await backbar("release", "cut", "live");
    await put("live.yaml", `title: Live\n${CACHE}    target: k8s\nrules: {approvals: 1}\n`);
    await backbar("env", "apply", "live.yaml");
    await backbar("release", "cut", "live");
    const { stdout, stderr } = await backbar("env", "list");
    expect(stdout).toMatch(/^live +k8s +1 +2 +1 +Live$/m);
    expect(stderr).toContain("backbar approve live 2");
    const { environments } = (await json("env", "list")) as { environments: { name: string }[] };
    expect(environments.find(({ name }) => name === "live")).toEqual({
      ...(await (await server.call("/v1/environments/live")).json<object>()),
      ...{ current: 1, waiting: [2] },
    });
  });

  test("names the file of what the registry refuses, and applies the others", async () => {
    const { backbar, put, json } = await open();
    await put("lost.yaml", "entries: [{list: nowhere}]\n");
    await put("found.yaml", CACHE);
    const { code, stdout, stderr } = await backbar("env", "apply", "lost.yaml", "found.yaml");
    expect([code, stdout]).toEqual([1, "lost: refused\nfound: created\n"]);
    expect(stderr).toMatch(/^backbar: error: lost\.yaml: .*\nhint: backbar entry-list list .*$/m);
    expect(await json("env", "apply", "lost.yaml", "found.yaml")).toMatchObject({
      applied: [
        { change: "refused", error: { code: "environment_definition", problems: [] } },
        { change: "unchanged", answer: { name: "found" } },
      ],
    });
  });

  test("an entry list says which environments share it", async () => {
    const { backbar, put } = await open();
    await put("shared.yaml", CACHE);
    await put("sharing.yaml", "entries: [{list: shared}]\n");
    await backbar("entry-list", "apply", "shared.yaml");
    await backbar("env", "apply", "sharing.yaml");
    expect((await backbar("entry-list", "show", "shared")).stdout).toContain("sharing");
    expect((await backbar("entry-list", "list")).stdout).toMatch(/^shared +1$/m);
  });
});
