import { readdir, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serve } from "../../client/loopback-server.js";
import { startServer, type TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { openCommandLine } from "../command-line.js";

let server: TestServer;
let other: TestServer;

beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  [server, other] = await Promise.all([startServer(kind), startServer(kind)]);
});

afterAll(async () => {
  await server.close();
  await other.close();
});

const rootOf = ({ registry }: TestServer) => registry.keys.root.publicKey.fingerprint;
const host = ({ url }: TestServer) => new URL(url).host;
const CONFIG = ".home/.config/backbar";

describe("backbar login", () => {
  test("pins the root key, and keeps the token for its owner's eyes", async () => {
    const { folder, backbar, read, json } = await openCommandLine({ stdin: server.token });
    const login = await backbar("login", server.url, "--token-stdin", "--root", rootOf(server));
    expect(login).toMatchObject({ code: 0, stderr: "" });
    expect(login.stdout).toContain(`logged in to ${server.url} as context ${host(server)}\n`);
    expect(JSON.parse(await read(`${CONFIG}/credentials.json`))).toEqual({
      [host(server)]: { token: server.token },
    });
    expect((await stat(path.join(folder, CONFIG))).mode & 0o777).toBe(0o700);
    for (const name of ["config.json", "credentials.json"]) {
      expect((await stat(path.join(folder, CONFIG, name))).mode & 0o777).toBe(0o600);
    }
    expect(await json("context", "list")).toEqual({
      contexts: [
        {
          name: host(server),
          server: server.url,
          root: rootOf(server),
          token: true,
          current: true,
        },
      ],
    });
  });

  test.each([
    { name: "another root key", args: ["--root", `sha256:${"0".repeat(64)}`], code: "client_root" },
    { name: "what is no fingerprint", args: ["--root", "4bf5"], code: "cli_usage" },
    { name: "a context without a name", args: ["--name", ""], code: "cli_usage" },
    { name: "a token that is not known", stdin: "wrong", code: "http_token_invalid" },
    { name: "no token where one was promised", stdin: " ", code: "cli_usage" },
    { name: "two tokens", stdin: "one two", code: "cli_usage" },
  ])("refuses $name, and keeps nothing", async ({ args = [], stdin, code }) => {
    const { json, read } = await openCommandLine(stdin === undefined ? {} : { stdin });
    const token = stdin === undefined ? [] : ["--token-stdin"];
    expect(await json("login", server.url, ...token, ...args)).toMatchObject({ error: { code } });
    await expect(read(`${CONFIG}/config.json`)).rejects.toThrow("ENOENT");
  });

  test("refuses what is no URL", async () => {
    const { json } = await openCommandLine();
    expect(await json("login", "nonsense")).toMatchObject({ error: { code: "client_url" } });
  });

  test("shows its token first only to a registry that answers nobody without one", async () => {
    // As through a proxy: whoever comes so is from another machine.
    const { url, seen } = await serve(async ({ method, url: path, headers }, response) => {
      const { authorization } = headers;
      const own: Record<string, string> = authorization === undefined ? {} : { authorization };
      const asked = { ...own, "x-forwarded-for": "192.0.2.1" };
      const reply = await server.call(path, { method, headers: asked });
      response.writeHead(reply.status, { "content-type": reply.headers["content-type"] });
      response.end(reply.bytes);
    });
    const { backbar } = await openCommandLine({ stdin: server.token });
    const login = await backbar("login", url, "--token-stdin", "--root", rootOf(server));
    expect(login.code).toBe(0);
    expect(login.stdout).toContain("you are:  admin\nyou may:  admin\n");
    expect(seen.map(({ headers }) => headers.authorization !== undefined)).toEqual([
      false,
      true,
      true,
    ]);
  });

  test("warns where nobody says which root key is right", async () => {
    const { backbar } = await openCommandLine();
    const { code, stderr } = await backbar("login", server.url);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("--root") });
  });

  test.each([
    { name: "takes a person's yes and a typed token", answers: ["y", "TOKEN"], code: 0 },
    { name: "takes an empty answer for no token", answers: ["yes", ""], code: 0 },
    { name: "takes no", answers: ["n"], code: 2 },
    { name: "takes silence for no", answers: [""], code: 2 },
  ])("on a terminal $name", async ({ answers, code }) => {
    const typed = answers.map((answer) => answer.replace("TOKEN", server.token));
    const { backbar, read } = await openCommandLine({ columns: 100, answers: typed });
    const result = await backbar("login", server.url);
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(rootOf(server));
    if (code !== 0) await expect(read(`${CONFIG}/config.json`)).rejects.toThrow("ENOENT");
  });

  test("again keeps the pinned root key, and a name belongs to one registry", async () => {
    const { backbar, json } = await openCommandLine();
    await backbar("login", server.url, "--name", "here");
    const again = await backbar("login", server.url, "--name", "here");
    expect(again).toMatchObject({ code: 0, stderr: "" });
    expect(await json("login", other.url, "--name", "here")).toMatchObject({
      error: { code: "cli_usage" },
    });
  });
});

