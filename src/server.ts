/** The composition root: settings -> store -> keys -> app -> first content -> listen. */
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import net from "node:net";
import { makeAdminToken, readAdminTokens } from "./admin-tokens.js";
import { BackbarClient } from "./client/client.js";
import type { Config } from "./config.js";
import { readConfiguredKeys } from "./configured-keys.js";
import { type OidcIssuer, parseOidcIssuers } from "./core/trust/oidc-issuers.js";
import { BackbarError } from "./errors.js";
import { ADMIN } from "./flows/caller.js";
import { checkStart, keepCheckpointsFresh } from "./flows/checkpoint.js";
import { Freshness } from "./flows/freshness.js";
import { hasIdentity, listKeysInUse, settleIdentity } from "./flows/identity.js";
import { keepPointersFresh } from "./flows/pointer.js";
import { rememberRenders } from "./flows/renderer/memo.js";
import { createRenderPool } from "./flows/renderer/pool.js";
import { hashToken } from "./flows/tokens.js";
import { commitUsage, keepUsageCommitted } from "./flows/usage-batch.js";
import { type App, createApp } from "./http/app.js";
import { injectFetch } from "./http/inject-fetch.js";
import {
  adoptNextKeys,
  hasNoKeys,
  type KeyRing,
  KeysError,
  makeLocalKeys,
  ROTATED_KEYS,
  readKeys,
} from "./keys.js";
import { openRegistry, openStore } from "./open-registry.js";
import { type Seeded, seed } from "./seed.js";
import type { OpenStore } from "./store/db.js";
import { VERSION } from "./version.js";
import { makeOwnWitness, makeWitnesses } from "./witness-setup.js";

export type ServerErrorCode =
  | "server_folder"
  | "server_oidc_file"
  | "server_listen"
  | "server_port_in_use";

export class ServerError extends BackbarError<ServerErrorCode> {
  override readonly name = "ServerError";
}

export interface RunningServer {
  /** Where it listens, e.g. `http://localhost:8080`. */
  readonly url: string;
  readonly store: string;
  readonly keys: { readonly directory: string; readonly local: boolean };
  readonly adminTokenFile: string;
  readonly seeded: Seeded;
  /** Why nothing is written; undefined while all is well. */
  readonly readOnly: string | undefined;
  /** Requests in flight finish, then the store closes. */
  close(): Promise<void>;
}

const MEBIBYTE = 1024 * 1024;

/**
 * Starts the service. Nothing is written before the settings are known to hold, the port to be
 * free and the store to open.
 * @throws {ServerError}
 * @throws {AdminTokensError} server_admin_token
 * @throws {StoreError} store_unreachable, store_in_use, store_path
 * @throws {KeysError} keys_missing, keys_invalid, keys_write
 * @throws {FlowError} registry_keys where the database belongs to other keys
 */
