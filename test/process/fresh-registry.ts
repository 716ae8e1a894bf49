/** A registry without content, as its users start it, and those who work with it over HTTP alone. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { BackbarClient } from "../../src/client/client.js";
import { formatPublicKey, type PrivateKey, parsePrivateKey } from "../../src/core/trust/keys.js";
import { type Call, call, type Reply } from "../helpers/call.js";
import type { TestDatabase } from "./databases.js";
import { type RunningService, startSharedService } from "./service-process.js";

export interface FreshRegistry {
  readonly service: RunningService;
  /** Two administrators, by name. */
  readonly alice: Person;
  readonly bob: Person;
  /** Without a token. */
  readonly anyone: Person;
  /** Ends the service and removes its folder. */
  close(): Promise<void>;
}

export interface Person {
  readonly client: BackbarClient;
  get(path: string): Promise<Reply>;
  post(path: string, body?: object): Promise<Reply>;
  put(path: string, body: object, headers?: Call["headers"]): Promise<Reply>;
}

export const TOKENS = { alice: "alice-0123456789abcdef", bob: "bob-0123456789abcdef" };

/** Starts the service with neither recipes nor environments and with two named administrators. */
export async function startFreshRegistry(database: TestDatabase): Promise<FreshRegistry> {
  const folder = await mkdtemp(path.join(tmpdir(), "backbar-"));
  const tokenFile = path.join(folder, "admin-tokens");
  const lines = Object.entries(TOKENS).map(([name, token]) => `${name} ${token}\n`);
  await writeFile(tokenFile, lines.join(""), { mode: 0o600 });
  const settings = {
    ...(await database.settings(folder)),
    ...{ ADMIN_TOKEN_FILE: tokenFile, CATALOG_DIR: "", ENVIRONMENTS_DIR: "" },
    // No batch becomes a leaf at a moment that differs from run to run.
    USAGE_BATCH_SECONDS: "3600",
  };
  const service = await startSharedService(settings, folder);
  return {
    service,
    alice: person(service.url, TOKENS.alice),
    bob: person(service.url, TOKENS.bob),
    anyone: person(service.url, undefined),
    close: async () => {
      await service.end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function person(url: string, token: string | undefined): Person {
  const send = (method: string, path: string, options: Call = {}) =>
    call(url, path, { ...options, method, token });
  return {
    client: new BackbarClient({ url, ...(token === undefined ? {} : { token }) }),
    get: (path) => send("GET", path),
    post: (path, body) => send("POST", path, body === undefined ? {} : { body }),
    put: (path, body, headers = {}) => send("PUT", path, { body, headers }),
  };
}

/** A publisher's key, made as `openssl genpkey` makes it. */
export function makePublisherKey(): PrivateKey {
  return parsePrivateKey(makePublisherPem());
}

/** Its file. */
export function makePublisherPem(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** Makes a namespace whose versions these keys may sign. */
export async function makeNamespace(
  { put }: Person,
  name: string,
  keys: readonly PrivateKey[],
  rules: object = {},
): Promise<Reply> {
  const publisherKeys = keys.map(({ publicKey }) => formatPublicKey(publicKey));
  return accepted(await put(`/v1/namespaces/${name}`, { publisherKeys, ...rules }));
}

/** Makes an environment or an entry list that is not there yet. */
export async function make({ put }: Person, path: string, definition: object): Promise<Reply> {
  return accepted(await put(path, definition, { "if-none-match": "*" }));
}

/** Changes a definition as it stands. */
export async function change(person: Person, path: string, definition: object): Promise<Reply> {
  const { etag = "" } = accepted(await person.get(path)).headers;
  return accepted(await person.put(path, definition, { "if-match": etag }));
}

/** The answer, which has to be a 2xx. */
export function accepted(reply: Reply): Reply {
  if (reply.status >= 300) throw new Error(`${reply.status}: ${reply.text}`);
  return reply;
}

/** What a refused request is told. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint?: string;
  readonly problems?: readonly {
    readonly code: string;
    readonly message: string;
    readonly place?: { readonly workload?: string; readonly path?: string };
  }[];
}
