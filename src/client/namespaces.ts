/** Namespaces of a registry: read, made, changed so that nobody's change is lost, and given up. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import { checkNamespace } from "../core/recipe/names.js";
import type { StrictObject } from "../core/recipe/strict-json.js";
import { readAnswer, readPages } from "./answer.js";
import type { BackbarClient } from "./client.js";
import { ServerProblem } from "./error.js";
import { type Answer, pathOf } from "./transport.js";

export interface NamespaceEntry {
  readonly name: string;
  readonly owners: readonly string[];
  /** How many different keys must sign a version. */
  readonly signatures: number;
  readonly visibility: string;
  /** Whether its recipes may have cmd:// provisioners. */
  readonly commands: boolean;
  /** When it was given up. */
  readonly tombstonedAt: string | undefined;
  /** As the server says it. */
  readonly json: JsonValue;
}

export interface NamespaceDetail extends NamespaceEntry {
  readonly publisherKeys: readonly PublisherKey[];
  /** For `If-Match`. */
  readonly etag: string | undefined;
}

export interface PublisherKey {
  readonly fingerprint: string;
  /** SPKI, PEM. */
  readonly publicKey: string;
}

/** What is left out stays as it is. */
export interface NamespaceChange {
  readonly owners?: readonly string[];
  /** SPKI, PEM. */
  readonly publisherKeys?: readonly string[];
  readonly signatures?: number;
  readonly visibility?: string;
  readonly commands?: boolean;
}

/** More than any namespace has of keys or owners. */
const MAX_ITEMS = 1000;
/** How often a change is made anew because somebody else was first. */
const MAX_ATTEMPTS = 4;

/** All namespaces, those given up as well. */
export function listNamespaces({ send }: BackbarClient): Promise<NamespaceEntry[]> {
  return readPages(send, { path: "/v1/namespaces", member: "namespaces" }, readEntry);
}

/** @throws {ServerProblem} namespace_unknown */
export async function readNamespace(client: BackbarClient, name: string): Promise<NamespaceDetail> {
  return readDetail(await client.send({ path: namespacePath(name) }));
}

/**
 * Makes a namespace that is not there yet.
 * @throws {ServerProblem} namespace_changed where it is
 */
export async function createNamespace(
  client: BackbarClient,
  name: string,
  body: NamespaceChange,
): Promise<NamespaceDetail> {
  const headers = { "if-none-match": "*" };
  const path = namespacePath(name);
  return readDetail(await client.send({ method: "PUT", path, headers, body }));
}

/**
 * Changes a namespace as `decide` says of what stands; where somebody else changes it meanwhile,
 * `decide` is asked again. Where `decide` says undefined, all stays as it is.
 * @throws {ServerProblem} namespace_unknown, namespace_changed where others are first too often
 */
export async function changeNamespace(
  client: BackbarClient,
  name: string,
  decide: (known: NamespaceDetail) => NamespaceChange | undefined,
): Promise<NamespaceDetail> {
  const path = namespacePath(name);
  for (let attempt = 1; ; attempt++) {
    const known = await readNamespace(client, name);
    const body = decide(known);
    if (body === undefined) return known;
    const headers: Record<string, string> =
      known.etag === undefined ? {} : { "if-match": known.etag };
    try {
      return readDetail(await client.send({ method: "PUT", path, headers, body }));
    } catch (error) {
      const isLate = error instanceof ServerProblem && error.status === 412;
      if (!isLate || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/**
 * Revokes a key of a namespace from a time on (RFC 3339; now where it is left out).
 * @throws {ServerProblem} namespace_unknown, namespace_key_unknown, namespace_key_date
 */
export async function revokePublisherKey(
  client: BackbarClient,
  name: string,
  fingerprint: string,
  body: { readonly reason: string; readonly at?: string },
): Promise<NamespaceDetail> {
  checkNamespace(name);
  const path = pathOf("v1", "namespaces", name, "keys", fingerprint, "revoke");
  return readDetail(await client.send({ method: "POST", path, body }));
}

/** Gives a namespace up, for good. */
export async function deleteNamespace(
  client: BackbarClient,
  name: string,
): Promise<NamespaceDetail> {
  return readDetail(await client.send({ method: "DELETE", path: namespacePath(name) }));
}

function namespacePath(name: string): string {
  checkNamespace(name);
  return pathOf("v1", "namespaces", name);
}

function readDetail(answer: Answer): NamespaceDetail {
  const etag = answer.headers.get("etag") ?? undefined;
  return readAnswer(answer, (fields, json) => ({
    ...readEntry(fields, json),
    publisherKeys: fields.objects("publisherKeys", MAX_ITEMS).map((key) => ({
      fingerprint: key.text("fingerprint"),
      publicKey: key.text("publicKey", { maxLength: 8192 }),
    })),
    etag,
  }));
}

function readEntry(fields: StrictObject, json: JsonValue): NamespaceEntry {
  return {
    name: fields.text("name"),
    owners: fields.texts("owners", MAX_ITEMS),
    signatures: fields.integer("signatures", 0),
    visibility: fields.text("visibility"),
    commands: fields.boolean("commands", false),
    tombstonedAt: fields.optionalText("tombstonedAt"),
    json,
  };
}
