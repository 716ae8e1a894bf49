/** What keeps the service from starting: one line that says so, exit code 1, and nothing left behind. */
import { chmod, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { describe, expect, inject, test } from "vitest";
import { makeLocalKeys } from "../../src/keys.js";
import { freePort } from "../helpers/port.js";
import { createDatabase } from "../helpers/stores.js";
import { readFiles, smallContent } from "./content.js";
import {
  emptyFolder,
  type Settings,
  spawnService,
  startService,
  untilListening,
} from "./service-process.js";

const TOKEN = "an-admin-token-of-some-length";

/** One error line and at most one hint, the exit code, and the files as they were. */
async function expectRefusal(
  settings: Settings,
  folder: string,
  line: RegExp,
  user: { readonly uid?: number } = {},
): Promise<void> {
  const before = await readFiles(folder);
  const service = spawnService({ DATA_DIR: path.join(folder, "data"), ...settings }, folder, user);
  expect(await service.exited).toEqual({ code: 1, signal: null });
  expect(service.stderr()).toMatch(/^backbar: error: [^\n]+\n(hint: [^\n]+\n)?$/);
  expect(service.stderr()).toMatch(line);
  expect(service.stdout()).toBe("");
  expect(await readFiles(folder)).toEqual(before);
}

/** The superuser may write anywhere; tests that it runs start the service as somebody else. */
function unprivileged(): { readonly uid?: number } {
  return process.getuid?.() === 0 ? { uid: 65534 } : {};
}

test.for<{ name: string; settings: Settings; line: RegExp }>([
  { name: "PORT", settings: { PORT: "http" }, line: /error: PORT: / },
  {
    name: "HOST",
    settings: { HOST: "0.0.0.0" },
    line: /error: HOST: .*\nhint: .*ADMIN_TOKEN_FILE/,
  },
  { name: "DATABASE_URL", settings: { DATABASE_URL: "mysql://a" }, line: /error: DATABASE_URL: / },
  { name: "PUBLIC_URL", settings: { PUBLIC_URL: "http://a/b" }, line: /error: PUBLIC_URL: / },
  { name: "LOG_LEVEL", settings: { LOG_LEVEL: "loud" }, line: /error: LOG_LEVEL: / },
  { name: "RENDER_THREADS", settings: { RENDER_THREADS: "0" }, line: /error: RENDER_THREADS: / },
  {
    name: "RENDER_TIMEOUT_SECONDS",
    settings: { RENDER_TIMEOUT_SECONDS: "1.5" },
    line: /error: RENDER_TIMEOUT_SECONDS: /,
  },
  {
    name: "POINTER_TTL_HOURS",
    settings: { POINTER_TTL_HOURS: "-1" },
    line: /error: POINTER_TTL_HOURS: /,
  },
  { name: "CATALOG_DIR", settings: { CATALOG_DIR: "nowhere" }, line: /error: CATALOG_DIR: / },
  {
    name: "ENVIRONMENTS_DIR",
    settings: { ENVIRONMENTS_DIR: "nowhere" },
    line: /error: ENVIRONMENTS_DIR: /,
  },
  {
    name: "ADMIN_TOKEN_FILE",
    settings: { HOST: "0.0.0.0", ADMIN_TOKEN_FILE: "nowhere" },
    line: /error: the admin token .*nowhere.*\nhint: .*ADMIN_TOKEN_FILE/,
  },
])("refuses a wrong $name", async ({ settings, line }) => {
  await expectRefusal(settings, await emptyFolder(), line);
});

test.for(["", "short", "two words of a text"])("refuses %j as admin token", async (token) => {
  const folder = await emptyFolder();
  await writeFile(path.join(folder, "token"), token);
  await expectRefusal({ ADMIN_TOKEN_FILE: "token" }, folder, /token(:1)?: .*no admin token/);
});

test("refuses a port that is in use", async () => {
  const folder = await emptyFolder();
  const other = net.createServer();
  const port = await freePort();
  await new Promise<void>((listening) => other.listen(port, "127.0.0.1", listening));
  const refused = expectRefusal(
    { PORT: String(port) },
    folder,
    /error: port \d+ .*\nhint: .*PORT=/,
  );
  await refused.finally(() => other.close());
});

test("refuses a database that is unreachable, unknown or another program's", async () => {
  const folder = await emptyFolder();
  const unreachable = `postgres://user:secret-word@127.0.0.1:${await freePort()}/backbar`;
  await expectRefusal({ DATABASE_URL: unreachable }, folder, /error: Postgres at 127.0.0.1:\d+\/b/);
  const unknown = new URL(inject("postgresUrl"));
  unknown.pathname = "/nowhere";
  await expectRefusal({ DATABASE_URL: unknown.href }, folder, /"nowhere" does not exist\nhint: /);

  const other = net.createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const port = await freePort();
  await new Promise<void>((listening) => other.listen(port, "127.0.0.1", listening));
  const url = `postgres://user@127.0.0.1:${port}/backbar`;
  await expectRefusal({ DATABASE_URL: url }, folder, /error: Postgres at /).finally(() =>
    other.close(),
  );
});

describe("refuses a data directory", () => {
  test("that lies in a file", async () => {
    const folder = await emptyFolder();
    await writeFile(path.join(folder, "file"), "");
    const settings = { DATA_DIR: path.join(folder, "file/data") };
    await expectRefusal(settings, folder, /file\/data: .*\nhint: set DATA_DIR/);
    await expectRefusal(
      { ...settings, DATABASE_URL: await createDatabase() },
      folder,
      /file\/data\/keys: .*\nhint: /,
    );
  });

  test("whose path is too long for its lock", async () => {
    const folder = await emptyFolder();
    const settings = { DATA_DIR: path.join(folder, "long/".repeat(30)) };
    await expectRefusal(settings, folder, /longer than a socket path.*\nhint: set DATA_DIR/);
  });

  test("that may not be written to", async () => {
    const folder = await emptyFolder();
    await chmod(folder, 0o555);
    await expectRefusal({}, folder, /data: .*\nhint: set DATA_DIR/, unprivileged());
    await expectRefusal(
      { DATABASE_URL: await createDatabase() },
      folder,
      /data\/keys: .*\nhint: set DATA_DIR and KEYS_DIR/,
      unprivileged(),
    );
  });

  test("that another process has open, until that one ends", async () => {
    const folder = await emptyFolder();
    const settings = { DATA_DIR: path.join(folder, "data"), ...(await smallContent(folder)) };
    const first = await startService(settings, folder);
    // From then on it writes nothing by itself: its checkpoint is over all that the start added.
    expect((await fetch(`${first.url}/v1/log/checkpoint`)).status).toBe(200);
    await expectRefusal(settings, folder, /opened by another process\nhint: /);
    first.signal("SIGSTOP");
    await expectRefusal(settings, folder, /opened by another process\nhint: /);
    first.signal("SIGCONT");
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    // Of several that come at once upon the lock of a killed one, no two get it.
    await first.end("SIGKILL");
    const others = [1, 2, 3].map(() => spawnService(settings, folder));
    const started = await Promise.all(
      others.map((other) => untilListening(other).catch(() => undefined)),
    );
    const running = started.filter((other) => other !== undefined);
    expect(running).toHaveLength(1);
    for (const other of others.filter(({ pid }) => pid !== running[0]?.pid)) {
      expect(await other.exited).toEqual({ code: 1, signal: null });
      expect(other.stderr()).toMatch(/opened by another process/);
    }
    await running[0]?.end("SIGTERM");
    expect(await readdir(settings.DATA_DIR)).not.toContainEqual(expect.stringMatching(/^lock/));
    await rm(path.join(settings.DATA_DIR, "keys"), { recursive: true });
    await expectRefusal(settings, folder, /keys: the keys .* are missing\nhint: .*KEYS_DIR/);
  });
});

test("refuses keys that are lost, damaged or of another database", async () => {
  const folder = await emptyFolder();
  const settings = {
    DATA_DIR: path.join(folder, "data"),
    DATABASE_URL: await createDatabase(),
  };
  const keys = path.join(folder, "data/keys");
  const KEYS_DIR = path.join(folder, "other-keys");
  await makeLocalKeys(KEYS_DIR);
  const first = await startService(settings, folder);
  await first.end("SIGTERM");

  await rename(path.join(keys, "release.pem"), path.join(folder, "release.pem"));
  await expectRefusal(settings, folder, /keys\/release.pem: .*\nhint: .*KEYS_DIR/);
  await writeFile(path.join(keys, "release.pem"), "-----BEGIN PRIVATE KEY-----\nno\nkey\n");
  await expectRefusal(settings, folder, /keys\/release.pem: /);
  await rm(path.join(keys, "release.pem"));
  await rename(path.join(folder, "release.pem"), path.join(keys, "release.pem"));

  await rename(keys, path.join(folder, "lost"));
  await mkdir(keys);
  await expectRefusal(settings, folder, /keys: the keys .* are missing\nhint: .*KEYS_DIR/);
  await expectRefusal({ ...settings, KEYS_DIR }, folder, /another root key .*\nhint: .*KEYS_DIR/);

  await rm(keys, { recursive: true });
  await rename(path.join(folder, "lost"), keys);
  await startService(settings, folder);
});

test("listens beyond this machine with an admin token, and publishes its first content there", async () => {
  const folder = await emptyFolder();
  await writeFile(path.join(folder, "token"), `${TOKEN}\n`);
  const service = await startService(
    {
      ...(await smallContent(folder)),
      DATA_DIR: path.join(folder, "data"),
      DATABASE_URL: await createDatabase(),
      HOST: "0.0.0.0",
      ADMIN_TOKEN_FILE: "token",
    },
    folder,
  );
  expect(service.stdout()).toContain("1 recipe versions, 1 environments");
  const { port } = new URL(service.url);
  const answer = await fetch(`http://127.0.0.1:${port}/v1/recipes`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect(answer.status).toBe(200);
});
