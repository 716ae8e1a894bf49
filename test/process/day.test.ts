/**
 * A whole day of a service, then a search for every secret that was made or used in it, in every form,
 * through everything that the service wrote: its output at the highest log level, its files, its
 * database, and its answers. Not searched: KEYS_DIR and the file of admin tokens, which hold secrets
 * by their nature, and answers to who may have them (a render, a state, a token that was just made).
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { BackbarClient } from "../../src/client/client.js";
import { publishPackage } from "../../src/client/publish-folder.js";
import { formatPublicKey, parsePrivateKey } from "../../src/core/trust/keys.js";
import type { Reply } from "../helpers/call.js";
import { recipe, scoreFile } from "../helpers/recipes.js";
import { readTables } from "../helpers/tables.js";
import { DATABASES, readDatabase } from "./databases.js";
import { type Journal, keepJournal } from "./day/journal.js";
import { labels, VAULT, vault } from "./day/recipes.js";
import { Secrets, type Written } from "./day/secrets.js";
import { makePublisherPem } from "./fresh-registry.js";
import {
  emptyFolder,
  type RunningService,
  type Settings,
  startService,
} from "./service-process.js";

const TIMEOUT_MS = 300_000;

const secret = () => randomBytes(24).toString("base64url");

describe.each(DATABASES)("a day on $name", (database) => {
  test(
    "attack 31: nothing that the service writes or answers holds a secret, but where secrets are asked for",
    async () => {
      const folder = await emptyFolder();
      const secrets = new Secrets();
      const tokens = {
        alice: secrets.add("token of alice", secret()),
        bob: secrets.add("token of bob", secret()),
      };
      const settings = await ownDatabase(
        {
          // Made by the role of its own, which the database then belongs to.
          ...(await database.unmade(folder)),
          ADMIN_TOKEN_FILE: path.join(folder, "admin-tokens"),
          KEYS_DIR: path.join(folder, "keys"),
          LOG_LEVEL: "trace",
        },
        secrets,
      );
      const lines = Object.entries(tokens).map(([name, token]) => `${name} ${token}\n`);
      await writeFile(settings.ADMIN_TOKEN_FILE ?? "", lines.join(""), { mode: 0o600 });

      const service = await startService(settings, folder);
      const journal = keepJournal(service.url);
      await addServiceKeys(secrets, settings.KEYS_DIR ?? "");
      const day: Day = { service, journal, secrets, tokens };
      await publishAndRelease(day);
      await render(day);
      await makeTokens(day);
      await askAmiss(day);
      await readEverything(day);
      if (settings.DATABASE_URL !== undefined) await breakDatabase(day, settings.DATABASE_URL);
      await service.end("SIGTERM");

      const output = { where: "stdout", bytes: Buffer.from(service.stdout()) };
      const errors = { where: "stderr", bytes: Buffer.from(service.stderr()) };
      const tables = await readDatabase(settings, readTables);
      const written = [
        output,
        errors,
        ...journal.answers,
        ...Object.entries(tables).map(([where, rows]) => ({
          where,
          bytes: Buffer.from(rows, "latin1"),
        })),
        ...(await readFolder(settings.DATA_DIR ?? "")),
      ];
      expect(secrets.find(written)).toEqual([]);

      // The search finds what is there: the output tells every request, the tables every project.
      expect(secrets.size).toBeGreaterThan(30);
      const control = new Secrets();
      control.add("project", "project-of-the-day");
      control.add("route", "/v1/environments/dev/render");
      expect(control.find(written)).toEqual(
        expect.arrayContaining(["route as plain in stdout", "project as plain in projects"]),
      );
    },
    TIMEOUT_MS,
  );
});

interface Day {
  readonly service: RunningService;
  readonly journal: Journal;
  readonly secrets: Secrets;
  readonly tokens: { readonly alice: string; readonly bob: string };
}

/** On Postgres a role of its own with a password that can be looked for. */
async function ownDatabase(settings: Settings, secrets: Secrets): Promise<Settings> {
  const { DATABASE_URL } = settings;
  if (DATABASE_URL === undefined) return settings;
  const url = new URL(DATABASE_URL);
  const role = `day_${randomBytes(6).toString("hex")}`;
  const password = secrets.add("database password", secret());
  await query(DATABASE_URL, [
    `create role ${role} login password '${password}'`,
    `alter database ${url.pathname.slice(1)} owner to ${role}`,
    `grant all on schema public to ${role}`,
  ]);
  url.username = role;
  url.password = password;
  return { ...settings, DATABASE_URL: url.href };
}

