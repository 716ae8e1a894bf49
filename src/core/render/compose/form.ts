/**
 * The forms that values of a Compose document take. A form knows two readings of the same value:
 *
 * - `decode`: how provisioners may write it. This is what compose-go's `loader.Transform` accepts
 *   (mapstructure with its hooks), not the Compose file format: short forms are errors, unknown
 *   keys are dropped, numbers become text where text is wanted.
 * - `check`: how a patched document must look. This is Go's strict JSON decoding into the same
 *   types: unknown keys and wrong types are errors, nothing is converted.
 *
 * Both give the value as it is written to the document. `isZero` tells which values Go leaves out
 * of the document (`omitempty`).
 */
import { compareYamlKeys } from "../../codec/key-order.js";
import { childPath } from "../../codec/yaml-path.js";
import { Time } from "../../gotemplate/time.js";
import { type Data, type DataMap, TypedMap } from "../../gotemplate/value.js";
import { describe, OutputFormError } from "../../provision/output-form.js";
import { RenderError } from "../error.js";

export interface Form {
  decode(value: Data, path: string): Data;
  check(value: Data, path: string): Data;
  isZero(value: Data): boolean;
  /** What stands in the document where the value is null or absent but has to be there. */
  readonly zero: Data;
}

/** Raised by forms; the caller turns it into an error with the context it has. */
export class FormError extends OutputFormError {
  override readonly name = "FormError";
  readonly path: string;
  constructor(path: string, message: string) {
    const text = `${path || "the document"}: ${message}`;
    super(text, [{ message: text, path }]);
    this.path = path;
  }
}

/** Runs `read` and turns a fault of form into a `RenderError` with `code`. */
export function readForm<T>(code: "render_build", read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    throw new RenderError(code, error.message, { place: { path: error.path } });
  }
}

export function wrongKind(path: string, value: Data, wanted: string): FormError {
  return new FormError(path, `${describe(value)} where ${wanted} is needed`);
}

/** Entries of a map whatever its key type; undefined when `value` is no map. */
function entriesOf(value: Data): Iterable<[Data, Data]> | undefined {
  if (value instanceof Map) return value;
  // To Go a date is a struct without public fields.
  if (value instanceof Time) return [];
  if (value instanceof TypedMap) return (value.entries ?? new Map()) as Map<Data, Data>;
  return undefined;
}

/** A key that stands in the document of a struct. */
interface Field {
  readonly form: Form;
  /** Written even when zero. */
  readonly always?: boolean;
  /** A pointer in Go: null is left out, zero values are not. */
  readonly pointer?: boolean;
  /** Read and checked, but never written. */
  readonly silent?: boolean;
  /** No key of the document: `decode` reads it, `check` refuses it, it is never written. */
  readonly hidden?: boolean;
}

export type Fields = Readonly<Record<string, Form | Field>>;

function asField(entry: Form | Field): Field {
  return "form" in entry ? entry : { form: entry };
}

/** A map with known keys. `decode` also takes keys in other case where no exact one exists. */
export function struct(fields: Fields): Form {
  const table = new Map(Object.entries(fields).map(([key, entry]) => [key, asField(entry)]));
  const byFold = new Map([...table.keys()].map((key) => [key.toLowerCase(), key]));

  const order = new Map([...table.keys()].map((key, index) => [key, index]));
  const compare = (a: string, b: string) => (order.get(a) ?? 0) - (order.get(b) ?? 0);
  const inOrder = (keys: Iterable<string>) => sortUnlessSorted([...keys], compare);

  function isWritten(field: Field, value: Data): boolean {
    if (field.hidden || field.silent) return false;
    if (field.pointer) return value !== null;
    return field.always === true || !field.form.isZero(value);
  }

  /** What is written where it is absent. */
  const standing: ReadonlyMap<string, Data> = new Map(
    [...table].flatMap(([key, field]) =>
      !field.pointer && isWritten(field, field.form.zero) ? [[key, field.form.zero]] : [],
    ),
  );

  /** Go emits fields in declaration order; absent ones may still have to be written. */
  function write(found: ReadonlyMap<string, Data>): DataMap {
    const all = standing.size === 0 ? found : new Map([...standing, ...found]);
    const result: DataMap = new Map();
    for (const key of inOrder(all.keys())) {
      const field = table.get(key);
      const value = all.get(key);
      if (field === undefined || value === undefined) continue;
      if (isWritten(field, value)) result.set(key, value);
    }
    return result;
  }

  /** What `entries` say of each field: the exact key wins over others, of which the first does. */
  function fieldsIn(entries: Iterable<[Data, Data]>, path: string): Map<string, Data> {
    const given = new Map<string, Data>();
    const folded = new Map<string, Data>();
    for (const [key, item] of entries) {
      if (typeof key !== "string") throw new FormError(path, "keys must be text");
      if (table.has(key)) given.set(key, item);
      else {
        const known = byFold.get(key.toLowerCase());
        if (known !== undefined && !folded.has(known)) folded.set(known, item);
      }
    }
    for (const [key, item] of folded) if (!given.has(key)) given.set(key, item);
    return given;
  }

  return {
    zero: write(new Map()),
    isZero: (value) => value === null || (value instanceof Map && value.size === 0),
    decode(value, path) {
      const entries = entriesOf(value);
      if (entries === undefined) throw wrongKind(path, value, "a map");
      const given = fieldsIn(entries, path);
      const found = new Map<string, Data>();
      for (const key of inOrder(given.keys())) {
        const field = table.get(key);
        const item = given.get(key);
        if (field === undefined || item === undefined) continue;
        found.set(
          key,
          item === null ? nullOf(field) : field.form.decode(item, childPath(path, key)),
        );
      }
      return write(found);
    },
    check(value, path) {
      if (!(value instanceof Map)) throw wrongKind(path, value, "a map");
      const found = new Map<string, Data>();
      for (const [key, item] of value) {
        const known = table.has(key) ? key : byFold.get(key.toLowerCase());
        const field = known === undefined ? undefined : table.get(known);
        if (known === undefined || field === undefined || field.hidden) {
          throw new FormError(childPath(path, key), `unknown field "${key}"`);
        }
        // A null leaves what an earlier spelling of the same key has set.
        const checked = checkItem(field.form, item, childPath(path, key), field.pointer);
        if (item !== null || !found.has(known)) found.set(known, checked);
      }
      return write(found);
    },
  };
}

