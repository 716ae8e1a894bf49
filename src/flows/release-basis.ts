/** What a new release is made from: the environment's definition, its entry lists and its releases so far. */
import type { EnvironmentEntry } from "../core/recipe/environment.js";
import { parseRelease, type ReleaseDocument } from "../core/recipe/release-document.js";
import type { Tx } from "../store/db.js";
import { lockEntryLists } from "../store/entry-lists.js";
import { findPointer, findRelease, lockEnvironment } from "../store/environments.js";
import { type Environment, expandDefinition, requireEnvironment } from "./environment.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";
import { loadRelease, type ReleaseContent, unknownEnvironment } from "./release-content.js";

export interface Basis {
  readonly environment: Environment;
  /** Those of the definition, with those of its lists in their places. */
  readonly entries: readonly EnvironmentEntry[];
  /** Digests of the entry lists, by name. */
  readonly lists: ReadonlyMap<string, string>;
  readonly newest: NewestRelease | undefined;
  /** Absent until a release became current. */
  readonly current: ReleaseContent | undefined;
}

export interface NewestRelease {
  readonly document: ReleaseDocument;
  readonly digest: string;
  /** As signed. */
  readonly jws: string;
  /** Whether it is, or was, the current one. */
  readonly active: boolean;
}

/** @throws {FlowError} environment_unknown, release_changed where `previous` is not the newest number */
export async function readBasis(
  registry: Registry,
  name: string,
  previous: number | undefined,
): Promise<Basis> {
  const environment = await requireEnvironment(registry, name);
  const row = await findRelease(registry.db, name);
  const newest = row && {
    document: parseRelease(row.payload),
    digest: row.digest,
    jws: row.jws,
    active: row.activatedAt !== null,
  };
  if (previous !== undefined && previous !== (newest?.document.number ?? 0)) {
    throw changed(name, `its newest release is ${newest?.document.number ?? "none"}`);
  }
  const pointer = await findPointer(registry.db, name);
  return {
    environment,
    ...(await expandDefinition(registry.db, environment.definition)),
    newest,
    current: pointer && (await loadRelease(registry, name, pointer.number)),
  };
}

/**
 * Locks what `basis` was read from until the transaction ends, and checks that it still stands.
 * @throws {FlowError} environment_unknown, release_changed
 */
export async function lockBasis(tx: Tx, basis: Basis): Promise<void> {
  const { name, digest } = basis.environment;
  const row = await lockEnvironment(tx, name);
  if (row === undefined) throw unknownEnvironment(name);
  const newest = await findRelease(tx, name);
  if (newest?.digest !== basis.newest?.digest) {
    const { actor } = newest === undefined ? {} : parseRelease(newest.payload);
    throw changed(
      name,
      `release ${newest?.number} was cut${actor === undefined ? "" : ` by ${actor}`}`,
    );
  }
  if (row.digest !== digest) throw changed(name, "its definition was changed");
  const lists = await lockEntryLists(tx, [...basis.lists.keys()]);
  const other = lists.find((list) => list.digest !== basis.lists.get(list.name));
  if (other !== undefined) throw changed(name, `the entry list ${other.name} was changed`);
}

function changed(environment: string, reason: string): FlowError {
  return new FlowError(
    "release_changed",
    `the environment ${environment} changed meanwhile: ${reason}`,
    {
      hint: "look at what it is now (preview=true), then try again",
    },
  );
}
