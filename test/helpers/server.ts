/** The service as its composition root builds it, on a loopback port, with a clock that tests move. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { BackbarClient } from "../../src/client/client.js";
import { parseGrants } from "../../src/core/trust/grants.js";
import { makePrivateKey, type PrivateKey } from "../../src/core/trust/keys.js";
import { makeStateKey, STATE_KEY_BYTES } from "../../src/core/trust/sealed-state.js";
import { localSigner } from "../../src/core/trust/signer.js";
import { checkStart } from "../../src/flows/checkpoint.js";
import { Checkpoints } from "../../src/flows/checkpoints.js";
import { Condition } from "../../src/flows/condition.js";
import { Freshness } from "../../src/flows/freshness.js";
import { settleIdentity } from "../../src/flows/identity.js";
import type { Registry } from "../../src/flows/registry.js";
import type { Renderer } from "../../src/flows/renderer/job.js";
import { rememberRenders } from "../../src/flows/renderer/memo.js";
import { createRenderPool } from "../../src/flows/renderer/pool.js";
import { hashToken } from "../../src/flows/tokens.js";
import type { OwnWitness } from "../../src/flows/witness.js";
import type { KnownWitness } from "../../src/flows/witnesses.js";
import { createApp } from "../../src/http/app.js";
import type { AccessPolicy, Administrator } from "../../src/http/identity.js";
import type { OpenStore } from "../../src/store/db.js";
import { readLogHead } from "../../src/store/log.js";
import { type Call, call, type Reply } from "./call.js";
import type { TestStore } from "./stores.js";

export interface TestServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly token: string;
  readonly registry: Registry;
  readonly store: OpenStore;
  readonly clock: Clock;
  /** On the key list of every namespace that `recipes.ts` makes. */
  readonly publisher: PrivateKey;
  /** With the admin token. */
  readonly client: BackbarClient;
  /** Without a token, unless `options` has one. */
  call(path: string, options?: Call): Promise<Reply>;
  /** With the admin token. */
  admin(path: string, options?: Call): Promise<Reply>;
  /** Number of the log's leaves. */
  logSize(): Promise<number>;
  /** Whoever holds a new token of that name with these grants. */
  holder(name: string, ...grants: string[]): Promise<TestAdministrator>;
  /** Writes what the service keeps of requests in the background. */
  flush(): Promise<void>;
  /** Another administrator of that name, made by the first call. */
  as(name: string): TestAdministrator;
  close(): Promise<void>;
}

export interface TestAdministrator {
  readonly token: string;
  readonly client: BackbarClient;
  call(path: string, options?: Call): Promise<Reply>;
}

export interface ServerOptions {
  /** Instead of new ones. */
  readonly keys?: Partial<Registry["keys"]>;
  readonly renderTimeoutSeconds?: number;
  readonly renderThreads?: number;
  readonly publicUrl?: string;
  readonly oidc?: AccessPolicy["oidc"];
  readonly oidcKeyTimes?: AccessPolicy["oidcKeyTimes"];
  /** None where absent. */
  readonly limits?: AccessPolicy["limits"];
  /** In their text form. */
  readonly anonymousGrants?: readonly string[];
  readonly witnesses?: readonly KnownWitness[];
  readonly witness?: OwnWitness;
  /** Outlives the server; left out, it has one of its own. */
  readonly dataDir?: string;
}

/** Stands still between moves. */
interface Clock {
  now(): Date;
  advance(by: { readonly hours?: number; readonly seconds?: number }): void;
}

const POINTER_TTL_HOURS = 24;
const RENDER_CACHE_BYTES = 4 * 1024 * 1024;
const WORKER = new URL("../../dist/flows/renderer/worker.js", import.meta.url);

/**
 * The threads of all servers of a file, begun by the first render: they take as long to begin as a
 * server does, and end badly while they begin.
 */
let pool: Renderer | undefined;
const threads = () => {
  pool ??= makePool({});
  return pool;
};
const sharedPool: Renderer = {
  render: (job) => threads().render(job),
  renderExample: (job) => threads().renderExample(job),
  close: async () => {},
};
afterAll(() => pool?.close());

/** Starts the service on a new store of the kind; `close` ends both. */
export async function startServer(
  kind: TestStore,
  options: ServerOptions = {},
): Promise<TestServer> {
  const store = await kind.open();
  const server = await serveStore(store, { ...makeKeys(), ...options.keys }, options);
  return {
    ...server,
    close: async () => {
      await server.close();
      await store.close();
    },
  };
}