export async function startServer(config: Config): Promise<RunningServer> {
  await checkFolder("CATALOG_DIR", config.catalogDir);
  await checkFolder("ENVIRONMENTS_DIR", config.environmentsDir);
  if (config.adminTokenFile !== undefined) await readAdminTokens(config.adminTokenFile);
  const oidc = config.oidcFile === undefined ? [] : await readOidcIssuers(config.oidcFile);
  const given = (await hasNoKeys(config.keysDir)) ? undefined : await readConfiguredKeys(config);
  await checkPort(config);
  const store = await openStore(config);
  const closers: (() => Promise<void>)[] = [store.close];
  const close = async () => {
    for (const closer of closers.reverse().splice(0)) await closer();
  };
  try {
    // The registry never holds the publisher's key, which signs this machine's catalog alone.
    const { publisher, ...keys } =
      given === undefined
        ? await makeKeys(config, store)
        : await readKeysInUse(config, store, given);
    const tokenFile = config.adminTokenFile ?? (await makeAdminToken(config.dataDir));
    // What the start adds is the service's own doing, by a token that nobody else has.
    const token = randomBytes(32).toString("base64url");
    const administrators = [
      ...(await readAdminTokens(tokenFile)),
      { actor: ADMIN, tokenHash: hashToken(token), isService: true },
    ];

    const pool = createRenderPool({
      worker: new URL("./flows/renderer/worker.js", import.meta.url),
      threads: config.renderThreads,
      timeoutSeconds: config.renderTimeoutSeconds,
    });
    const renderer = rememberRenders(pool, { bytes: config.renderCacheMegabytes * MEBIBYTE });
    closers.push(renderer.close);
    const freshness = new Freshness(store);
    closers.push(() => freshness.close());
    const registry = await openRegistry(config, {
      ...{ db: store.db, freshness, keys, renderer },
      witnesses: await makeWitnesses(config),
      witness: await makeOwnWitness(config),
    });
    await settleIdentity(registry);
    await checkStart(registry);
    closers.push(keepCheckpointsFresh(registry));
    // After the last request, which may be a render.
    closers.push(async () => void (await commitUsage(registry).catch(() => {})));

    const app = await createApp({
      registry,
      access: {
        administrators,
        anonymousGrants: config.anonymousGrants,
        oidc,
        limits: {
          requests: config.rateLimit,
          failures: config.failedAuthLimit,
          cosignatures: config.witnessLimit,
        },
        publicUrl: config.publicUrl,
      },
      version: VERSION,
      logLevel: config.logLevel,
    });
    closers.push(() => app.close());
    registry.condition.tellRefusal((reason) => app.log.error({ reason }, "read-only"));
    registry.checkpoints.tellFailure((err) => app.log.error({ err }, "no checkpoint is published"));
    const seeded = await seed({
      store,
      client: new BackbarClient({ url: "http://localhost", token, fetch: injectFetch(app) }),
      publisher,
      catalogDir: config.catalogDir,
      environmentsDir: config.environmentsDir,
    });
    const url = await listen(app, config);
    closers.push(keepPointersFresh(registry));
    closers.push(keepUsageCommitted(registry, config.usageBatchSeconds));
    return {
      url,
      store: store.description,
      keys: { directory: config.keysDir, local: keys.local },
      adminTokenFile: tokenFile,
      seeded,
      readOnly: registry.condition.reason,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Makes a local set of keys, unless the database was bound to keys before: then they are lost, and
 * others would not open what it holds.
 * @throws {KeysError} keys_missing, keys_write
 */
async function makeKeys(config: Config, store: OpenStore): Promise<KeyRing> {
  const directory = config.keysDir;
  if (config.releaseSigner !== undefined || config.rootSigner !== undefined) {
    throw new KeysError("keys_missing", `${directory}: there are no keys`, {
      hint: "where a key is kept elsewhere, the others are not made here: docs/operator.md",
    });
  }
  if (await hasIdentity(store.db)) {
    throw new KeysError("keys_missing", `${directory}: the keys of this database are missing`, {
      hint: "restore them, or set KEYS_DIR to the folder that holds them",
    });
  }
  await makeLocalKeys(directory);
  return readKeys(directory);
}

/** The keys at hand, after those that took over meanwhile were put in their place. */
async function readKeysInUse(config: Config, store: OpenStore, given: KeyRing): Promise<KeyRing> {
  const inUse = await listKeysInUse(store.db);
  const isStale = ROTATED_KEYS.some(
    (name) =>
      (inUse.get(name) ?? given[name].publicKey.fingerprint) !== given[name].publicKey.fingerprint,
  );
  if (!isStale) return given;
  await adoptNextKeys(config.keysDir, (name, fingerprint) => inUse.get(name) === fingerprint);
  return readConfiguredKeys(config);
}

/**
 * @throws {ServerError} server_oidc_file
 * @throws {TrustError} oidc_file, with every fault and its line and column in `problems`
 */
async function readOidcIssuers(file: string): Promise<OidcIssuer[]> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    const message = `OIDC_FILE: ${file} cannot be read: ${cause.message}`;
    throw new ServerError("server_oidc_file", message, { cause });
  });
  return parseOidcIssuers(text, file);
}

/** @throws {ServerError} server_folder */
async function checkFolder(setting: string, folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === "ENOENT" ? "there is no such folder" : cause.message;
    throw new ServerError("server_folder", `${setting}: ${folder}: ${reason}`, {
      cause,
      hint: `set ${setting} to a folder, or to nothing to start without`,
    });
  });
}

/** @throws {ServerError} server_port_in_use, server_listen */
function checkPort(config: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once("error", (error) => reject(cannotListen(error, config)));
    probe.listen({ port: config.port, host: config.host }, () => probe.close(() => resolve()));
  });
}

async function listen(app: App, config: Config): Promise<string> {
  const address = await app
    .listen({ port: config.port, host: config.host })
    .catch((error: unknown) => {
      throw cannotListen(error, config);
    });
  const port = new URL(address).port;
  const name =
    config.host === "127.0.0.1"
      ? "localhost"
      : config.host.includes(":")
        ? `[${config.host}]`
        : config.host;
  return `http://${name}:${port}`;
}

function cannotListen(error: unknown, config: Config): ServerError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") {
    return new ServerError(
      "server_port_in_use",
      `port ${config.port} of ${config.host} is in use`,
      {
        cause: error,
        hint: `stop the other program, or choose another port: PORT=${config.port + 1}`,
      },
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new ServerError(
    "server_listen",
    `cannot listen on ${config.host}:${config.port}: ${reason}`,
    {
      cause: error,
      hint: "check HOST and PORT",
    },
  );
}
