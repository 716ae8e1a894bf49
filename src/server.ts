/** The composition root: settings -> store -> keys -> app -> listen -> first content -> ready. */
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import type { Config } from "./config.js";
import { BackbarError } from "./errors.js";
import { settleIdentity } from "./flows/identity.js";
import type { Registry } from "./flows/registry.js";
import { keepPointersFresh } from "./flows/release.js";
import { createRenderPool } from "./flows/renderer/pool.js";
import { type App, createApp } from "./http/app.js";
import { hasNoKeys, type KeyRing, makeLocalKeys, readKeys, writeSecret } from "./keys.js";
import { type Seeded, seed } from "./seed.js";
import { type OpenStore, openEmbedded, openPostgres } from "./store/db.js";
import { VERSION } from "./version.js";

export type ServerErrorCode = "server_port_in_use" | "server_listen";

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
  /** Requests in flight finish, then the store closes. */
  close(): Promise<void>;
}

/**
 * Starts the service. Nothing is written before the port is known to be free and the store open.
 * @throws {ServerError} server_port_in_use, server_listen
 * @throws {StoreError} store_unreachable, store_in_use, store_path
 * @throws {KeysError} keys_missing, keys_invalid
 * @throws {FlowError} registry_keys where the database belongs to other keys
 */
export async function startServer(config: Config): Promise<RunningServer> {
  await checkPort(config);
  const store = await openStore(config);
  const closers: (() => Promise<void>)[] = [store.close];
  const close = async () => {
    for (const closer of closers.reverse().splice(0)) await closer();
  };
  try {
    if (await hasNoKeys(config.keysDir)) await makeLocalKeys(config.keysDir);
    const keys = await readKeys(config.keysDir);
    const tokenFile = config.adminTokenFile ?? path.join(config.dataDir, "admin-token");
    const token = await adminToken(tokenFile);

    const renderer = createRenderPool({
      worker: new URL("./flows/renderer/worker.js", import.meta.url),
      threads: config.renderThreads,
      timeoutSeconds: config.renderTimeoutSeconds,
    });
    closers.push(renderer.close);
    const registry: Registry = {
      db: store.db,
      keys: serverKeys(keys),
      renderer,
      now: () => new Date(),
      randomBytes: (size) => new Uint8Array(randomBytes(size)),
      pointerTtlHours: config.pointerTtlHours,
    };
    await settleIdentity(registry);

    let ready = false;
    const app = await createApp({
      registry,
      access: {
        adminTokenHash: createHash("sha256").update(token).digest(),
        publicUrl: config.publicUrl,
      },
      version: VERSION,
      ready: () => ready,
      logLevel: config.logLevel,
    });
    closers.push(() => app.close());
    const url = await listen(app, config);
    ready = true;
    const seeded = await seed({ url, token, publisher: keys.publisher, config });
    const stopRenewing = keepPointersFresh(registry);
    closers.push(async () => stopRenewing());
    return {
      url,
      store: store.description,
      keys: { directory: config.keysDir, local: keys.local },
      adminTokenFile: tokenFile,
      seeded,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function openStore(config: Config): Promise<OpenStore> {
  return config.databaseUrl === undefined
    ? openEmbedded(config.dataDir)
    : openPostgres(config.databaseUrl);
}

function serverKeys(keys: KeyRing): Registry["keys"] {
  return {
    root: keys.root,
    release: keys.release,
    checkpoint: keys.checkpoint.publicKey,
    state: keys.state,
    local: keys.local,
  };
}

/** Reads the admin token; makes one where there is none. */
async function adminToken(file: string): Promise<string> {
  if (!existsSync(file)) await writeSecret(file, `${randomBytes(32).toString("base64url")}\n`);
  return (await readFile(file, "utf8")).trim();
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
