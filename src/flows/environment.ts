/** Environments: their definitions, changed only by who saw what stands. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import { expandEntries, referredLists } from "../core/recipe/entry-list.js";
import {
  definitionDigest,
  type EnvironmentDefinition,
  type EnvironmentEntry,
  formatEnvironment,
  parseEnvironment,
} from "../core/recipe/environment.js";
import { checkEnvironmentName } from "../core/recipe/names.js";
import type { Db, Tx } from "../store/db.js";
import {
  type EnvironmentRow,
  findEnvironment,
  findStandingReleases,
  insertEnvironment,
  listEnvironments,
  lockEnvironment,
  type StandingReleases,
  updateEnvironment,
} from "../store/environments.js";
import { loadEntryLists } from "./entry-list.js";
import { changedMeanwhile, checkExpected, type ExpectedDigest } from "./expected.js";
import { appendRecord, changeRegistry } from "./log.js";
import type { Registry } from "./registry.js";
import { unknownEnvironment } from "./release-content.js";

export interface Environment {
  readonly name: string;
  readonly definition: EnvironmentDefinition;
  /** Digest of the definition; its ETag. */
  readonly digest: string;
  readonly updatedAt: Date;
}

/** @throws {FlowError} environment_unknown */
export async function requireEnvironment(registry: Registry, name: string): Promise<Environment> {
  const row = await findEnvironment(registry.db, name);
  if (row === undefined) throw unknownEnvironment(name);
  return fromRow(row);
}

/** Environments after `after` in order of name, with the numbers of what they serve. */
export async function readEnvironments(
  registry: Registry,
  page: { readonly after?: string; readonly limit: number },
): Promise<(Environment & StandingReleases)[]> {
  const rows = await listEnvironments(registry.db, page);
  const names = rows.map(({ name }) => name);
  const standing = await findStandingReleases(registry.db, names);
  return rows.map((row) => ({
    ...fromRow(row),
    ...(standing.get(row.name) ?? { current: null, waiting: [] }),
  }));
}

export interface EnvironmentChange {
  readonly name: string;
  readonly definition: JsonValue;
  readonly expected: ExpectedDigest;
  readonly actor: string;
}

/**
 * Makes or changes an environment; the same definition again changes nothing.
 * @throws {RecipeError} environment_name, environment_definition
 * @throws {FlowError} environment_exists, environment_changed, environment_match_required
 */
export async function putEnvironment(
  registry: Registry,
  change: EnvironmentChange,
): Promise<{ readonly environment: Environment; readonly created: boolean }> {
  const { name, actor } = change;
  checkEnvironmentName(name);
  const definition = parseEnvironment(change.definition);
  const digest = definitionDigest(definition);
  return changeRegistry(registry, async (tx) => {
    const stored = await lockEnvironment(tx, name);
    checkExpected("environment", name, change.expected, stored?.digest);
    await expandDefinition(tx, definition);
    const updatedAt = registry.now();
    if (stored?.digest === digest) return { environment: fromRow(stored), created: false };
    const details = {
      environment: name,
      definition: digest,
      content: formatEnvironment(definition),
    };
    const logIndex = await appendRecord(registry, tx, { kind: "environment", actor, details });
    const row: EnvironmentRow = {
      name,
      revision: (stored?.revision ?? 0) + 1,
      definition: formatEnvironment(definition),
      digest,
      updatedAt,
      logIndex,
    };
    if (stored !== undefined) await updateEnvironment(tx, row);
    else if (!(await insertEnvironment(tx, row))) throw changedMeanwhile("environment", name);
    return { environment: { name, definition, digest, updatedAt }, created: stored === undefined };
  });
}

/**
 * The entries of a definition with those of its lists in their places, and these lists.
 * @throws {RecipeError} environment_definition where a list is missing, or the entries are too many
 */
export async function expandDefinition(
  db: Db | Tx,
  definition: EnvironmentDefinition,
): Promise<{
  readonly entries: readonly EnvironmentEntry[];
  /** Digests of the lists, by name. */
  readonly lists: ReadonlyMap<string, string>;
}> {
  const stored = await loadEntryLists(db, referredLists(definition));
  const lists = new Map([...stored].map(([name, { list }]) => [name, list]));
  return {
    entries: expandEntries(definition, lists),
    lists: new Map([...stored].map(([name, { digest }]) => [name, digest])),
  };
}

function fromRow(row: EnvironmentRow): Environment {
  const { name, digest, updatedAt } = row;
  return { name, definition: parseEnvironment(row.definition), digest, updatedAt };
}