async function query(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

async function addServiceKeys(secrets: Secrets, folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const content = await readFile(path.join(folder, name), "utf8");
    if (content.includes("PRIVATE KEY")) secrets.addKey(`key ${name}`, content);
    else if (/state/.test(name)) {
      secrets.add(`key ${name}`, content.trim());
      secrets.addBytes(`key ${name}`, Buffer.from(content.trim(), "base64"));
    }
  }
}

/** A namespace, signed recipes, three environments with a release, a promotion, an approval, a rollback, a yank. */
async function publishAndRelease({ service, journal, secrets, tokens }: Day): Promise<void> {
  const pem = makePublisherPem();
  secrets.addKey("author's key", pem);
  const key = parsePrivateKey(pem);
  const admin =
    (method: string) =>
    (at: string, body?: object, headers = {}) =>
      journal.send(at, {
        method,
        token: tokens.alice,
        headers,
        ...(body === undefined ? {} : { body }),
      });
  const [put, post] = [admin("PUT"), admin("POST")];
  accepted(await put("/v1/namespaces/acme", { publisherKeys: [formatPublicKey(key.publicKey)] }));
  const client = new BackbarClient({ url: service.url, token: tokens.alice });
  for (const text of [vault("1.0.0"), vault("1.0.1"), labels()]) {
    await publishPackage(client, recipe(text), key);
  }
  const create = { "if-none-match": "*" };
  const entries = [
    { recipe: "acme/vault", range: "^1.0.0" },
    { recipe: "acme/labels", range: "*" },
  ];
  accepted(await put("/v1/entry-lists/shared", { entries }, create));
  accepted(await put("/v1/environments/dev", { entries, rules: {} }, create));
  accepted(await put("/v1/environments/prod", { entries, rules: { approvals: 1 } }, create));
  accepted(await post("/v1/environments/dev/releases"));
  accepted(await post("/v1/environments/prod/promotions", { from: "dev" }));
  const approve = { method: "POST", token: tokens.bob, body: { comment: "fine" } };
  accepted(await journal.send("/v1/environments/prod/releases/1/approvals", approve));
  const notice = { reason: "too old", successor: "acme/vault@1.0.1" };
  accepted(await post("/v1/recipes/acme/vault/versions/1.0.0/deprecate", notice));
  accepted(await post("/v1/recipes/acme/vault/versions/1.0.0/yank", notice));
}

/** Renders in every form, with and without a project; takes the secrets that they made from the state. */
async function render({ journal, secrets, tokens }: Day): Promise<void> {
  const project = "project-of-the-day";
  const apiKey = secrets.add("secret param", secret());
  const environment = { DB_PASSWORD: secrets.add("secret in the environment", secret()) };
  const uses = (name: string, params: object = {}) =>
    scoreFile(
      name,
      { vault: { type: "vault", params: { apiKey, ...params } } },
      { P: "${resources.vault.password}", T: "${resources.vault.token}" },
    );
  const ask = (at: string, body: object, accept = "application/json", token?: string) =>
    journal.sendSecret(`/v1/environments/${at}/render`, {
      method: "POST",
      body,
      headers: { accept },
      token,
    });
  const one = (name: string, params?: object) => ({
    target: "compose",
    environment,
    workloads: [{ score: uses(name, params) }],
  });
  for (const accept of ["application/json", "application/gzip"]) {
    accepted(await ask("dev", { ...one("web"), project }, accept));
    accepted(
      await ask(
        "dev",
        { ...one("shown", {}), project, text: true },
        "application/json",
        tokens.bob,
      ),
    );
  }
  accepted(
    await ask(
      "prod",
      { ...one("app"), project, target: "k8s", namespace: "prod" },
      "application/yaml",
    ),
  );
  const stateless = accepted(await ask("dev", one("alone"))).json<{ state: string }>();
  const state = `/v1/projects/${project}/environments/dev/state`;
  const stored = accepted(await journal.sendSecret(state));
  const other = accepted(
    await journal.sendSecret(`/v1/projects/${project}/environments/prod/state`),
  );
  for (const [name, text] of Object.entries({
    stateless: stateless.state,
    dev: stored.text,
    prod: other.text,
  })) {
    addState(secrets, name, text);
  }
  const yaml = { "content-type": "application/yaml" };
  const other2 = "/v1/projects/another-project/environments/dev/state?target=compose";
  accepted(await journal.send(other2, { method: "PUT", body: stored.text, headers: yaml }));

  // Every way for a render to fail with secrets at hand; and a state that is none.
  for (const params of [
    { fail: true },
    { broken: true },
    { apiKey: apiKey.repeat(2) },
    { apiKey: [apiKey] },
  ]) {
    for (const body of [one("web", params), { ...one("web", params), project }]) {
      const asked = { method: "POST", body };
      const reply = await journal.send("/v1/environments/dev/render", asked);
      expect([reply.status, reply.text]).toEqual([422, expect.any(String)]);
    }
  }
  const broken = {
    target: "compose",
    workloads: [{ score: uses("web") }],
    state: `${stored.text}\nnosuch: 1`,
  };
  await journal.send("/v1/environments/dev/render", { method: "POST", body: broken });
  await journal.send(other2, { method: "PUT", body: `${stored.text}\n  x`, headers: yaml });
  const raw = `/v1/environments/dev/render?target=compose&project=${project}`;
  await journal.send(raw, { method: "POST", body: `${uses("web")}x: [`, headers: yaml });
  const report = {
    project: "reported",
    environment: "dev",
    target: "compose",
    release: 1,
    workloads: [],
  };
  await journal.send("/v1/usage/reports", { method: "POST", token: tokens.bob, body: report });
  const gone = `/v1/projects/${project}/environments/dev/workloads/web`;
  accepted(await journal.send(gone, { method: "DELETE" }));
  accepted(
    await journal.send("/v1/projects/another-project/environments/dev/state", { method: "DELETE" }),
  );
}

