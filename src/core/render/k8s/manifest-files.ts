/**
 * One YAML file for each manifest instead of one document of all, named `KIND-NAME.yaml` in lower
 * case. Of two that would be called alike the later one also gets its namespace and group, where
 * these differ, and then a number. Names are ASCII, below 255 bytes, and unique where a file system
 * folds case. `kubectl apply -f FOLDER` takes files in the order of their names: what others need
 * before they can be begins with `0-`, everything else with a letter.
 */
import { sha256Digest } from "../../codec/digest.js";
import { formatYaml } from "../../codec/yaml-format.js";
import type { Data } from "../../gotemplate/value.js";

/** Where the files of a render lie, relative to where its document would. */
export const MANIFESTS_FOLDER = "manifests";

export interface ManifestFile {
  /** A bare file name. */
  readonly path: string;
  /** What the one document has between two `---` lines. */
  readonly text: string;
}

const FIRST_KINDS: ReadonlySet<string> = new Set(["namespace", "customresourcedefinition"]);
/** Numbers and the ending come behind it. */
const MAX_STEM_LENGTH = 200;
/** More than a legal name, kind, namespace or group has. */
const MAX_READ_LENGTH = 300;
const DIGEST_LENGTH = 10;

/** What a name can be made of; the empty text stands for what is missing. */
interface Identity {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly group: string;
}

/**
 * The files for `documents`, in their order. A name depends on its own manifest and those before it
 * alone; a manifest whose plain name no other file has changes no other name.
 */
export function manifestFiles(documents: readonly Data[]): ManifestFile[] {
  const names = new Names();
  return documents.map((document) => ({
    path: `${names.give(identify(document))}.yaml`,
    text: formatYaml(document, { likeGo: true }),
  }));
}

/** The whole file: a line that names it, by which `isMarked` knows it again, then the manifest. */
export function markedText({ path, text }: ManifestFile): string {
  return `${mark(path)}: the next render overwrites or deletes it\n${text}`;
}

/** Whether the file at `path` that begins with `head` was written from `markedText`; a copy under another name was not. */
export function isMarked(path: string, head: string): boolean {
  return head.startsWith(`${mark(path)}:`);
}

function mark(path: string): string {
  return `# ${path}, written by backbar`;
}

class Names {
  readonly #given = new Map<string, { readonly first: Identity; count: number }>();

  give(identity: Identity): string {
    const { namespace, group } = identity;
    const same = this.#given.get(stemOf(identity, []));
    const stem = stemOf(identity, [
      same === undefined || namespace === same.first.namespace ? "" : namespace,
      same === undefined || group === same.first.group ? "" : group,
    ]);
    const given = this.#given.get(stem);
    if (given === undefined) {
      this.#given.set(stem, { first: identity, count: 1 });
      return stem;
    }
    given.count++;
    return `${stem}${countMark(given.count)}`;
  }
}

/**
 * No stem has a `_`, and it sorts behind the dot and behind digits: of one object that is there
 * several times the later manifest is applied later, as in one document. So 10 has one more than 9.
 */
function countMark(count: number): string {
  const digits = String(count);
  return "_".repeat(digits.length) + digits;
}

function identify(document: Data): Identity {
  const manifest = document instanceof Map ? document : undefined;
  const metadata = manifest?.get("metadata");
  const inMetadata = (key: string) => (metadata instanceof Map ? metadata.get(key) : undefined);
  const apiVersion = manifest?.get("apiVersion");
  const [group = "", ...version] = typeof apiVersion === "string" ? apiVersion.split("/") : [];
  return {
    kind: plainText(manifest?.get("kind")),
    name: plainText(inMetadata("name")),
    namespace: plainText(inMetadata("namespace")),
    group: version.length === 0 ? "" : plainText(group),
  };
}

/** Small letters, digits, `.` and `-`, with a letter or digit at both ends; anything else becomes `-`. */
function plainText(value: Data | undefined): string {
  if (typeof value !== "string") return "";
  const words = cut(value, MAX_READ_LENGTH)
    .toLowerCase()
    .match(/[a-z0-9]+(?:[.-]+[a-z0-9]+)*/g);
  return (words ?? []).join("-");
}

function stemOf({ kind, name }: Identity, qualifiers: readonly string[]): string {
  const parts = [firstWord(kind), name === "" ? "unnamed" : name, ...qualifiers];
  return cut(parts.filter((part) => part !== "").join("-"), MAX_STEM_LENGTH);
}

function firstWord(kind: string): string {
  // Windows has devices in every folder: whatever is called `con` up to its first dot is one.
  const word = kind.replaceAll(".", "-");
  if (FIRST_KINDS.has(word)) return `0-${word}`;
  if (word === "") return "manifest";
  return /^[a-z]/.test(word) ? word : `manifest-${word}`;
}

/** `text`, or where it is longer than `length` its beginning and a digest of all of it. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const digest = sha256Digest(text).slice(-DIGEST_LENGTH);
  return `${text.slice(0, length - DIGEST_LENGTH - 1)}-${digest}`;
}
