/** Entry lists: entries that several environments share, changed only by who saw what stands. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import {
  type EntryList,
  entryListDigest,
  formatEntryList,
  parseEntryList,
} from "../core/recipe/entry-list.js";
import { checkEntryListName } from "../core/recipe/names.js";
import type { Db, Tx } from "../store/db.js";
import {
  type EntryListRow,
  findEntryLists,
  insertEntryList,
  listEntryLists,
  listEnvironmentsOfList,
  lockEntryLists,
  updateEntryList,
} from "../store/entry-lists.js";
import { FlowError } from "./error.js";
import { changedMeanwhile, checkExpected, type ExpectedDigest } from "./expected.js";
import { appendRecord, changeRegistry } from "./log.js";
import type { Registry } from "./registry.js";

export interface StoredEntryList {
  readonly name: string;
  readonly list: EntryList;
  /** Its ETag. */
  readonly digest: string;
  readonly updatedAt: Date;
}

/** @throws {FlowError} entry_list_unknown */
export async function requireEntryList(registry: Registry, name: string): Promise<StoredEntryList> {
  const [row] = await findEntryLists(registry.db, [name]);
  if (row !== undefined) return fromRow(row);
  throw new FlowError("entry_list_unknown", `there is no entry list ${name}`, {
    hint: "GET /v1/entry-lists lists them",
  });
}

/** Entry lists after `after` in order of name. */
export async function readEntryLists(
  registry: Registry,
  page: { readonly after?: string; readonly limit: number },
): Promise<StoredEntryList[]> {
  return (await listEntryLists(registry.db, page)).map(fromRow);
}

/** Environments that the list is a part of: their next release takes its entries. */
export function readEnvironmentsOfList(registry: Registry, name: string): Promise<string[]> {
  return listEnvironmentsOfList(registry.db, name);
}

/** The named lists that there are, by name. */
export async function loadEntryLists(
  db: Db | Tx,
  names: readonly string[],
): Promise<Map<string, StoredEntryList>> {
  return new Map((await findEntryLists(db, names)).map((row) => [row.name, fromRow(row)]));
}

export interface EntryListChange {
  readonly name: string;
  readonly list: JsonValue;
  readonly expected: ExpectedDigest;
  readonly actor: string;
}

/**
 * Makes or changes an entry list; the same list again changes nothing.
 * @throws {RecipeError} entry_list_name, entry_list_definition
 * @throws {FlowError} entry_list_exists, entry_list_changed, entry_list_match_required
 */
export async function putEntryList(
  registry: Registry,
  change: EntryListChange,
): Promise<{ readonly list: StoredEntryList; readonly created: boolean }> {
  const { name, actor } = change;
  checkEntryListName(name);
  const list = parseEntryList(change.list);
  const digest = entryListDigest(list);
  const content = formatEntryList(list);
  return changeRegistry(registry, async (tx) => {
    const [stored] = await lockEntryLists(tx, [name]);
    checkExpected("entry_list", name, change.expected, stored?.digest);
    if (stored?.digest === digest) return { list: fromRow(stored), created: false };
    const updatedAt = registry.now();
    const details = { list: name, digest, content };
    const logIndex = await appendRecord(registry, tx, { kind: "environment", actor, details });
    const revision = (stored?.revision ?? 0) + 1;
    const row: EntryListRow = { name, revision, entries: content, digest, updatedAt, logIndex };
    if (stored !== undefined) await updateEntryList(tx, row);
    else if (!(await insertEntryList(tx, row))) throw changedMeanwhile("entry_list", name);
    return { list: { name, list, digest, updatedAt }, created: stored === undefined };
  });
}

function fromRow({ name, entries, digest, updatedAt }: EntryListRow): StoredEntryList {
  return { name, list: parseEntryList(entries), digest, updatedAt };
}
