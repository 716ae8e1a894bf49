import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startServer, type TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { type CommandLine, openCommandLine } from "../command-line.js";

interface Shown {
  readonly name: string;
  readonly owners: readonly string[];
  readonly signatures: number;
  readonly publisherKeys: readonly { readonly fingerprint: string }[];
}

let server: TestServer;
let line: CommandLine;
beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startServer(kind);
});
afterAll(() => server?.close());

const open = () =>
  openCommandLine({ env: { BACKBAR_SERVER: server.url, BACKBAR_TOKEN: server.token } });

describe("backbar namespace", () => {
  test("makes a namespace with the own default key on its list", async () => {
    line = await open();
    const { fingerprint } = (await line.json("keys", "new")) as { fingerprint: string };
    const made = await line.backbar("namespace", "create", "acme", "--owner", "alice");
    expect(made).toMatchObject({ code: 0, stderr: "" });
    expect(made.stdout).toContain(`${fingerprint} (yours: default)`);
    expect(await line.json("namespace", "show", "acme")).toMatchObject({
      ...{ name: "acme", owners: ["alice"], signatures: 1, visibility: "public", commands: false },
      publisherKeys: [{ fingerprint }],
    });
    const again = await line.json("namespace", "create", "acme");
    expect(again).toMatchObject({ error: { code: "cli_namespace_exists" } });
  });

  test("makes one without a key only where that is said", async () => {
    line = await open();
    expect((await line.backbar("namespace", "create", "bare")).code).toBe(2);
    const rules = ["--visibility", "private", "--commands"];
    const made = await line.json("namespace", "create", "bare", "--no-key", ...rules);
    expect(made).toMatchObject({ visibility: "private", commands: true, publisherKeys: [] });
  });

  test("changes what is said and leaves the rest", async () => {
    line = await open();
    const set = async (...args: string[]) =>
      (await line.json("namespace", "set", "changed", ...args)) as Shown;
    await line.json("namespace", "create", "changed", "--no-key", "--owner", "alice");
    expect(await set("--add-owner", "bob")).toMatchObject({ owners: ["alice", "bob"] });
    expect(await set("--commands")).toMatchObject({ owners: ["alice", "bob"], commands: true });
    const moved = await set("--remove-owner", "alice", "--add-owner", "carol", "--no-commands");
    expect(moved).toMatchObject({ owners: ["bob", "carol"], commands: false });
    expect(await set("--signatures", "2")).toMatchObject({
      error: { code: "namespace_signatures" },
    });
  });

  test("lists all, those given up as well", async () => {
    line = await open();
    await line.json("namespace", "create", "going", "--no-key");
    expect((await line.backbar("namespace", "delete", "going")).code).toBe(2);
    expect((await line.backbar("namespace", "delete", "going", "--yes")).code).toBe(0);
    const { stdout } = await line.backbar("namespace", "list");
    expect(stdout).toMatch(/^NAME +VISIBILITY +SIGNATURES +COMMANDS +OWNERS$/m);
    expect(stdout).toMatch(/^going +given up 2031-05-06 +1 +no$/m);
    const { namespaces } = (await line.json("namespace", "list")) as { namespaces: Shown[] };
    expect(namespaces.map(({ name }) => name)).toContain("going");
  });

  test.each([
    { name: "no change", args: ["set", "acme"], code: 2 },
    { name: "no number", args: ["set", "acme", "--signatures", "1.5"], code: 2 },
    { name: "another visibility", args: ["set", "acme", "--visibility", "secret"], code: 2 },
    { name: "no subcommand", args: [], code: 2 },
    { name: "an unknown subcommand", args: ["rename"], code: 2 },
    { name: "an unknown namespace", args: ["show", "nowhere"], code: 1 },
  ])("exits $code on $name", async ({ args, code }) => {
    line = await open();
    const result = await line.backbar("namespace", ...args);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(/^backbar: error: .*\nhint: .*\n$/);
  });
});
