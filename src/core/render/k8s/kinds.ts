/**
 * The kinds of the Kubernetes API, read from the generated table (model-table.ts). A line is
 * `apiVersion package Kind Kind:struct …`: the struct of a kind is `package.Kind` where none is
 * named. A `*` behind the apiVersion marks those that score-k8s knows; the line of `*` has the
 * kinds that every apiVersion has.
 */
import { editDistance } from "../../recipe/edit-distance.js";
import { KINDS } from "./model-table.js";

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

export type BuiltInKind =
  /** The struct's name in the model. */
  | { readonly is: "struct"; readonly struct: string }
  /** The group is Kubernetes' own, but it has no such kind in this version; `near` is at most three. */
  | { readonly is: "unknown"; readonly near: readonly Kind[] }
  | { readonly is: "custom" };

/** The struct of a kind that score-k8s knows; undefined for all others. */
export function kindStruct(apiVersion: string, kind: string): string | undefined {
  const known = table().versions.get(apiVersion);
  return known?.isOfPeer ? known.structs.get(kind) : undefined;
}

/** What a kind is to Kubernetes itself: its own, unknown in a group of its own, or custom. */
export function builtInKind(apiVersion: string, kind: string): BuiltInKind {
  const struct = table().versions.get(apiVersion)?.structs.get(kind);
  if (struct !== undefined) return { is: "struct", struct };
  if (!table().groups.has(groupOf(apiVersion))) return { is: "custom" };
  return { is: "unknown", near: nearKinds(apiVersion, kind) };
}

interface Version {
  readonly isOfPeer: boolean;
  /** By kind, with those that every apiVersion has. */
  readonly structs: ReadonlyMap<string, string>;
  /** The kinds of this apiVersion alone. */
  readonly ownKinds: readonly string[];
}

interface KindTable {
  readonly versions: ReadonlyMap<string, Version>;
  readonly groups: ReadonlySet<string>;
}

let parsed: KindTable | undefined;

function table(): KindTable {
  parsed ??= parseKinds(KINDS);
  return parsed;
}

const MARK = "*";

function parseKinds(text: string): KindTable {
  const versions = new Map<string, Version>();
  let shared: ReadonlyMap<string, string> = new Map();
  for (const line of text.trim().split("\n")) {
    const [name = "", packageName = "", ...words] = line.split(" ");
    const own = new Map(words.map((word) => parseKind(packageName, word)));
    if (name === MARK) {
      shared = own;
      continue;
    }
    const isOfPeer = name.endsWith(MARK);
    versions.set(isOfPeer ? name.slice(0, -MARK.length) : name, {
      isOfPeer,
      structs: new Map([...shared, ...own]),
      ownKinds: [...own.keys()],
    });
  }
  return { versions, groups: new Set([...versions.keys()].map(groupOf)) };
}

function parseKind(packageName: string, word: string): [string, string] {
  const [kind = "", struct = `${packageName}.${kind}`] = word.split(":");
  return [kind, struct];
}

/** The part before the version; "" is the core group. */
function groupOf(apiVersion: string): string {
  return apiVersion.slice(0, Math.max(0, apiVersion.indexOf("/")));
}

const MAX_NEAR = 3;

/** Of the kinds with the nearest names those in the nearest versions. */
function nearKinds(apiVersion: string, kind: string): Kind[] {
  const alike: { kind: Kind; distance: number; version: number }[] = [];
  for (const [itsVersion, { ownKinds }] of table().versions) {
    const version = versionRank(itsVersion, apiVersion);
    for (const itsKind of ownKinds) {
      const distance = kindDistance(itsKind, kind);
      if (distance === undefined) continue;
      alike.push({ kind: { apiVersion: itsVersion, kind: itsKind }, distance, version });
    }
  }
  const shortest = Math.min(...alike.map(({ distance }) => distance));
  const nearest = alike.filter(({ distance }) => distance === shortest);
  nearest.sort((a, b) => a.version - b.version);
  return nearest.slice(0, MAX_NEAR).map((near) => near.kind);
}

/** Undefined for names that are not alike. */
function kindDistance(name: string, wanted: string): number | undefined {
  const distance = editDistance(name.toLowerCase(), wanted.toLowerCase());
  return distance <= Math.max(1, Math.floor(wanted.length / 4)) ? distance : undefined;
}

/** The same version first, then the same group, then the others; within a group stable versions first. */
function versionRank(apiVersion: string, wanted: string): number {
  if (apiVersion === wanted) return 0;
  const [, major = "0", level = "", minor = "0"] = /v(\d+)([a-z]*)(\d*)$/.exec(apiVersion) ?? [];
  const unstable = level === "" ? 0 : level === "beta" ? 10 : 20;
  const older = 9 - Math.min(9, Number(level === "" ? major : minor));
  return (groupOf(apiVersion) === groupOf(wanted) ? 1 : 50) + unstable + older;
}
