/**
 * Search paths of tidwall/gjson 1.14.2, where sjson 1.2.5 hands a path on: `*` and `?` in keys (the
 * first match in the map's order wins), `#` in a list (every entry), and queries (gjson-query.ts):
 * `#(name=="x")` is the first entry that matches, `#(name=="x")#` all of them.
 *
 * gjson finds values; sjson replaces only those of which gjson knows the place. What stands behind a
 * pipe, a modifier (`@reverse`), a literal (`!"x"`) or a selection (`[a,b]`) has none, nor has a
 * count. Of the modifiers only `@this` and `@valid`, which give the value itself, are followed.
 */
import type { Data } from "../gotemplate/value.js";
import { CodecError } from "./error.js";
import { matchesPattern, StepBudget } from "./gjson-match.js";
import { BROKEN_QUERY, matchesQuery, parseQuery, type Query, quoteEnd } from "./gjson-query.js";

/** A path with search signs is no longer than this, in UTF-16 units. */
export const MAX_SEARCH_PATH_LENGTH = 4_000;

/** Keys and indices from the root. */
export type Place = readonly (string | number)[];

const COMPLEX = /[|#@*?]/;
const MODIFIERS = new Set(
  "pretty ugly reverse this flatten join valid keys values tostr fromstr group".split(" "),
);

/** Whether `path` has a wildcard or another search sign outside of escapes. */
export function isComplexPath(path: string): boolean {
  return COMPLEX.test(path.replace(/\\./gs, ""));
}

/**
 * The places in `root` that `path` finds; none if it finds nothing or a value without a place.
 * @throws {CodecError} patch_path_complex for lists of values some of which have no place: sjson
 * writes broken JSON then; patch_path_limit
 */
export function findMatches(root: Data, path: string): Place[] {
  if (path.length > MAX_SEARCH_PATH_LENGTH) {
    const text = `a search path is longer than ${MAX_SEARCH_PATH_LENGTH}`;
    throw new CodecError("patch_path_limit", text);
  }
  const found = find(root, path, [], new StepBudget());
  if (found?.places === undefined) {
    return found?.place !== undefined && found.exact && found.place.length > 0 ? [found.place] : [];
  }
  return found.places.map((place) => {
    if (place !== undefined) return place;
    throw new CodecError("patch_path_complex", `'${path}' finds values that have no place`);
  });
}

interface Found {
  readonly value: Data;
  /** Where the value stands, if it stands in the document. */
  readonly place?: Place;
  /** Whether gjson tells that place; a query around it tells it anyway. */
  readonly exact: boolean;
  /** Of a list of found values: where each of them stands. */
  readonly places?: readonly (Place | undefined)[];
}

/** One search from one value on, until a pipe. */
interface Search {
  readonly budget: StepBudget;
  found?: Found;
  pipe?: string;
}

function find(root: Data, path: string, above: Place, budget: StepBudget): Found | undefined {
  budget.spend(1 + path.length);
  if (path.length > 1) {
    if (path.startsWith("@")) {
      const modifier = parseModifier(path);
      if (modifier !== undefined) return findModified(root, modifier, above, budget);
    }
    if (isLiteral(path) || path.startsWith("[") || path.startsWith("{")) return undefined;
  }
  const search: Search = { budget };
  if (path.startsWith("..")) {
    // As JSON lines: the document is the only entry of a list that is not there.
    searchList(search, [root], path.slice(2), () => above);
  } else {
    descend(search, root, path, above);
  }
  if (search.pipe === undefined || search.found === undefined) return search.found;
  return withoutPlace(find(search.found.value, search.pipe, search.found.place ?? [], budget));
}

/** `found` as gjson returns it from behind a pipe or a modifier. */
function withoutPlace(found: Found | undefined): Found | undefined {
  if (found === undefined) return undefined;
  const { places, ...rest } = found;
  return places === undefined
    ? { ...rest, exact: false }
    : { ...rest, exact: false, places: places.map(() => undefined) };
}

function findModified(
  root: Data,
  { name, rest }: { name: string; rest: string },
  above: Place,
  budget: StepBudget,
): Found | undefined {
  if (name !== "this" && name !== "valid") return undefined;
  if (rest === "") return { value: root, place: above, exact: true };
  const found = find(root, rest.slice(1), above, budget);
  if (found === undefined) return undefined;
  const { places: _, ...single } = found;
  return { ...single, exact: false };
}

function parseModifier(path: string): { name: string; rest: string } | undefined {
  const end = path.search(/[:.|]/);
  const name = path.slice(1, end < 0 ? undefined : end);
  if (!MODIFIERS.has(name)) return undefined;
  if (end < 0) return { name, rest: "" };
  if (path[end] !== ":") return { name, rest: path.slice(end) };
  // No modifier that is followed has an argument; a simple one reaches to the next pipe.
  const pipe = path.indexOf("|", end);
  return { name, rest: pipe < 0 ? "" : path.slice(pipe) };
}

function isLiteral(path: string): boolean {
  if (!path.startsWith("!")) return false;
  const name = path.slice(1).split(/[.|]/, 1)[0] ?? "";
  return /^[{["+\-0-9]/.test(name) || /^(true|false|null|nan|inf)$/i.test(name);
}

/** Goes on in `value`; true ends the search. */
function descend(search: Search, value: Data, path: string, above: Place): boolean {
  if (value instanceof Map) return searchMap(search, value, path, above);
  if (Array.isArray(value)) return searchList(search, value, path, (i) => [...above, i]);
  return false;
}

function searchMap(
  search: Search,
  map: ReadonlyMap<string, Data>,
  path: string,
  above: Place,
): boolean {
  search.budget.spend(1 + path.length);
  const part = parseKey(path);
  if (part.rest === undefined && part.pipe !== undefined) search.pipe = part.pipe;
  const keys = part.wild ? map.keys() : [part.key];
  for (const key of keys) {
    const value = map.get(key);
    if (value === undefined) continue;
    if (part.wild && !matchesPattern(key, part.key, search.budget)) continue;
    const place = [...above, key];
    if (part.rest === undefined) {
      search.found = { value, place, exact: true };
      return true;
    }
    if (descend(search, value, part.rest, place)) return true;
  }
  return false;
}

interface KeyPart {
  /** Without escapes: gjson forgets them, so that an escaped `*` is one beside another. */
  readonly key: string;
  readonly wild: boolean;
  readonly rest?: string;
  readonly pipe?: string;
}

function parseKey(path: string): KeyPart {
  let key = "";
  let wild = false;
  let escaped = false;
  for (let i = 0; i < path.length; i++) {
    const char = path[i] ?? "";
    const after = path.slice(i + 1);
    if (char === "|") return { key, wild, pipe: after };
    if (char === ".") {
      if (!isPiped(after)) return { key, wild, rest: after };
      return escaped ? { key, wild, rest: "" } : { key, wild, pipe: after };
    }
    if (char === "\\") {
      escaped = true;
      key += path[++i] ?? "";
      continue;
    }
    if (char === "*" || char === "?") wild = true;
    key += char;
  }
  return { key, wild };
}

/** Whether a dot before `path` acts as a pipe: before modifiers and selections. */
function isPiped(path: string): boolean {
  if (path.startsWith("@")) return MODIFIERS.has(path.slice(1).split(/[.|]/, 1)[0] ?? "");
  return path.startsWith("[") || path.startsWith("{");
}

function searchList(
  search: Search,
  list: readonly Data[],
  path: string,
  placeOf: (index: number) => Place,
): boolean {
  search.budget.spend(1 + path.length);
  const part = parseEntry(path);
  if (part.rest === undefined && part.pipe !== undefined) search.pipe = part.pipe;
  if (part.query !== undefined) return searchMatching(search, list, part, part.query, placeOf);
  if (part.key === "#") {
    search.found =
      part.rest === undefined
        ? { value: BigInt(list.length), exact: false }
        : searchEach(search, list, part.rest, placeOf);
    return true;
  }
  const index = /^[0-9]+$/.test(part.key) ? Number(part.key) : -1;
  const value = list[index];
  if (value === undefined) return false;
  if (part.rest !== undefined) return descend(search, value, part.rest, placeOf(index));
  search.found = { value, place: placeOf(index), exact: true };
  return true;
}

interface EntryPart {
  readonly key: string;
  readonly query?: Query;
  /** Whether the query takes all entries that match. */
  readonly all: boolean;
  readonly rest?: string;
  readonly pipe?: string;
}

function parseEntry(path: string): EntryPart {
  let query: Query | undefined;
  let all = false;
  let i = 0;
  if (/^#[([]/.test(path)) {
    const parsed = parseQuery(path);
    if (parsed === undefined) return { key: path, query: BROKEN_QUERY, all };
    query = parsed.query;
    i = parsed.end;
    all = path[i] === "#";
  }
  const found = path.slice(i).search(/[.|]/);
  const of = query === undefined ? { all } : { all, query };
  if (found < 0) return { key: path, ...of };
  const end = i + found;
  const key = path.slice(0, end);
  const after = path.slice(end + 1);
  const asPipe = path[end] === "|" || (!key.includes("#") && isPiped(after));
  return asPipe ? { key, ...of, pipe: after } : { key, ...of, rest: after };
}

/** `#.rest`: what `rest` finds in each of the entries. */
function searchEach(
  search: Search,
  list: readonly Data[],
  rest: string,
  placeOf: (index: number) => Place,
): Found {
  const path = takePipe(search, rest);
  const values: Data[] = [];
  const places: (Place | undefined)[] = [];
  for (const [i, entry] of list.entries()) {
    const found = find(entry, path, placeOf(i), search.budget);
    if (found === undefined) continue;
    values.push(found.value);
    const holds = entry instanceof Map || Array.isArray(entry);
    places.push(found.exact && holds ? found.place : undefined);
  }
  return { value: values, exact: false, places };
}

function searchMatching(
  search: Search,
  list: readonly Data[],
  part: EntryPart,
  query: Query,
  placeOf: (index: number) => Place,
): boolean {
  const values: Data[] = [];
  const places: (Place | undefined)[] = [];
  let path: string | undefined;
  for (const [i, entry] of list.entries()) {
    search.budget.spend(1 + query.value.length);
    if (!entryMatches(search, entry, query)) continue;
    if (part.rest !== undefined) path ??= takePipe(search, part.rest);
    const found: Found | undefined =
      path === undefined
        ? { value: entry, place: placeOf(i), exact: true }
        : find(entry, path, placeOf(i), search.budget);
    if (!part.all) {
      // The first match decides, also when the rest of the path is not in it.
      if (found !== undefined) search.found = asFirst(found);
      return true;
    }
    if (found === undefined) continue;
    values.push(found.value);
    places.push(found.exact ? found.place : undefined);
  }
  if (part.all) search.found ??= { value: values, exact: false, places };
  return false;
}

function entryMatches(search: Search, entry: Data, query: Query): boolean {
  if (entry instanceof Map || Array.isArray(entry)) {
    return matchesQuery(query, find(entry, query.key, [], search.budget)?.value, search.budget);
  }
  return query.key === "" && matchesQuery(query, entry, search.budget);
}

function asFirst(found: Found): Found {
  if (found.places !== undefined) return { ...found, places: found.places.map(() => undefined) };
  return { ...found, exact: found.place !== undefined };
}

/** Leaves what stands behind the first pipe of `path` to the search; what stands before it. */
function takePipe(search: Search, path: string): string {
  for (let i = 0; i < path.length; i++) {
    const char = path[i];
    if (char === "\\") {
      i++;
    } else if (char === "|") {
      search.pipe = path.slice(i + 1);
      return path.slice(0, i);
    } else if (char === "." && /^\.#[([]/.test(path.slice(i, i + 3))) {
      i = bracketEnd(path, i + 2);
    } else if (char === "." && path[i + 1] === "#") {
      // gjson does not look at the sign that follows.
      i += 2;
    }
  }
  return path;
}

function bracketEnd(path: string, start: number): number {
  const opening = path[start];
  const closing = opening === "[" ? "]" : ")";
  let depth = 1;
  let i = start + 1;
  for (; i < path.length; i++) {
    const char = path[i];
    if (char === "\\") i++;
    else if (char === opening) depth++;
    else if (char === closing && --depth === 0) break;
    else if (char === '"') i = quoteEnd(path, i);
  }
  return i;
}