function nullOf(field: Field): Data {
  return field.pointer ? null : field.form.zero;
}

/** Forms that Go decodes by their own method see a JSON null unless they are pointers. */
export interface SelfDecoding extends Form {
  checkNull(path: string): Data;
}

function checkItem(form: Form, item: Data, path: string, pointer = false): Data {
  if (item !== null) return form.check(item, path);
  if (pointer) return null;
  return "checkNull" in form ? (form as SelfDecoding).checkNull(path) : form.zero;
}

/** A list of one form. Null items are zero values. */
export function list(item: Form, options: { pointers?: boolean } = {}): Form {
  const nothing = options.pointers ? null : item.zero;
  return {
    zero: [],
    isZero: isEmptyList,
    decode(value, path) {
      if (!Array.isArray(value)) throw wrongKind(path, value, "a list");
      return value.map((entry, i) =>
        entry === null ? nothing : item.decode(entry, childPath(path, i)),
      );
    },
    check(value, path) {
      if (!Array.isArray(value)) throw wrongKind(path, value, "a list");
      return value.map((entry, i) => checkItem(item, entry, childPath(path, i), options.pointers));
    },
  };
}

/** A map from text to one form. Null values are zero values, or stay null where Go has pointers. */
export function mapOf(item: Form, options: { pointers?: boolean } = {}): Form {
  const nothing = options.pointers ? null : item.zero;
  return {
    zero: new Map(),
    isZero: isEmptyMap,
    decode(value, path) {
      const entries = entriesOf(value);
      if (entries === undefined) throw wrongKind(path, value, "a map");
      const result: DataMap = new Map();
      for (const [key, entry] of entries) {
        const name = keyText(key, path);
        result.set(name, entry === null ? nothing : item.decode(entry, childPath(path, name)));
      }
      return sortMap(result);
    },
    check(value, path) {
      if (!(value instanceof Map)) throw wrongKind(path, value, "a map");
      const result: DataMap = new Map();
      for (const [key, entry] of value) {
        result.set(key, checkItem(item, entry, childPath(path, key), options.pointers));
      }
      return sortMap(result);
    },
  };
}

/** `map` in the order in which its keys are written. */
export function sortMap<T>(map: ReadonlyMap<string, T>): Map<string, T> {
  return new Map(sortUnlessSorted([...map], ([a], [b]) => compareYamlKeys(a, b)));
}

/** Sorts in place. Most of what is sorted here is in order, and sorting takes memory even then. */
function sortUnlessSorted<T>(items: T[], compare: (a: T, b: T) => number): T[] {
  for (let i = 1; i < items.length; i++) {
    const [before, after] = [items[i - 1], items[i]] as [T, T];
    if (compare(before, after) > 0) return items.sort(compare);
  }
  return items;
}

/** Keys of maps are decoded as text: whole numbers become text, others are refused. */
function keyText(key: Data, path: string): string {
  if (typeof key === "string") return key;
  if (typeof key === "bigint") return key.toString();
  if (key === null) return "";
  throw new FormError(path, `a key is ${describe(key)}, not text`);
}

export function isEmptyList(value: Data): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

export function isEmptyMap(value: Data): boolean {
  return value === null || (value instanceof Map && value.size === 0);
}