describe("contexts", () => {
  test("are chosen, logged out of and forgotten", async () => {
    const { backbar, json, read } = await openCommandLine({ env: { BACKBAR_TOKEN: server.token } });
    await backbar("login", server.url, "--name", "one");
    await backbar("login", server.url, "--name", "two");
    const current = async () => {
      const listed = (await json("context", "list")) as {
        contexts: { name: string; token: boolean; current: boolean }[];
      };
      return listed.contexts.map(({ name, token, current }) => [name, token, current]);
    };
    expect(await current()).toEqual([
      ["one", true, false],
      ["two", true, true],
    ]);
    await backbar("context", "use", "one");
    await backbar("logout");
    expect(await current()).toEqual([
      ["one", false, true],
      ["two", true, false],
    ]);
    await backbar("context", "remove", "two");
    expect(await current()).toEqual([["one", false, true]]);
    expect(await read(`${CONFIG}/credentials.json`)).toBe("{}\n");
    expect((await backbar("context", "use", "two")).code).toBe(2);
  });

  test("are all kept where logins run at once", async () => {
    const { backbar, json, folder } = await openCommandLine({
      env: { BACKBAR_TOKEN: server.token },
    });
    const names = ["a", "b", "c", "d"];
    await Promise.all(names.map((name) => backbar("login", server.url, "--name", name)));
    const { contexts } = (await json("context", "list")) as {
      contexts: { name: string; token: boolean }[];
    };
    expect(contexts.map(({ name }) => name).sort()).toEqual(names);
    expect(contexts.every(({ token }) => token)).toBe(true);
    expect((await readdir(path.join(folder, CONFIG))).sort()).toEqual([
      "config.json",
      "credentials.json",
    ]);
  });

  test("wait for no command that was killed", async () => {
    const { backbar, put, folder } = await openCommandLine();
    await put(`${CONFIG}/.lock`, "");
    const old = new Date(Date.now() - 60_000);
    await utimes(path.join(folder, CONFIG, ".lock"), old, old);
    expect(await backbar("login", server.url)).toMatchObject({ code: 0 });
  });

  test("remember the highest that was seen, whoever writes last", async () => {
    const { folder } = await openCommandLine();
    const { readSeen, writeSeen } = await import("../../../src/cli/frame/config-folder.js");
    const machine = { folder, home: folder, env: () => undefined } as never;
    const seen = (keySet: number, releases: Record<string, number>) => ({
      keySet,
      releases: new Map(
        Object.entries(releases).map(([name, number]) => [name, { number, key: "k" }]),
      ),
    });
    await Promise.all([
      writeSeen(machine, "r", seen(2, { a: 5 })),
      writeSeen(machine, "r", seen(1, { a: 4, b: 1 })),
      writeSeen(machine, "other", seen(9, {})),
    ]);
    expect(await readSeen(machine, "r")).toEqual(seen(2, { a: 5, b: 1 }));
    expect(await readSeen(machine, "other")).toEqual(seen(9, {}));
    // What a key signed that is revoked now does not count.
    await writeSeen(machine, "r", seen(2, { a: 2, b: 1 }), new Set(["k"]));
    expect(await readSeen(machine, "r")).toEqual(seen(2, { a: 2, b: 1 }));
  });

  test("keep their token from other registries", async () => {
    const line = await openCommandLine({ stdin: server.token });
    await line.backbar("login", server.url, "--token-stdin");
    const { readSettings } = await import("../../../src/cli/frame/settings.js");
    const machine = { ...line, home: path.join(line.folder, ".home"), env: () => undefined };
    const settingsFor = (flags: object) => readSettings(flags, machine as never);
    expect(await settingsFor({})).toMatchObject({ server: server.url, token: server.token });
    expect(await settingsFor({ server: server.url })).toMatchObject({ root: rootOf(server) });
    expect(await settingsFor({ server: other.url })).toEqual({
      server: other.url,
      token: undefined,
      root: undefined,
      context: undefined,
    });
    const both = settingsFor({ server: other.url, context: host(server) });
    await expect(both).rejects.toMatchObject({ code: "cli_usage" });
  });

  test("keep the environment's token from other registries than the environment's", async () => {
    const line = await openCommandLine({ stdin: server.token });
    await line.backbar("login", server.url, "--token-stdin", "--name", "one");
    const { readSettings } = await import("../../../src/cli/frame/settings.js");
    const settingsFor = (flags: object, vars: Readonly<Record<string, string>>) => {
      const env = (name: string) => ({ BACKBAR_TOKEN: "t0ken", ...vars })[name];
      const machine = { ...line, home: path.join(line.folder, ".home"), env };
      return readSettings(flags, machine as never);
    };
    const ofOther = { BACKBAR_SERVER: other.url };
    expect(await settingsFor({}, ofOther)).toMatchObject({ server: other.url, token: "t0ken" });
    for (const flags of [{ server: server.url }, { context: "one" }]) {
      expect(await settingsFor(flags, ofOther)).toMatchObject({ token: server.token });
      expect(await settingsFor(flags, {})).toMatchObject({ token: "t0ken" });
    }
    const ofOne = { BACKBAR_CONTEXT: "one" };
    expect(await settingsFor({ server: other.url }, ofOne)).toMatchObject({ token: undefined });
    expect(await settingsFor({}, ofOne)).toMatchObject({ server: server.url, token: "t0ken" });
  });

  test("name the file that cannot be read", async () => {
    const { put, backbar, json } = await openCommandLine();
    await put(`${CONFIG}/config.json`, "{");
    expect(await json("context", "list")).toMatchObject({ error: { code: "cli_config" } });
    await put(`${CONFIG}/config.json`, '{"contexts":{"x":{}}}');
    expect((await backbar("usage")).stderr).toContain("the context x lacks server or root");
  });
});