/** The secrets that the recipe made, as the state of a project tells them. */
function addState(secrets: Secrets, name: string, text: string): void {
  const { resources } = parse(text) as {
    resources: Record<string, { state: Record<string, string> }>;
  };
  const states = Object.entries(resources);
  expect(states).not.toEqual([]);
  for (const [uid, { state }] of states) {
    for (const key of VAULT.texts) secrets.add(`${name} ${uid} ${key}`, String(state[key]));
    for (const key of VAULT.pems) secrets.addKey(`${name} ${uid} ${key}`, String(state[key]));
  }
}

/** A token of each role, used and revoked. */
async function makeTokens({ journal, secrets, tokens }: Day): Promise<void> {
  const roles = [
    "reader:acme",
    "renderer:project-*",
    "publisher:acme",
    "releaser:dev",
    "approver:prod",
    "auditor",
    "admin",
  ];
  for (const role of roles) {
    const body = { name: `ci-${role.split(":")[0]}`, grants: [role], lifetimeSeconds: 3600 };
    const made = accepted(
      await journal.sendSecret("/v1/tokens", { method: "POST", token: tokens.alice, body }),
    );
    const { id, token } = made.json<{ id: string; token: string }>();
    secrets.add(`token ${role}`, token);
    for (const at of ["/v1/recipes", "/v1/usage", "/v1/tokens", "/v1/whoami"])
      await journal.send(at, { token });
    await journal.send("/v1/environments/dev/releases", { method: "POST", token });
    await journal.send(`/v1/tokens/${id}`, { method: "DELETE", token: tokens.alice });
    expect((await journal.send("/v1/recipes", { token })).status).toBe(401);
  }
}

