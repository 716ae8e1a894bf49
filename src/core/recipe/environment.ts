/**
 * The definition of an environment: the ordered list of its entries, and its rules. It is JSON;
 * a file in YAML says the same.
 *
 *     entries:
 *       - recipe: dapr/redis-state-store
 *         range: ^1.0.0                  a SemVer range or an exact version
 *         type: dapr-state-store         type, class, id, target narrow the entry; all optional
 *         class: actors
 *         patches: false                 whether its patch templates apply; true if absent
 *     rules:
 *       prereleases: true                ranges may pick prereleases; false if absent
 *       namespaces: [dapr]               recipes come from these only; absent: from any
 *       signatures: 1                    versions have signatures by so many different keys
 */
import { canonicalJson, type JsonValue } from "../codec/canonical-json.js";
import { sha256Digest } from "../codec/digest.js";
import { TARGETS, type Target } from "../score/project-state.js";
import { checkNamespace, parseRecipeName } from "./names.js";
import { checkRange } from "./ranges.js";
import { type JsonProblem, optional, refuseWhere, StrictObject } from "./strict-json.js";
import { readStrictJson, readStrictYaml } from "./strict-yaml.js";

export interface EnvironmentDefinition {
  readonly title?: string;
  readonly description?: string;
  readonly entries: readonly EnvironmentEntry[];
  readonly rules: EnvironmentRules;
}

/** Which part of a recipe an entry takes; what is absent does not narrow. */
export interface Narrowing {
  readonly type?: string;
  readonly class?: string;
  readonly id?: string;
  readonly target?: Target;
}

export interface EnvironmentEntry extends Narrowing {
  /** `namespace/name` */
  readonly recipe: string;
  readonly range: string;
  /** Whether the recipe's patch templates apply. */
  readonly patches: boolean;
}

export interface EnvironmentRules {
  readonly prereleases: boolean;
  /** Undefined: recipes of every namespace. */
  readonly namespaces?: readonly string[];
  /** How many different keys must have signed a version; at least 1. */
  readonly signatures: number;
}

export const MAX_ENTRIES = 200;
const MAX_NAMESPACES = 100;
const MAX_SIGNATURES = 10;

/**
 * Reads a definition from JSON.
 * @throws {RecipeError} environment_definition, with every fault in `problems`
 */
export function parseEnvironment(value: JsonValue): EnvironmentDefinition {
  return readStrictJson(
    value,
    { file: "the environment", code: "environment_definition" },
    readDefinition,
  );
}

/**
 * Reads a definition from YAML (or JSON text, which is YAML too).
 * @throws {RecipeError} environment_definition, with line and column in `problems`
 */
export function parseEnvironmentYaml(
  text: string,
  options: { readonly file: string },
): EnvironmentDefinition {
  const source = { file: options.file, code: "environment_definition" } as const;
  return readStrictYaml(text, source, readDefinition);
}

/** The JSON form, complete: defaults are written out. */
export function formatEnvironment(definition: EnvironmentDefinition): JsonValue {
  const { title, description, entries, rules } = definition;
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    entries: entries.map((entry) => ({ ...entry })),
    rules: formatRules(rules),
  };
}

/** Digest of the canonical JSON of the whole definition, rules included. */
export function definitionDigest(definition: EnvironmentDefinition): string {
  return sha256Digest(canonicalJson(formatEnvironment(definition)));
}

/** Digest of the canonical JSON of the rules alone. */
export function rulesDigest(rules: EnvironmentRules): string {
  return sha256Digest(canonicalJson(formatRules(rules)));
}

function formatRules({ prereleases, namespaces, signatures }: EnvironmentRules): JsonValue {
  return {
    prereleases,
    ...(namespaces === undefined ? {} : { namespaces }),
    signatures,
  };
}

function readDefinition(value: JsonValue, problems: JsonProblem[]): EnvironmentDefinition {
  const fields = new StrictObject(value, [], problems);
  const title = fields.optionalText("title", { maxLength: 100 });
  const description = fields.optionalText("description", { maxLength: 4000 });
  if (!fields.has("entries")) fields.fault(["entries"], "is missing");
  const entries = fields.objects("entries", MAX_ENTRIES).map(readEntry);
  const rules = fields.object("rules");
  fields.done();
  return {
    ...optional("title", title),
    ...optional("description", description),
    entries,
    rules: rules === undefined ? { prereleases: false, signatures: 1 } : readRules(rules),
  };
}

function readEntry(fields: StrictObject): EnvironmentEntry {
  const recipe = fields.text("recipe", { refuse: refuseWhere(parseRecipeName) });
  const range = fields.text("range", { refuse: refuseWhere(checkRange) });
  const narrowing = readNarrowing(fields);
  const patches = fields.boolean("patches", true);
  fields.done();
  return { recipe, range, ...narrowing, patches };
}

/** The keys `type`, `class`, `id` and `target` of an entry. */
export function readNarrowing(fields: StrictObject): Narrowing {
  const nonBlank = {
    refuse: (text: string) => (text.trim() === "" ? "must not be blank" : undefined),
  };
  const type = fields.optionalText("type", nonBlank);
  const className = fields.optionalText("class", nonBlank);
  const id = fields.optionalText("id", nonBlank);
  const name = fields.optionalText("target");
  const target = TARGETS.find((known) => known === name);
  if (name !== undefined && target === undefined) {
    fields.fault(["target"], `must be one of ${TARGETS.join(", ")}`);
  }
  return {
    ...optional("type", type),
    ...optional("class", className),
    ...optional("id", id),
    ...optional("target", target),
  };
}

function readRules(fields: StrictObject): EnvironmentRules {
  const prereleases = fields.boolean("prereleases", false);
  const namespaces = fields.has("namespaces")
    ? fields.texts("namespaces", MAX_NAMESPACES, { refuse: refuseWhere(checkNamespace) })
    : undefined;
  const signatures = fields.has("signatures") ? fields.integer("signatures", 1, MAX_SIGNATURES) : 1;
  fields.done();
  return { prereleases, ...(namespaces === undefined ? {} : { namespaces }), signatures };
}
