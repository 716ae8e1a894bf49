/**
 * The kinds of the Kubernetes API, read from the generated table (model-table.ts). A line is
 * `apiVersion package Kind Kind:struct …`: the struct of a kind is `package.Kind` where none is
 * named. A `*` behind the apiVersion marks those that score-k8s knows. The line of `*` has the kinds
 * that every apiVersion has, that of `?` those that Kubernetes' decoder knows in any apiVersion, also
 * in those that it does not know.
 */
import { nameDistance } from "../../recipe/edit-distance.js";
import { KINDS } from "./model-table.js";

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

export type BuiltInKind =
  /** The struct's name in the model. */
  | { readonly is: "struct"; readonly struct: string }
  /** The group is Kubernetes' own, but it has no such kind in this version. */
  | { readonly is: "unknown" }
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
  // No cluster has a group with capitals: it is one of these, misspelt.
  const isOwn = table().groups.has(groupOf(apiVersion).toLowerCase());
  return { is: isOwn ? "unknown" : "custom" };
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
  /** Of all kinds. */
  readonly names: ReadonlySet<string>;
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
  const names = [...versions.values()].flatMap(({ structs }) => [...structs.keys()]);
  const groups = new Set([...versions.keys()].map(groupOf));
  return { versions, shared, unversioned, groups, names: new Set(names) };
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

/**
 * What may be meant by a kind that is unknown, nearest first, at most three: of the kinds with the
 * nearest names that of the same version, or else the stable ones, or else all.
 */
export function nearKinds({ apiVersion, kind }: Kind): Kind[] {
  const names = nearestNames(kind);
  const near: (Kind & Rank)[] = [];
  for (const [itsVersion, { structs }] of table().versions) {
    const rank = versionRank(itsVersion, apiVersion);
    for (const name of names) {
      if (structs.has(name)) near.push({ apiVersion: itsVersion, kind: name, ...rank });
    }
  }
  near.sort((a, b) => a.tier - b.tier || a.distance - b.distance);
  return near
    .filter(({ tier }) => tier === near[0]?.tier)
    .slice(0, MAX_NEAR)
    .map((one) => ({ apiVersion: one.apiVersion, kind: one.kind }));
}

function nearestNames(kind: string): string[] {
  let names: string[] = [];
  let shortest = Number.POSITIVE_INFINITY;
  for (const name of table().names) {
    const distance = nameDistance(name, kind);
    if (distance === undefined || distance > shortest) continue;
    if (distance < shortest) names = [];
    shortest = distance;
    names.push(name);
  }
  return names;
}

interface Rank {
  /** 0 is the version itself, 1 are stable ones, 2 the others. */
  readonly tier: number;
  /** The same group first, then the newest. */
  readonly distance: number;
}

function versionRank(apiVersion: string, wanted: string): Rank {
  const [, major = "0", level = "", minor = "0"] = /v(\d+)([a-z]*)(\d*)$/.exec(apiVersion) ?? [];
  const isStable = level === "";
  const older = 9 - Math.min(9, Number(isStable ? major : minor));
  const isSameGroup = groupOf(apiVersion) === groupOf(wanted).toLowerCase();
  return {
    tier: apiVersion === wanted ? 0 : isStable ? 1 : 2,
    distance: (isSameGroup ? 0 : 50) + (level === "alpha" ? 10 : 0) + older,
  };
}
