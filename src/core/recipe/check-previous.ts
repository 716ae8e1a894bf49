/**
 * What a version may not do to those who use the previous one: change a `uri`, by which stored states
 * know a provisioner; drop an output that workloads read; ask for a param that they do not give. The
 * last two are a new major version's right (SemVer 2.0.0 §8; below 1.0.0 a new minor's).
 */
import semver from "semver";
import type { Place, Problem } from "../../errors.js";
import { TARGETS, type Target } from "../score/project-state.js";
import type { RecipeMetadata } from "./metadata.js";
import type { RecipePackage } from "./package.js";
import type { Provisioner } from "./provisioner.js";
import { coveringKeys, identityKey } from "./provisioner-identity.js";
import { readProvisionersFile } from "./provisioners-file.js";
import type { JsonSchema } from "./schema.js";
import type { JsonPath } from "./strict-json.js";

export type ProvisionersByTarget = ReadonlyMap<Target, readonly Provisioner[]>;

/** What users of a version rely on. */
export interface PreviousVersion {
  readonly version: string;
  readonly provisioners: ProvisionersByTarget;
  readonly resources: RecipeMetadata["resources"];
}

/** What a version under check has in its place. */
export interface NextVersion {
  readonly metadata: RecipeMetadata;
  readonly provisioners: ProvisionersByTarget;
  /** The place of a path into the metadata. */
  readonly locate: (path: JsonPath) => Place;
  /** Targets whose provisioners could not all be read; nothing is said of what they lack. */
  readonly unread: ReadonlySet<Target>;
}

/** What users rely on in a version that is published. */
export function previousVersionOf({ metadata, files }: RecipePackage): PreviousVersion {
  const provisioners = new Map<Target, readonly Provisioner[]>();
  for (const { role, title, content } of files) {
    if (role.kind !== "provisioners") continue;
    const options = { file: title, target: role.target };
    const text = new TextDecoder().decode(content);
    provisioners.set(role.target, readProvisionersFile(text, options).provisioners);
  }
  return { version: metadata.version, provisioners, resources: metadata.resources };
}

/** The provisioners whose `uri` is another than before: resources that they serve would lose their state. */
export function findChangedUris(previous: PreviousVersion, next: NextVersion): Problem[] {
  return TARGETS.flatMap((target) => {
    const before = firstByIdentity(previous.provisioners.get(target));
    return [...firstByIdentity(next.provisioners.get(target))].flatMap(([identity, one]) => {
      const old = before.get(identity)?.uri;
      if (old === undefined || old === one.uri) return [];
      const message = `${nameOf(one)} has the uri ${one.uri}, and ${old} in ${previous.version}: resources that it serves would lose their state`;
      const place: Place = { file: one.file, line: one.line, path: "uri" };
      const hint = "keep the uri, or publish with force to change it";
      return [{ code: "recipe_uri_changed", message, place, hint }];
    });
  });
}

/** Dropped outputs and newly required params, where `next` is a version that `^previous` takes. */
export function findBrokenPromises(previous: PreviousVersion, next: NextVersion): Problem[] {
  const taken = semver.satisfies(next.metadata.version, `^${previous.version}`, {
    includePrerelease: true,
  });
  if (!taken) return [];
  const read = TARGETS.filter((target) => !next.unread.has(target));
  const dropped = read.flatMap((target) => findDroppedOutputs(previous, next, target));
  if (next.unread.size > 0) return dropped;
  const outputs = outputsByType(next);
  const changed = [...typesOf(previous)].flatMap((type) => {
    const listed = outputs.get(type);
    return listed === undefined ? [] : findChangedSchemas(previous, next, type, listed);
  });
  return [...dropped, ...changed];
}

function findDroppedOutputs(
  previous: PreviousVersion,
  next: NextVersion,
  target: Target,
): Problem[] {
  const now = firstByIdentity(next.provisioners.get(target));
  return [...firstByIdentity(previous.provisioners.get(target)).values()].flatMap((old) => {
    const one = findSuccessor(old, now);
    const file = `${target}.provisioners.yaml`;
    const place: Place = one === undefined ? { file } : { file, line: one.line };
    const gone = one === undefined ? undefined : new Set(one.expectedOutputs);
    const outputs = old.expectedOutputs.filter((name) => !gone?.has(name));
    if (gone !== undefined && outputs.length === 0) return [];
    const dropped = outputs.length === 0 ? "" : ` with ${listNames("output", outputs)}`;
    const message =
      gone === undefined
        ? `${nameOf(old)} of ${previous.version} is gone${dropped}`
        : `${nameOf(old)} lacks ${listNames("output", outputs)} of ${previous.version}`;
    return [{ code: "recipe_output_dropped", message, place, hint: keepHint(previous) }];
  });
}