/** Starts the service on a store that stays open. */
export async function serveStore(
  store: OpenStore,
  keys: Registry["keys"],
  options: ServerOptions = {},
): Promise<TestServer> {
  const clock = createClock("2031-05-06T07:08:09.000Z");
  const ownPool = hasOwnPool(options) ? makePool(options) : undefined;
  const freshness = new Freshness(store);
  const ownDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), "backbar-")));
  const registry: Registry = {
    db: store.db,
    freshness,
    condition: new Condition(),
    checkpoints: await Checkpoints.open(path.join(ownDir, "checkpoint")),
    witnesses: options.witnesses ?? [],
    witness: options.witness,
    keys,
    renderer: rememberRenders(ownPool ?? sharedPool, { bytes: RENDER_CACHE_BYTES }),
    now: clock.now,
    randomBytes: (size) => new Uint8Array(randomBytes(size)),
    pointerTtlHours: POINTER_TTL_HOURS,
  };
  await settleIdentity(registry);
  await checkStart(registry);
  const administrators: Administrator[] = [];
  const addAdministrator = (actor: string) => {
    const token = randomBytes(24).toString("base64url");
    administrators.push({ actor, tokenHash: hashToken(token) });
    return token;
  };
  const token = addAdministrator("admin");
  const tokens = new Map<string, string>();
  const app = await createApp({
    registry,
    access: {
      administrators,
      anonymousGrants: parseGrants(options.anonymousGrants ?? ["reader", "renderer"]),
      oidc: options.oidc ?? [],
      ...(options.oidcKeyTimes === undefined ? {} : { oidcKeyTimes: options.oidcKeyTimes }),
      limits: options.limits ?? { requests: 0, failures: 0, cosignatures: 0 },
      publicUrl: options.publicUrl,
    },
    version: "0.0.0",
    logLevel: "silent",
  });
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  return {
    url,
    token,
    registry,
    store,
    clock,
    publisher: makeKey(),
    client: new BackbarClient({ url, token }),
    call: (path, request) => call(url, path, request),
    admin: (path, request) => call(url, path, { token, ...request }),
    logSize: async () => (await readLogHead(store.db)).size,
    holder: async (name, ...grants) => {
      const body = { name, grants, lifetimeSeconds: 366 * 24 * 3600 };
      const made = await call(url, "/v1/tokens", { method: "POST", token, body });
      if (made.status !== 201) throw new Error(`${made.status}: ${made.text}`);
      const { token: own } = made.json<{ token: string }>();
      return {
        token: own,
        client: new BackbarClient({ url, token: own }),
        call: (path, request) => call(url, path, { token: own, ...request }),
      };
    },
    flush: () => app.flushNotes(),
    as: (name) => {
      const own = tokens.get(name) ?? addAdministrator(name);
      tokens.set(name, own);
      return {
        token: own,
        client: new BackbarClient({ url, token: own }),
        call: (path, request) => call(url, path, { token: own, ...request }),
      };
    },
    close: async () => {
      await app.close();
      await freshness.close();
      await ownPool?.close();
      if (options.dataDir === undefined) await rm(ownDir, { recursive: true, force: true });
    },
  };
}

type PoolOptions = Pick<ServerOptions, "renderThreads" | "renderTimeoutSeconds">;

function hasOwnPool({ renderThreads, renderTimeoutSeconds }: PoolOptions): boolean {
  return renderThreads !== undefined || renderTimeoutSeconds !== undefined;
}

function makePool(options: PoolOptions): Renderer {
  return createRenderPool({
    worker: WORKER,
    threads: options.renderThreads ?? 2,
    timeoutSeconds: options.renderTimeoutSeconds ?? 30,
  });
}

/** A new ES256 key, or of another algorithm. */
export function makeKey(algorithm: "ES256" | "Ed25519" = "ES256"): PrivateKey {
  return makePrivateKey(algorithm, new Uint8Array(randomBytes(32)));
}

/** New keys of a service. */
export function makeKeys(): Registry["keys"] {
  return {
    root: localSigner(makeKey()),
    release: localSigner(makeKey()),
    checkpoint: localSigner(makeKey("Ed25519")),
    state: makeStateKey(new Uint8Array(randomBytes(STATE_KEY_BYTES))),
    local: true,
  };
}

function createClock(start: string): Clock {
  let time = Date.parse(start);
  return {
    now: () => new Date(time),
    advance: ({ hours = 0, seconds = 0 }) => {
      time += (hours * 3600 + seconds) * 1000;
    },
  };
}
