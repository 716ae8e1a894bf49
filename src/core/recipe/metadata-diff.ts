/** What another version of a recipe says and provides differently, in words. */
import { canonicalJson, type JsonValue } from "../codec/canonical-json.js";
import { TARGETS, type Target } from "../score/project-state.js";
import { formatMetadata, type ResourceMetadata } from "./metadata.js";
import type { RecipePackage } from "./package.js";
import type { Provisioner } from "./provisioner.js";
import { parseProvisionersFile } from "./provisioners-file.js";
import { decodeText } from "./recipe-file.js";
import type { JsonSchema } from "./schema.js";

export interface MetadataChange {
  /** What it is about: a field of the metadata, a param or output of a resource type, a provisioner. */
  readonly about: "field" | "param" | "output" | "provisioner";
  readonly change: "added" | "removed" | "changed";
  /** One sentence for people. */
  readonly text: string;
}

/** @throws {RecipeError} provisioners_* where a provisioners file is none */
export function metadataChanges(from: RecipePackage, to: RecipePackage): MetadataChange[] {
  const [before, after] = [provisionersOf(from), provisionersOf(to)];
  const [servedBefore, servedAfter] = [byType(before), byType(after)];
  const types = new Set([
    ...from.metadata.resources.keys(),
    ...to.metadata.resources.keys(),
    ...servedBefore.keys(),
    ...servedAfter.keys(),
  ]);
  return [
    ...fieldChanges(from, to),
    ...provisionerChanges(before, after),
    ...[...types].flatMap((type) => {
      const [old, now] = [said(type, from, servedBefore), said(type, to, servedAfter)];
      // A type that came or went was told with its provisioners.
      if (!old.provided || !now.provided) return [];
      return [
        ...memberChanges("param", type, old.params, now.params),
        ...memberChanges("output", type, old.outputs, now.outputs),
      ];
    }),
  ];
}

const FIELDS = ["title", "description", "license", "maintainers", "links"] as const;

function fieldChanges(from: RecipePackage, to: RecipePackage): MetadataChange[] {
  const fields = ({ metadata }: RecipePackage) =>
    new Map(Object.entries(formatMetadata(metadata) as Readonly<Record<string, JsonValue>>));
  const [before, after] = [fields(from), fields(to)];
  return FIELDS.flatMap((name): MetadataChange[] => {
    const [old, now] = [before.get(name), after.get(name)];
    if (sameJson(old, now)) return [];
    const change = old === undefined ? "added" : now === undefined ? "removed" : "changed";
    return [{ about: "field", change, text: `${name} ${change}` }];
  });
}

interface TargetProvisioner {
  readonly target: Target;
  readonly provisioner: Provisioner;
}

function provisionersOf(recipe: RecipePackage): TargetProvisioner[] {
  return TARGETS.flatMap((target) =>
    recipe.files
      .filter(({ role }) => role.kind === "provisioners" && role.target === target)
      .flatMap(({ title, content }) =>
        parseProvisionersFile(decodeText(content, title), { file: title, target }),
      )
      .map((provisioner) => ({ target, provisioner })),
  );
}

function byType(all: readonly TargetProvisioner[]): Map<string, Provisioner[]> {
  const types = new Map<string, Provisioner[]>();
  for (const { provisioner } of all) {
    const known = types.get(provisioner.type) ?? [];
    types.set(provisioner.type, known);
    known.push(provisioner);
  }
  return types;
}

function provisionerChanges(
  before: readonly TargetProvisioner[],
  after: readonly TargetProvisioner[],
): MetadataChange[] {
  const [old, now] = [uris(before), uris(after)];
  const about = "provisioner" as const;
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((name): MetadataChange[] => {
    const [was, is] = [old.get(name), now.get(name)];
    if (was === undefined) return [{ about, change: "added", text: `provides ${name}` }];
    if (is === undefined) return [{ about, change: "removed", text: `no longer provides ${name}` }];
    if (was === is) return [];
    return [{ about, change: "changed", text: `${name} has the uri ${is}, it was ${was}` }];
  });
}

/** By what a provisioner serves, in words; of several that serve the same, the first counts. */
function uris(provisioners: readonly TargetProvisioner[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { target, provisioner } of provisioners) {
    const { type, class: className = "*", id = "*", uri } = provisioner;
    const name = `${type}.${className}#${id} for ${target}`;
    if (!found.has(name)) found.set(name, uri);
  }
  return found;
}

/** What is told of a param or output; its name alone where nothing is. */
interface Member {
  readonly schema?: JsonValue;
  readonly required?: boolean;
  readonly secret?: boolean;
}

interface Said {
  readonly provided: boolean;
  readonly params: ReadonlyMap<string, Member>;
  readonly outputs: ReadonlyMap<string, Member>;
}

function said(
  type: string,
  { metadata }: RecipePackage,
  provisioners: ReadonlyMap<string, readonly Provisioner[]>,
): Said {
  const resource: ResourceMetadata = metadata.resources.get(type) ?? { secretOutputs: [] };
  const serving = provisioners.get(type) ?? [];
  const supported = serving.flatMap(({ supportedParams }) => supportedParams);
  const expected = serving.flatMap(({ expectedOutputs }) => expectedOutputs);
  return {
    provided: serving.length > 0,
    params: members(resource.params, supported, []),
    outputs: members(resource.outputs, expected, resource.secretOutputs),
  };
}

function members(
  schema: JsonSchema | undefined,
  named: readonly string[],
  secret: readonly string[],
): Map<string, Member> {
  const { properties, required } = (typeof schema === "object" ? schema : {}) as Readonly<
    Record<string, JsonValue>
  >;
  const isObject = typeof properties === "object" && properties !== null;
  const schemas = new Map(isObject ? Object.entries(properties as object) : []);
  const needed = new Set(Array.isArray(required) ? required : []);
  const names = [...schemas.keys(), ...named, ...secret, ...needed];
  return new Map(
    names
      .filter((name): name is string => typeof name === "string")
      .map((name) => [
        name,
        {
          ...(schemas.has(name) ? { schema: schemas.get(name) as JsonValue } : {}),
          required: needed.has(name),
          secret: secret.includes(name),
        },
      ]),
  );
}

function memberChanges(
  about: "param" | "output",
  type: string,
  before: ReadonlyMap<string, Member>,
  after: ReadonlyMap<string, Member>,
): MetadataChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name): MetadataChange[] => {
    const [old, now] = [before.get(name), after.get(name)];
    const subject = `${about} ${name} of ${type}`;
    if (old === undefined) {
      const needed = about === "param" && now?.required ? ", which is required" : "";
      return [{ about, change: "added", text: `${subject} added${needed}` }];
    }
    if (now === undefined) return [{ about, change: "removed", text: `${subject} removed` }];
    const changes = [
      ...flagChange("required", old.required, now.required),
      ...flagChange("secret", old.secret, now.secret),
      ...(sameJson(old.schema, now.schema) ? [] : ["has another schema"]),
    ];
    if (changes.length === 0) return [];
    return [{ about, change: "changed", text: `${subject} ${changes.join(", ")}` }];
  });
}

function flagChange(word: string, before = false, after = false): string[] {
  if (before === after) return [];
  return [after ? `is ${word} now` : `is no longer ${word}`];
}

function sameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a) === canonicalJson(b);
}