/** The one of the same type, class and id, or the first that serves all that `old` does. */
function findSuccessor(
  old: Provisioner,
  now: ReadonlyMap<string, Provisioner>,
): Provisioner | undefined {
  const [own, ...wider] = coveringKeys(old).map((key) => now.get(key));
  const serving = wider.filter((one) => one !== undefined);
  return own ?? serving.sort((a, b) => a.line - b.line)[0];
}

/** The outputs that the provisioners of each type list. */
function outputsByType({ provisioners }: NextVersion): Map<string, Set<string>> {
  const outputs = new Map<string, Set<string>>();
  for (const { type, expectedOutputs } of [...provisioners.values()].flat()) {
    const known = outputs.get(type) ?? new Set();
    outputs.set(type, known);
    for (const name of expectedOutputs) known.add(name);
  }
  return outputs;
}

/** What the schemas of a type promised and asked for, and what they do now. */
function findChangedSchemas(
  previous: PreviousVersion,
  next: NextVersion,
  type: string,
  listed: ReadonlySet<string>,
): Problem[] {
  const old = previous.resources.get(type);
  const now = next.metadata.resources.get(type);
  const known = new Set([...listed, ...propertiesOf(now?.outputs), ...requiredOf(now?.outputs)]);
  const promised = new Set(now?.outputs === undefined ? listed : requiredOf(now.outputs));
  const dropped = new Set([
    ...propertiesOf(old?.outputs).filter((name) => !known.has(name)),
    ...requiredOf(old?.outputs).filter((name) => !promised.has(name)),
  ]);
  const asked = new Set(requiredOf(old?.params));
  const added = requiredOf(now?.params).filter((name) => !asked.has(name));
  const { version } = previous;
  const at = (key: "outputs" | "params") => next.locate(["resources", type, key]);
  return [
    ...[...dropped].map((name) => ({
      code: "recipe_output_dropped",
      message: `the outputs of ${type} lack ${name}, which ${version} promised`,
      place: at("outputs"),
      hint: keepHint(previous),
    })),
    ...added.map((name) => ({
      code: "recipe_param_required",
      message: `${type} requires the param ${name}, which ${version} did not`,
      place: at("params"),
      hint: `leave it optional with a default, or publish as ${nextBreaking(version)}`,
    })),
  ];
}

function typesOf({ provisioners }: PreviousVersion): Set<string> {
  return new Set([...provisioners.values()].flat().map(({ type }) => type));
}

function firstByIdentity(all: readonly Provisioner[] = []): Map<string, Provisioner> {
  const first = new Map<string, Provisioner>();
  for (const one of all) {
    const key = identityKey(one);
    if (!first.has(key)) first.set(key, one);
  }
  return first;
}

function nameOf({ type, class: className, id }: Provisioner): string {
  return `the provisioner of ${type}.${className ?? "*"}#${id ?? "*"}`;
}

function listNames(noun: string, names: readonly string[]): string {
  return `the ${noun}${names.length === 1 ? "" : "s"} ${names.join(", ")}`;
}

function keepHint({ version }: PreviousVersion): string {
  return `keep it, or publish as ${nextBreaking(version)}`;
}

/** The lowest release that `^version` does not take. */
function nextBreaking(version: string): string {
  const { major, minor, patch } = new semver.SemVer(version);
  if (major > 0) return `${major + 1}.0.0`;
  return minor > 0 ? `0.${minor + 1}.0` : `0.0.${patch + 1}`;
}

function propertiesOf(schema: JsonSchema | undefined): string[] {
  const properties = memberOf(schema, "properties");
  return typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
}

function requiredOf(schema: JsonSchema | undefined): string[] {
  const required = memberOf(schema, "required");
  return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
}

function memberOf(schema: JsonSchema | undefined, key: string): unknown {
  if (typeof schema !== "object" || schema === null) return undefined;
  return Object.hasOwn(schema, key)
    ? (schema as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
