/**
 * What a recipe says of itself: `recipe.yaml` in its folder, the same as JSON in the config blob of
 * a version. Both are read by one strict reader; `recipe.yaml` is authored, so its faults carry
 * line and column.
 *
 *     name: dapr/redis-state-store        namespace/name
 *     version: 1.0.0
 *     title: …                            description, license (SPDX) likewise; all optional
 *     maintainers: [{name, email?, url?}]
 *     links: [{title, url}]
 *     resources:
 *       dapr-state-store:                 by resource type
 *         params: {…}                     JSON Schema of all params together
 *         outputs: {…}                    JSON Schema of all outputs together
 *         secretOutputs: [password]
 */
import type { JsonValue } from "../codec/canonical-json.js";
import { parseRecipeName } from "./names.js";
import type { Provisioner } from "./provisioner.js";
import { checkJsonSchema, type JsonSchema } from "./schema.js";
import {
  type JsonProblem,
  optional,
  refuseWhere,
  StrictObject,
  type TextRule,
} from "./strict-json.js";
import {
  inspectStrictJson,
  inspectStrictYaml,
  readStrictJson,
  type StrictDocument,
} from "./strict-yaml.js";
import { checkVersion } from "./version.js";

export interface RecipeMetadata {
  /** `namespace/name` */
  readonly name: string;
  /** SemVer without build metadata. */
  readonly version: string;
  readonly title?: string;
  readonly description?: string;
  /** SPDX licence expression. */
  readonly license?: string;
  readonly maintainers: readonly Maintainer[];
  readonly links: readonly Link[];
  /** By resource type. */
  readonly resources: ReadonlyMap<string, ResourceMetadata>;
}

interface Maintainer {
  readonly name: string;
  readonly email?: string;
  readonly url?: string;
}

interface Link {
  readonly title: string;
  readonly url: string;
}

/** What a recipe says of one resource type. */
export interface ResourceMetadata {
  /** JSON Schema (2020-12) of the params. */
  readonly params?: JsonSchema;
  /** JSON Schema (2020-12) of the outputs. */
  readonly outputs?: JsonSchema;
  /** Names of the outputs that are secret. */
  readonly secretOutputs: readonly string[];
}

/** What a caller may say instead of, or on top of, `recipe.yaml`. */
export interface MetadataOverrides {
  readonly name?: string;
  readonly version?: string;
}

const MAX_PEOPLE = 50;
const MAX_RESOURCE_TYPES = 100;
const MAX_SECRET_OUTPUTS = 100;

/** Reads `recipe.yaml` and finds everything that is wrong with it, by line and column. */
export function inspectRecipeYaml(
  yamlText: string,
  options: { readonly file: string; readonly overrides?: MetadataOverrides },
): StrictDocument<RecipeMetadata> {
  const { file, overrides = {} } = options;
  return inspectStrictYaml(yamlText, { file, code: "recipe_metadata" }, (value, problems) =>
    readMetadata(withOverrides(value, overrides), problems),
  );
}

/** Reads the JSON form, as `formatMetadata` writes it, and finds everything that is wrong with it. */
export function inspectMetadataJson(value: JsonValue): StrictDocument<RecipeMetadata> {
  return inspectStrictJson(value, METADATA_JSON, readMetadata);
}

/**
 * Reads the JSON form, as `formatMetadata` writes it.
 * @throws {RecipeError} recipe_metadata
 */
export function parseMetadataJson(value: JsonValue): RecipeMetadata {
  return readStrictJson(value, METADATA_JSON, readMetadata);
}

const METADATA_JSON = { file: "the recipe's metadata", code: "recipe_metadata" } as const;

/** `provisioner` with what the recipe says of the type that it serves. */
export function withMetadata<P extends Provisioner>(
  provisioner: P,
  resource: ResourceMetadata | undefined,
): P {
  if (resource === undefined) return provisioner;
  const { params, outputs, secretOutputs } = resource;
  const schemas = { ...optional("params", params), ...optional("outputs", outputs) };
  return {
    ...provisioner,
    ...(secretOutputs.length === 0 ? {} : { secretOutputs: new Set(secretOutputs) }),
    ...(Object.keys(schemas).length === 0 ? {} : { schemas }),
  };
}

/** The JSON form: what is absent or empty is left out. */
export function formatMetadata(metadata: RecipeMetadata): JsonValue {
  const { name, version, title, description, license, maintainers, links, resources } = metadata;
  return {
    name,
    version,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(license === undefined ? {} : { license }),
    ...(maintainers.length === 0 ? {} : { maintainers: maintainers.map((one) => ({ ...one })) }),
    ...(links.length === 0 ? {} : { links: links.map((one) => ({ ...one })) }),
    ...(resources.size === 0
      ? {}
      : {
          resources: Object.fromEntries(
            [...resources].map(([type, resource]) => [type, formatResource(resource)]),
          ),
        }),
  };
}

