/**
 * Environments and entry lists: definitions under a name, changed only by who saw what stands (its
 * ETag). `json` is always the server's own answer.
 */
import type { JsonValue } from "../core/codec/canonical-json.js";
import { readAnswer, readPages } from "./answer.js";
import type { BackbarClient } from "./client.js";
import { ServerProblem } from "./error.js";
import { type Answer, pathOf } from "./transport.js";

/** Where definitions of one kind lie, and which member of an answer holds one. */
export interface DefinitionResource {
  readonly path: "environments" | "entry-lists";
  readonly member: "definition" | "list";
}

export const ENVIRONMENTS: DefinitionResource = { path: "environments", member: "definition" };
export const ENTRY_LISTS: DefinitionResource = { path: "entry-lists", member: "list" };

export interface StoredDefinition {
  readonly name: string;
  readonly definition: JsonValue;
  /** For `If-Match` at the next change. */
  readonly etag: string;
  /** Environments that share an entry list; empty for an environment. */
  readonly sharedBy: readonly string[];
  readonly json: JsonValue;
}

export interface ListedEnvironment {
  readonly name: string;
  readonly definition: JsonValue;
  /** Number of the release that is served; undefined where there is none. */
  readonly current: number | undefined;
  /** Numbers of those that wait for approval. */
  readonly waiting: readonly number[];
  readonly json: JsonValue;
}

/** Pages are long lists of names; nobody shares a list with more. */
const MAX_NAMES = 100_000;

/**
 * Undefined where nothing has the name.
 * @throws {ClientError}; {ServerProblem}
 */
export async function findDefinition(
  client: BackbarClient,
  resource: DefinitionResource,
  name: string,
): Promise<StoredDefinition | undefined> {
  try {
    return await readDefinition(client, resource, name);
  } catch (error) {
    if (error instanceof ServerProblem && error.status === 404) return undefined;
    throw error;
  }
}

/** @throws {ClientError}; {ServerProblem} environment_unknown, entry_list_unknown */
export async function readDefinition(
  client: BackbarClient,
  resource: DefinitionResource,
  name: string,
): Promise<StoredDefinition> {
  return read(await client.send({ path: pathOf("v1", resource.path, name) }), resource);
}

/**
 * Makes what has no `etag`, or changes what still has this one.
 * @throws {ClientError}; {ServerProblem} environment_changed, environment_exists, environment_definition,
 * the same of entry_list
 */
export async function putDefinition(
  client: BackbarClient,
  resource: DefinitionResource,
  { name, definition, etag }: { name: string; definition: JsonValue; etag: string | undefined },
): Promise<StoredDefinition> {
  const headers: Record<string, string> =
    etag === undefined ? { "if-none-match": "*" } : { "if-match": etag };
  const path = pathOf("v1", resource.path, name);
  return read(await client.send({ method: "PUT", path, headers, body: definition }), resource);
}

/** All environments, by name. @throws {ClientError}; {ServerProblem} */
export async function listEnvironments(client: BackbarClient): Promise<ListedEnvironment[]> {
  const list = { path: "/v1/environments", member: "environments" };
  return readPages(client.send, list, (fields, json) => ({
    name: fields.text("name"),
    definition: fields.raw("definition") ?? null,
    current: fields.raw("current") === null ? undefined : fields.integer("current", 1),
    waiting: fields.integers("waiting", MAX_NAMES, 1, Number.MAX_SAFE_INTEGER),
    json,
  }));
}

/** All entry lists, by name. @throws {ClientError}; {ServerProblem} */
export async function listEntryLists(
  client: BackbarClient,
): Promise<Pick<StoredDefinition, "name" | "definition" | "json">[]> {
  const list = { path: "/v1/entry-lists", member: "lists" };
  return readPages(client.send, list, (fields, json) => ({
    name: fields.text("name"),
    definition: fields.raw("list") ?? null,
    json,
  }));
}

function read(answer: Answer, { member }: DefinitionResource): StoredDefinition {
  return readAnswer(answer, (fields, json) => ({
    name: fields.text("name"),
    definition: fields.raw(member) ?? null,
    etag: `"${fields.text("digest")}"`,
    sharedBy: fields.texts("environments", MAX_NAMES),
    json,
  }));
}