/** Tokens that are wrong, or in the wrong place: header, Basic, URL and body; of people and of nobody. */
async function askAmiss({ journal, secrets, tokens }: Day): Promise<void> {
  const wrong = secrets.add("wrong token", secret());
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;
  for (const authorization of [
    `Bearer ${wrong}`,
    `Bearer ${wrong} x`,
    `Token ${wrong}`,
    wrong,
    basic(`x:${wrong}`),
    basic(`${wrong}:`),
    basic(wrong),
    basic(`x:${tokens.alice}`),
    `bearer  ${tokens.alice}`,
  ]) {
    await journal.send("/v1/recipes", { headers: { authorization } });
    await journal.send("/v1/nothing", { headers: { authorization } });
  }
  for (const value of [wrong, tokens.alice]) {
    const inUrl = encodeURIComponent(value);
    for (const at of [
      `/v1/recipes?access_token=${inUrl}`,
      `/v1/recipes?q=${inUrl}&token=${inUrl}`,
      `/v1/recipes?cursor=${inUrl}`,
      `/v1/nothing?token=${inUrl}`,
      `/docs?token=${inUrl}`,
      `/openapi.json?token=${inUrl}`,
      `/metrics?token=${inUrl}`,
      `/%zz?token=${inUrl}`,
      `http://x:${inUrl}@localhost/v1/recipes`,
      `http://${inUrl}@localhost/v1/nothing?a=${inUrl}`,
    ]) {
      await journal.send(at);
    }
    const headers = {
      cookie: `token=${value}`,
      "x-api-key": value,
      "proxy-authorization": `Bearer ${value}`,
    };
    await journal.send("/v1/recipes", { headers });
    await journal.send("/v1/recipes", {
      headers: { "x-request-id": value, referer: `https://x:${value}@example.com/` },
    });
    await journal.send("/v1/recipes", { headers: { host: `x:${value}@example.com` } });
    await journal.send("/v1/namespaces/acme", {
      method: "PUT",
      token: wrong,
      body: { publisherKeys: [value] },
    });
    // By what name a request calls a type, a parameter or a field it is told again; nobody else is.
    for (const at of [
      `/v1/recipes?${inUrl}=1`,
      `/v1/environments/dev/resolve?type=${inUrl}`,
      `/v1/usage?project=${inUrl}&${inUrl}`,
    ]) {
      await journal.sendSecret(at);
    }
    const fields = { publisherKeys: [value], [value]: 1 };
    const change = { method: "PUT", token: tokens.alice, body: fields };
    await journal.sendSecret("/v1/namespaces/acme", change);
    const workloads = { target: "compose", [value]: value };
    await journal.sendSecret("/v1/environments/dev/render", { method: "POST", body: workloads });
    await journal.send("/v1/environments/dev/render", {
      method: "POST",
      body: `{"a": "${value}`,
      headers: { "content-type": "application/json" },
    });
  }
  // A private key where a public one belongs.
  const pem = makePublisherPem();
  secrets.addKey("key sent by mistake", pem);
  const body = { publisherKeys: [pem] };
  const reply = await journal.send("/v1/namespaces/mistake", {
    method: "PUT",
    token: tokens.alice,
    body,
  });
  expect(reply.status).toBe(422);
}

/** Every route that can be read, as everybody who may. */
async function readEverything({ journal, tokens }: Day): Promise<void> {
  const known: Readonly<Record<string, string>> = {
    ...{ namespace: "acme", name: "vault", version: "1.0.1", "*": "README.md", example: "plain" },
    ...{ environment: "dev", list: "shared", number: "1", target: "compose", project: "unknown" },
  };
  const document = (await journal.send("/openapi.json")).json<{ paths: Record<string, object> }>();
  const paths = Object.entries(document.paths).flatMap(([at, operations]) =>
    "get" in operations ? [at] : [],
  );
  expect(paths.length).toBeGreaterThan(25);
  for (const at of [...paths, "/docs", "/docs/json", "/docs/static/index.html"]) {
    const filled = at.replaceAll(/\{([^}]+)\}/g, (_, name: string) => known[name] ?? "x");
    const query = at.endsWith("/resolve") ? "?type=vault" : "";
    for (const token of [undefined, tokens.alice]) await journal.send(filled + query, { token });
  }
  const recorded = await journal.send("/v1/usage?project=project-of-the-day", {
    token: tokens.alice,
  });
  expect(recorded.json<{ usage: unknown[] }>().usage).not.toEqual([]);
}

/** Tables that are not there: what the service writes of its own failures. */
async function breakDatabase({ journal, tokens }: Day, url: string): Promise<void> {
  const names = ["projects", "tokens", "usage"];
  await query(
    url,
    names.map((name) => `alter table ${name} rename to ${name}_away`),
  );
  const workloads = [
    { score: scoreFile("late", { vault: { type: "vault", params: { apiKey: "x" } } }) },
  ];
  const body = { target: "compose", project: "project-of-the-day", workloads };
  const failed = await journal.send("/v1/environments/dev/render", { method: "POST", body });
  expect(failed.status).toBe(500);
  await journal.send("/v1/recipes", { token: tokens.bob });
  await journal.send("/v1/recipes", { token: tokens.bob.replace(/^../, "bb") });
  await query(
    url,
    names.map((name) => `alter table ${name}_away rename to ${name}`),
  );
}

/** Every file below the folder. */
async function readFolder(folder: string): Promise<Written[]> {
  // With a database elsewhere there may be none.
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return { where: `DATA_DIR/${path.relative(folder, file)}`, bytes: await readFile(file) };
    }),
  );
}

function accepted(reply: Reply): Reply {
  if (reply.status >= 300) throw new Error(`${reply.status}: ${reply.text}`);
  return reply;
}
