/**
 * Entry lists: entries under a name, which several environments share. An environment's definition
 * names a list where its entries belong; lists name no lists.
 *
 *     title: Platform
 *     entries:
 *       - {recipe: score/dns, range: ^1.0.0}
 */
import { canonicalJson, type JsonValue } from "../codec/canonical-json.js";
import { sha256Digest } from "../codec/digest.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import {
  type EnvironmentDefinition,
  type EnvironmentEntry,
  MAX_ENTRIES,
  readEntry,
} from "./environment.js";
import { RecipeError } from "./error.js";
import { type JsonProblem, optional, StrictObject } from "./strict-json.js";
import { readStrictJson, readStrictYaml } from "./strict-yaml.js";

export interface EntryList {
  readonly title?: string;
  readonly description?: string;
  readonly entries: readonly EnvironmentEntry[];
}

/**
 * Reads an entry list from JSON.
 * @throws {RecipeError} entry_list_definition, with every fault in `problems`
 */
export function parseEntryList(value: JsonValue): EntryList {
  const source = { file: "the entry list", code: "entry_list_definition" } as const;
  return readStrictJson(value, source, readList);
}

/**
 * Reads an entry list from YAML (or JSON text, which is YAML too).
 * @throws {RecipeError} entry_list_definition, with line and column in `problems`
 */
export function parseEntryListYaml(text: string, options: { readonly file: string }): EntryList {
  return readStrictYaml(text, { file: options.file, code: "entry_list_definition" }, readList);
}

/** The JSON form, complete: defaults are written out. */
export function formatEntryList({ entries, ...texts }: EntryList): JsonValue {
  return { ...texts, entries: entries.map((entry) => ({ ...entry })) };
}

/** Digest of the canonical JSON of the list. */
export function entryListDigest(list: EntryList): string {
  return sha256Digest(canonicalJson(formatEntryList(list)));
}

/** Names of the lists that `definition` refers to, each once, in order. */
export function referredLists({ entries }: EnvironmentDefinition): string[] {
  return [...new Set(entries.flatMap((item) => ("list" in item ? [item.list] : [])))];
}

/**
 * The entries of `definition` in order, those of its lists in their places.
 * @throws {RecipeError} environment_definition where a list is missing from `lists`, or where the
 * entries are too many together
 */
export function expandEntries(
  definition: EnvironmentDefinition,
  lists: ReadonlyMap<string, EntryList>,
): EnvironmentEntry[] {
  const entries = definition.entries.flatMap((item, index): readonly EnvironmentEntry[] => {
    if (!("list" in item)) return [item];
    const list = lists.get(item.list);
    if (list !== undefined) return list.entries;
    throw new RecipeError("environment_definition", `there is no entry list ${item.list}`, {
      place: { path: formatYamlPath(["entries", index, "list"]) },
      hint: "GET /v1/entry-lists lists them",
    });
  });
  if (entries.length <= MAX_ENTRIES) return entries;
  throw new RecipeError(
    "environment_definition",
    `the environment has ${entries.length} entries with those of its lists; it may have ${MAX_ENTRIES}`,
  );
}

function readList(value: JsonValue, problems: JsonProblem[]): EntryList {
  const fields = new StrictObject(value, [], problems);
  const title = fields.optionalText("title", { maxLength: 100 });
  const description = fields.optionalText("description", { maxLength: 4000 });
  if (!fields.has("entries")) fields.fault(["entries"], "is missing");
  const entries = fields.objects("entries", MAX_ENTRIES).map(readEntry);
  fields.done();
  return { ...optional("title", title), ...optional("description", description), entries };
}
