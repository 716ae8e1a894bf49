/** docs/operator.md, "After restoring a backup", as written: real services, the real command line. */
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { call } from "../helpers/call.js";
import { backbarIn } from "./command-line.js";
import { STATE_STORE_RECIPE } from "./content.js";
import { DATABASES } from "./databases.js";
import { makePublisherPem } from "./fresh-registry.js";
import {
  emptyFolder,
  type RunningService,
  type Settings,
  startService,
} from "./service-process.js";

const TIMEOUT_MS = 240_000;
const TOKEN = "alice-0123456789abcdef";
const REASON = "disk of db-1 lost, backup of Tuesday night";

/** Where the service listens, its database's backup, and a publisher who is logged in there. */
async function operatorOn(database: (typeof DATABASES)[number]) {
  const folder = await emptyFolder();
  const tokens = path.join(folder, "tokens");
  await writeFile(tokens, `alice ${TOKEN}\n`, { mode: 0o600 });
  const settings: Settings = {
    ...(await database.settings(folder)),
    ...{ ADMIN_TOKEN_FILE: tokens, KEYS_DIR: path.join(folder, "keys") },
    ...{ CATALOG_DIR: "", ENVIRONMENTS_DIR: "" },
  };
  const backbar = backbarIn(folder);
  /** One version more of the same recipe. */
  const publish = async (version: string) => {
    const recipe = path.join(folder, `recipe-${version}`);
    await cp(STATE_STORE_RECIPE, recipe, { recursive: true });
    const file = path.join(recipe, "recipe.yaml");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(/^version: .*$/m, `version: ${version}`));
    return backbar("publish", recipe, "--key", "publisher.pem");
  };
  const login = async ({ url }: RunningService) => {
    await writeFile(path.join(folder, "alice.token"), TOKEN);
    await writeFile(path.join(folder, "publisher.pem"), makePublisherPem(), { mode: 0o600 });
    const ended = await backbar("login", url, "--name", "r", "--token-file", "alice.token");
    expect(ended).toMatchObject({ code: 0 });
  };
  return { folder, settings, backbar, publish, login };
}

/** Copies what the operator backs up: the database, never the checkpoint beside it. */
async function copyDatabase(
  { DATA_DIR = "", DATABASE_URL }: Settings,
  how: "back up" | "restore",
): Promise<void> {
  if (DATABASE_URL === undefined) {
    const [database, backup] = ["pglite", "../backup"].map((name) => path.join(DATA_DIR, name));
    const [from = "", to = ""] = how === "back up" ? [database, backup] : [backup, database];
    await rm(to, { recursive: true, force: true });
    await cp(from, to, { recursive: true });
    return;
  }
  const name = new URL(DATABASE_URL).pathname.slice(1);
  const [from, to] = how === "back up" ? [name, `${name}_kept`] : [`${name}_kept`, name];
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  await client.query(`drop database if exists ${to} with (force)`);
  await client.query(`create database ${to} template ${from}`);
  await client.end();
}

const textOf = async (url: string) => (await fetch(url)).text();

/** The name that the log has in the service's checkpoint. */
const originOf = async ({ url }: RunningService) =>
  (await textOf(`${url}/v1/log/checkpoint`)).split("\n")[0];

describe.each(DATABASES)(
  "attack 18: after restoring a backup, as written, on $name",
  (database) => {
    test("the registry says what is lost, and goes on once told", {
      timeout: TIMEOUT_MS,
    }, async () => {
      const { folder, settings, backbar, publish, login } = await operatorOn(database);
      const start = (name: string, more: Settings = {}) =>
        startService({ ...settings, ...more, DATA_DIR: path.join(folder, name) }, folder);
      // An embedded database has one process.
      const names = database.name === "PGlite" ? ["data"] : ["data", "other"];
      let services = await Promise.all(names.map((name) => start(name)));
      const [first] = services;
      if (first === undefined) throw new Error("no service");
      const port = { PORT: new URL(first.url).port };
      const stop = () => Promise.all(services.map((service) => service.end("SIGTERM")));
      const restart = async () => {
        services = await Promise.all(names.map((name, i) => start(name, i === 0 ? port : {})));
        return services;
      };

      await login(first);
      const made = await backbar("namespace", "create", "dapr", "--key", "publisher.pem");
      expect(made).toMatchObject({ code: 0 });
      expect(await publish("1.0.0")).toMatchObject({ code: 0 });
      await stop();
      await copyDatabase(settings, "back up");
      await restart();
      expect(await publish("1.1.0")).toMatchObject({ code: 0 });
      const former = await originOf(first);
      await stop();

      await copyDatabase(settings, "restore");
      const recovered = await restart();
      for (const { url, stderr } of recovered) {
        // A service that published less learns it from one that published more.
        await expect
          .poll(() => textOf(`${url}/readyz`))
          .toMatch(/^{"status":"read-only","reason":".* 2 leaves .* 3 were published on \d{4}-/);
        await expect
          .poll(stderr)
          .toContain("backbar: warning: read-only: the database has 2 leaves");
      }
      const refused = await publish("1.1.0");
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain("the registry is read-only");
      for (const { url } of recovered) {
        const body = { publisherKeys: [] };
        const reply = await call(url, "/v1/namespaces/late", { method: "PUT", token: TOKEN, body });
        expect(reply.json()).toMatchObject({ status: 503, code: "registry_read_only" });
      }
      expect(await backbar("show", "dapr/redis-state-store")).toMatchObject({ code: 0 });

      const told = await backbar("log", "recover", "--reason", REASON);
      expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining(`${former}/1`) });
      for (const service of recovered) {
        await expect.poll(() => textOf(`${service.url}/readyz`)).toBe('{"status":"ok"}');
        await expect.poll(() => originOf(service)).toBe(`${former}/1`);
      }
      expect(await publish("1.1.0")).toMatchObject({ code: 0 });
      const audit = await backbar("log", "audit", "--json");
      expect(audit.stdout).toContain("audit_log_recovered");
      expect(audit.stdout).toContain(REASON);
      const accepted = await backbar("log", "audit", "--accept-recovery", `${former}/1`);
      expect(accepted).toMatchObject({ code: 0 });
      await stop();
    });
  },
);
