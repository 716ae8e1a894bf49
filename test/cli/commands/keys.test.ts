import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatPrivateKey, formatPublicKey } from "../../../src/core/trust/keys.js";
import { makeNamespace } from "../../helpers/recipes.js";
import { makeKey, startServer, type TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { type CommandLine, openCommandLine } from "../command-line.js";

const FOLDER = ".home/.config/backbar/keys";

interface Made {
  readonly name: string;
  readonly file: string;
  readonly fingerprint: string;
  readonly publicKey: string;
}

let server: TestServer;
beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startServer(kind);
});
afterAll(() => server?.close());

const open = (): Promise<CommandLine> =>
  openCommandLine({ env: { BACKBAR_SERVER: server.url, BACKBAR_TOKEN: server.token } });
const make = async (line: CommandLine, ...args: string[]) =>
  (await line.json("keys", "new", ...args)) as Made;
const listed = async (namespace: string) => {
  const reply = await server.call(`/v1/namespaces/${namespace}`);
  const { publisherKeys } = reply.json<{ publisherKeys: { fingerprint: string }[] }>();
  return publisherKeys.map(({ fingerprint }) => fingerprint);
};

describe("backbar keys new", () => {
  test("of two at once makes one, and leaves nothing else behind", async () => {
    const line = await open();
    const made = await Promise.all([1, 2, 3].map(() => line.backbar("keys", "new")));
    expect(made.map(({ code }) => code).sort()).toEqual([0, 1, 1]);
    expect(await readdir(path.join(line.folder, FOLDER))).toEqual(["default.pem"]);
  });

  test("makes a key for its owner's eyes only, and never overwrites one", async () => {
    const line = await open();
    const made = await line.backbar("keys", "new");
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(/^file: .*default\.pem\nfingerprint: sha256:.*\n-----BEGIN PUBLIC/);
    const file = path.join(line.folder, FOLDER, "default.pem");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
    const before = await line.read(`${FOLDER}/default.pem`);
    expect(made.stdout).not.toContain(before.split("\n")[1]);
    expect(await line.json("keys", "new")).toMatchObject({ error: { code: "cli_key_exists" } });
    expect(await line.read(`${FOLDER}/default.pem`)).toBe(before);
    expect((await make(line, "other")).name).toBe("other");
  });

  test.each(["", "../x", "a/b", "a.b", "-x", "a".repeat(64)])(
    "refuses the name '%s'",
    async (name) => {
      const line = await open();
      expect((await line.backbar("keys", "new", "--", name)).code).toBe(2);
      await expect(readdir(path.join(line.folder, ".home"))).rejects.toThrow();
    },
  );
});

describe("backbar keys list", () => {
  test("shows one's own keys, and warns of files that are none", async () => {
    const line = await open();
    expect(await line.backbar("keys", "list")).toMatchObject({ code: 0, stdout: "" });
    const made = [await make(line, "laptop"), await make(line)];
    await line.put(`${FOLDER}/broken.pem`, "x");
    const { stdout, stderr } = await line.backbar("keys", "list");
    expect(stdout.match(/^\w+ /gm)).toEqual(["NAME ", "default ", "laptop "]);
    expect(stderr).toContain("warning: ");
    expect(stderr).toContain("broken.pem");
    const { keys } = (await line.json("keys", "list")) as { keys: Made[] };
    expect(keys.map(({ fingerprint }) => fingerprint)).toEqual(
      made.map(({ fingerprint }) => fingerprint).reverse(),
    );
  });

  test("shows the keys of a namespace, one's own marked", async () => {
    const line = await open();
    const own = makeKey();
    await line.put(`${FOLDER}/laptop.pem`, formatPrivateKey(own));
    const publisherKeys = [own, server.publisher].map((key) => formatPublicKey(key.publicKey));
    await makeNamespace(server, "marked", { publisherKeys });
    const { stdout } = await line.backbar("keys", "list", "marked");
    expect(stdout).toMatch(new RegExp(`^${own.publicKey.fingerprint} +laptop$`, "m"));
    expect(stdout).toMatch(new RegExp(`^${server.publisher.publicKey.fingerprint}$`, "m"));
  });
});

describe("backbar keys add and revoke", () => {
  test("add a key by name, by file of either half, and none; only public halves are sent", async () => {
    const line = await open();
    await makeNamespace(server, "added", { publisherKeys: [] });
    const [priv, pub] = [makeKey(), makeKey("Ed25519")];
    await line.put("private.pem", formatPrivateKey(priv));
    await line.put("public.pem", formatPublicKey(pub.publicKey));
    const own = await make(line);
    for (const args of [[], ["default"], ["private.pem"], ["public.pem"]]) {
      expect((await line.backbar("keys", "add", "added", ...args)).code).toBe(0);
    }
    const fingerprints = [own, priv.publicKey, pub.publicKey].map((key) => key.fingerprint);
    expect(await listed("added")).toEqual(fingerprints.sort());
    const again = await line.backbar("keys", "add", "added");
    expect(again.stdout).toContain("already");
  });

  test("revoke a key by fingerprint or name, and say where it is on no list", async () => {
    const line = await open();
    const [laptop, other] = [await make(line, "laptop"), await make(line, "other")];
    const publisherKeys = [laptop.publicKey, other.publicKey];
    await makeNamespace(server, "revoked", { publisherKeys });
    expect((await line.backbar("keys", "revoke", "revoked", "laptop")).code).toBe(0);
    expect(await listed("revoked")).toEqual([other.fingerprint]);
    const last = await line.backbar("keys", "revoke", "revoked", other.fingerprint);
    expect(last).toMatchObject({ code: 0, stderr: expect.stringContaining("no keys left") });
    const gone = await line.json("keys", "revoke", "revoked", "laptop");
    expect(gone).toMatchObject({ error: { code: "cli_key_unlisted" } });
    expect((await line.backbar("keys", "revoke", "revoked", "sha256:1")).code).toBe(2);
  });

  test("lose nobody's change, though many are made at once", async () => {
    await makeNamespace(server, "busy", { publisherKeys: [] });
    const lines = await Promise.all([open(), open(), open()]);
    const made = await Promise.all(lines.map((line) => make(line)));
    const results = await Promise.all(lines.map((line) => line.backbar("keys", "add", "busy")));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await listed("busy")).toEqual(made.map(({ fingerprint }) => fingerprint).sort());
  });

  test.each([
    { name: "a namespace that is not there", args: ["nowhere"], code: "namespace_unknown" },
    { name: "a name that is none", args: ["No/pe"], code: "namespace_name" },
    { name: "a file that is no key", args: ["busy", "text.pem"], code: "cli_key" },
    { name: "a file that is not there", args: ["busy", "gone.pem"], code: "cli_usage" },
  ])("refuse $name", async ({ args, code }) => {
    const line = await open();
    await make(line);
    await line.put("text.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
    expect(await line.json("keys", "add", ...args)).toMatchObject({ error: { code } });
  });
});
