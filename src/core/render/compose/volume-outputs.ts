/**
 * What the outputs of a resource say about a volume that is mounted from it. score-compose 0.45.0
 * writes the outputs as YAML and has yaml.v3 read that into Compose's own types, so that the rules
 * are neither those of provisioners' pieces nor those of patched documents: scalars of any kind are
 * text where text is wanted, sizes are numbers, options that Compose does not know are kept.
 */
import { parseYaml } from "../../codec/yaml.js";
import { formatYaml } from "../../codec/yaml-format.js";
import { childPath } from "../../codec/yaml-path.js";
import { truncateToInt64 } from "../../gotemplate/cast.js";
import { MAX_INT64, MIN_INT64 } from "../../gotemplate/number.js";
import { type Data, type DataMap, TypedMap } from "../../gotemplate/value.js";
import { FormError, sortMap, wrongKind } from "./form.js";

/** The kinds of volumes that resources can be. */
export type VolumeType = "volume" | "tmpfs" | "bind";

/** A volume; `options` stand in the mount under the key that is the type. */
export interface VolumeOutputs {
  readonly source: string;
  readonly options?: DataMap;
}

export function isVolumeType(type: string): type is VolumeType {
  return type === "volume" || type === "tmpfs" || type === "bind";
}

/**
 * Reads the outputs of a resource whose `type` output is `type`.
 * @throws {FormError} for outputs of another name and for values that cannot be read
 */
export function readVolumeOutputs(
  type: VolumeType,
  outputs: ReadonlyMap<string, Data>,
): VolumeOutputs {
  const { value } = parseYaml(formatYaml(new Map(outputs), { likeGo: true }));
  const written: DataMap = value instanceof Map ? value : new Map();
  const known = type === "tmpfs" ? ["type", type] : ["type", "source", type];
  for (const key of written.keys()) {
    if (!known.includes(key)) throw new FormError(key, `a ${type} has no such output`);
  }
  const source = textOf(written.get("source") ?? null, "source");
  const options = written.get(type) ?? null;
  return options === null ? { source } : { source, options: readOptions(type, options) };
}

/** Undefined leaves the option out. */
type Reader = (value: Data, path: string) => Data | undefined;

const text: Reader = (value, path) => textOf(value, path) || undefined;
const flag: Reader = (value, path) => booleanOf(value, path) || undefined;
const size: Reader = (value, path) => {
  const bytes = integerOf(value, path, MIN_INT64, MAX_INT64);
  return bytes === 0n ? undefined : bytes.toString();
};
const mode: Reader = (value, path) => integerOf(value, path, 0n, 0xffff_ffffn) || undefined;
const optOut: Reader = (value, path) => (booleanOf(value, path) ? undefined : false);

/** The options in the order in which Compose writes them. */
const OPTIONS: Readonly<Record<VolumeType, Readonly<Record<string, Reader>>>> = {
  volume: { labels: labelsOf, nocopy: flag, subpath: text },
  tmpfs: { size, mode },
  bind: { selinux: text, propagation: text, create_host_path: optOut, recursive: text },
};

function readOptions(type: VolumeType, given: Data): DataMap {
  const entries = entriesOf(given, type);
  const options: DataMap = new Map();
  for (const [key, read] of Object.entries(OPTIONS[type])) {
    const option = read(entries.get(key) ?? null, childPath(type, key));
    if (option !== undefined) options.set(key, option);
    entries.delete(key);
  }
  for (const [key, value] of sortMap(entries)) options.set(key, value);
  return options;
}

function labelsOf(value: Data, path: string): Data | undefined {
  if (value === null) return undefined;
  const labels = new Map<string, Data>();
  for (const [key, item] of entriesOf(value, path))
    labels.set(key, textOf(item, childPath(path, key)));
  return labels.size === 0 ? undefined : sortMap(labels);
}

/** A map with its keys as the text that was written; a key that is null is passed over. */
function entriesOf(value: Data, path: string): DataMap {
  if (value instanceof Map) return new Map(value);
  if (!(value instanceof TypedMap)) throw wrongKind(path, value, "a map");
  const entries: DataMap = new Map();
  for (const [key, item] of value.entries ?? []) {
    if (key !== null) entries.set(textOf(key as Data, path), item as Data);
  }
  return entries;
}

/** The text of any scalar as it was written; "" for null. */
function textOf(value: Data, path: string): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value) || value instanceof Map || value instanceof TypedMap) {
    throw wrongKind(path, value, "text");
  }
  return formatYaml(value).trimEnd();
}

/** The words of YAML 1.1, as yaml.v3 takes them for a field that is a boolean. */
const TRUE_WORDS = new Set(["y", "Y", "yes", "Yes", "YES", "on", "On", "ON"]);
const FALSE_WORDS = new Set(["n", "N", "no", "No", "NO", "off", "Off", "OFF"]);

function booleanOf(value: Data, path: string): boolean {
  if (value === null) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "string" && TRUE_WORDS.has(value)) return true;
  if (typeof value === "string" && FALSE_WORDS.has(value)) return false;
  throw wrongKind(path, value, "a boolean");
}

/** A whole number; floats lose their fraction. */
function integerOf(value: Data, path: string, min: bigint, max: bigint): bigint {
  if (value === null) return 0n;
  const isNumber = typeof value === "number" && !Number.isNaN(value) && value <= 2 ** 63;
  const number = isNumber ? truncateToInt64(value) : value;
  if (typeof number !== "bigint") throw wrongKind(path, value, "a whole number");
  if (number < min || number > max) throw new FormError(path, `${number} is out of range`);
  return number;
}