function formatResource({ params, outputs, secretOutputs }: ResourceMetadata): JsonValue {
  return {
    ...(params === undefined ? {} : { params }),
    ...(outputs === undefined ? {} : { outputs }),
    ...(secretOutputs.length === 0 ? {} : { secretOutputs }),
  };
}

function withOverrides(value: JsonValue, overrides: MetadataOverrides): JsonValue {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return { ...value, ...overrides };
}

function readMetadata(value: JsonValue, problems: JsonProblem[]): RecipeMetadata {
  const fields = new StrictObject(value, [], problems);
  const metadata: RecipeMetadata = {
    name: fields.text("name", { refuse: refuseWhere(parseRecipeName) }),
    version: fields.text("version", { refuse: refuseWhere(checkVersion) }),
    ...optional("title", fields.optionalText("title", line(100))),
    ...optional("description", fields.optionalText("description", PROSE)),
    ...optional("license", fields.optionalText("license", LICENSE)),
    maintainers: fields.objects("maintainers", MAX_PEOPLE).map(readMaintainer),
    links: fields.objects("links", MAX_PEOPLE).map(readLink),
    resources: readResources(fields.object("resources"), problems),
  };
  fields.done();
  return metadata;
}

function readMaintainer(fields: StrictObject): Maintainer {
  const maintainer = {
    name: fields.text("name", line(100)),
    ...optional("email", fields.optionalText("email", EMAIL)),
    ...optional("url", fields.optionalText("url", WEB_URL)),
  };
  fields.done();
  return maintainer;
}

function readLink(fields: StrictObject): Link {
  const link = { title: fields.text("title", line(100)), url: fields.text("url", WEB_URL) };
  fields.done();
  return link;
}

function readResources(
  fields: StrictObject | undefined,
  problems: JsonProblem[],
): Map<string, ResourceMetadata> {
  const resources = new Map<string, ResourceMetadata>();
  if (fields === undefined) return resources;
  const types = fields.keys();
  if (types.length > MAX_RESOURCE_TYPES) {
    fields.fault([], `has more than ${MAX_RESOURCE_TYPES} resource types`);
    return resources;
  }
  for (const type of types) {
    const fault = refuseCharacters(type, "");
    if (fault !== undefined) fields.fault([type], fault);
    const resource = fields.object(type);
    if (resource === undefined) continue;
    resources.set(type, {
      ...optional("params", readSchema(resource, "params", problems)),
      ...optional("outputs", readSchema(resource, "outputs", problems)),
      secretOutputs: resource.texts("secretOutputs", MAX_SECRET_OUTPUTS, line(200)),
    });
    resource.done();
  }
  return resources;
}

function readSchema(
  fields: StrictObject,
  key: string,
  problems: JsonProblem[],
): JsonSchema | undefined {
  const schema = fields.raw(key);
  if (schema === undefined) return undefined;
  const found = checkJsonSchema(schema);
  for (const { path, message } of found) {
    problems.push({ path: [...fields.path, key, ...path], message });
  }
  return found.length === 0 ? (schema as JsonSchema) : undefined;
}

const LICENSE: TextRule = {
  maxLength: 200,
  refuse: (text) =>
    /^[A-Za-z0-9.+:() -]+$/.test(text) ? undefined : "must be an SPDX licence expression",
};

const EMAIL: TextRule = {
  maxLength: 254,
  refuse: (text) => (/^[^\s@<>]+@[^\s@<>]+$/.test(text) ? undefined : "must be an e-mail address"),
};

/** Only the web: `javascript:` and friends would run where a page shows the link. */
const WEB_URL: TextRule = {
  maxLength: 500,
  refuse: (text) =>
    /^https?:\/\/[\x21-\x7e]+$/.test(text) && URL.canParse(text)
      ? undefined
      : "must be an http(s) URL",
};

const PROSE: TextRule = { maxLength: 4000, refuse: (text) => refuseCharacters(text, "\n\t") };

function line(maxLength: number): TextRule {
  return {
    maxLength,
    refuse: (text) => (text.trim() === "" ? "must not be blank" : refuseCharacters(text, "")),
  };
}

/** Control characters, and those that turn the direction of text, can make it read as other text. */
function refuseCharacters(text: string, allowed: string): string | undefined {
  const bad = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu;
  const found = text.match(bad)?.find((char) => !allowed.includes(char));
  if (found === undefined) return undefined;
  return `holds the character U+${found.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`;
}
