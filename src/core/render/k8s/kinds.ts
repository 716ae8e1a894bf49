/**
 * The kinds of the Kubernetes API, read from the generated table (model-table.ts). A line is
 * `apiVersion package Kind Kind:struct …`: the struct of a kind is `package.Kind` where none is
 * named. A `*` behind the apiVersion marks those that score-k8s knows. The line of `*` has the kinds
 * that every apiVersion has, that of `?` those that Kubernetes' decoder knows in any apiVersion, also
 * in those that it does not know.
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
  const { versions, unversioned } = table();
  const isKnown = versions.get(apiVersion)?.isOfPeer;
  return (isKnown ? structOf(apiVersion, kind) : undefined) ?? unversioned.get(kind);
}

/** What a kind is to Kubernetes itself: its own, unknown in a group of its own, or custom. */
export function builtInKind(apiVersion: string, kind: string): BuiltInKind {
  const struct = structOf(apiVersion, kind);
  if (struct !== undefined) return { is: "struct", struct };
  if (!table().groups.has(groupOf(apiVersion))) return { is: "custom" };
  return { is: "unknown", near: nearKinds(apiVersion, kind) };
}

/** Every kind of Kubernetes' own, in each of its versions. */
export function allKinds(): Kind[] {
  const { versions, shared } = table();
  return [...versions].flatMap(([apiVersion, { structs }]) =>
    [...structs.keys(), ...shared.keys()].map((kind) => ({ apiVersion, kind })),
  );
}

function structOf(apiVersion: string, kind: string): string | undefined {
  const { versions, shared } = table();
  const version = versions.get(apiVersion);
  return version && (version.structs.get(kind) ?? shared.get(kind));
}

interface Version {
  readonly isOfPeer: boolean;
  /** By kind. */
  readonly structs: ReadonlyMap<string, string>;
}

interface KindTable {
  readonly versions: ReadonlyMap<string, Version>;
  /** The structs of the kinds that every apiVersion has. */
  readonly shared: ReadonlyMap<string, string>;
  readonly unversioned: ReadonlyMap<string, string>;
  readonly groups: ReadonlySet<string>;
}

let parsed: KindTable | undefined;

function table(): KindTable {
  parsed ??= parseKinds(KINDS);
  return parsed;
}

const MARK = "*";
const UNVERSIONED = "?";

function parseKinds(text: string): KindTable {
  const versions = new Map<string, Version>();
  let shared: ReadonlyMap<string, string> = new Map();
  let unversioned: ReadonlyMap<string, string> = new Map();
  for (const line of text.trim().split("\n")) {
    const [name = "", packageName = "", ...words] = line.split(" ");
    const structs = new Map(words.map((word) => parseKind(packageName, word)));
    if (name === MARK) shared = structs;
    else if (name === UNVERSIONED) unversioned = structs;
    else {
      const isOfPeer = name.endsWith(MARK);
      versions.set(isOfPeer ? name.slice(0, -MARK.length) : name, { isOfPeer, structs });
    }
  }
  return { versions, shared, unversioned, groups: new Set([...versions.keys()].map(groupOf)) };
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
  for (const [itsVersion, { structs }] of table().versions) {
    const version = versionRank(itsVersion, apiVersion);
    for (const itsKind of structs.keys()) {
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
