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
 *       - list: platform                 all entries of an entry list, in this place
 *     rules:
 *       prereleases: true                ranges may pick prereleases; false if absent
 *       namespaces: [dapr]               recipes come from these only; absent: from any
 *       signatures: 1                    versions have signatures by so many different keys
 *       signers: ["sha256:…"]            of these keys only; absent: of any
 *       commands: true                   provisioners may be `cmd://`; false if absent
 *       imagesByDigest: true             every image is named by its digest; false if absent
 *       approvals: 1                     so many others approve a release; 0 if absent
 *       promotesFrom: [staging]          promotions come from these only; absent: from any
 */
import { canonicalJson, type JsonValue } from "../codec/canonical-json.js";
import { sha256Digest } from "../codec/digest.js";
import { TARGETS, type Target } from "../score/project-state.js";
import {
  checkEntryListName,
  checkEnvironmentName,
  checkNamespace,
  isSha256Digest,
  parseRecipeName,
} from "./names.js";
import { checkRange } from "./ranges.js";
import { type JsonProblem, optional, refuseWhere, StrictObject } from "./strict-json.js";
import { readStrictJson, readStrictYaml } from "./strict-yaml.js";

export interface EnvironmentDefinition {
  readonly title?: string;
  readonly description?: string;
  readonly entries: readonly EnvironmentItem[];
  readonly rules: EnvironmentRules;
}

/** What stands in an environment's list: an entry, or the name of a list of entries. */
export type EnvironmentItem = EnvironmentEntry | EntryListReference;

/** Stands for all entries of an entry list. */
export interface EntryListReference {
  readonly list: string;
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
  /** Fingerprints of the keys that count; undefined: every key of the namespace. */
  readonly signers?: readonly string[];
  /** Whether provisioners may be `cmd://`. */
  readonly commands: boolean;
  /** Whether every image of recipes and renders must be named by its digest. */
  readonly imagesByDigest: boolean;
  /** How many others than who cut a release must approve it before it is served. */
  readonly approvals: number;
  /** Environments that releases are promoted from; undefined: from all. */
  readonly promotesFrom?: readonly string[];
}

/** The rules of an environment that states none. */
export const DEFAULT_RULES: EnvironmentRules = {
  prereleases: false,
  signatures: 1,
  commands: false,
  imagesByDigest: false,
  approvals: 0,
};

export const MAX_ENTRIES = 200;
export const MAX_NAMESPACES = 100;
export const MAX_SIGNATURES = 10;
export const MAX_SIGNERS = 50;
export const MAX_APPROVALS = 10;
export const MAX_SOURCES = 20;

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

/** What is as if it was not said is not said: the digests of older definitions stay. */
function formatRules(rules: EnvironmentRules): JsonValue {
  const { prereleases, namespaces, signatures, signers, promotesFrom } = rules;
  return {
    prereleases,
    ...(namespaces === undefined ? {} : { namespaces }),
    signatures,
    ...(signers === undefined ? {} : { signers }),
    ...(rules.commands ? { commands: true } : {}),
    ...(rules.imagesByDigest ? { imagesByDigest: true } : {}),
    ...(rules.approvals > 0 ? { approvals: rules.approvals } : {}),
    ...(promotesFrom === undefined ? {} : { promotesFrom }),
  };
}

function readDefinition(value: JsonValue, problems: JsonProblem[]): EnvironmentDefinition {
  const fields = new StrictObject(value, [], problems);
  const title = fields.optionalText("title", { maxLength: 100 });
  const description = fields.optionalText("description", { maxLength: 4000 });
  if (!fields.has("entries")) fields.fault(["entries"], "is missing");
  const entries = fields.objects("entries", MAX_ENTRIES).map(readItem);
  const rules = fields.object("rules");
  fields.done();
  return {
    ...optional("title", title),
    ...optional("description", description),
    entries,
    rules: rules === undefined ? DEFAULT_RULES : readRules(rules),
  };
}

function readItem(fields: StrictObject): EnvironmentItem {
  if (!fields.has("list")) return readEntry(fields);
  const list = fields.text("list", { refuse: refuseWhere(checkEntryListName) });
  fields.done();
  return { list };
}

/** One entry of an environment or of an entry list. */
export function readEntry(fields: StrictObject): EnvironmentEntry {
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
  const prereleases = fields.boolean("prereleases", DEFAULT_RULES.prereleases);
  const namespaces = readTexts(fields, "namespaces", MAX_NAMESPACES, refuseWhere(checkNamespace));
  const signatures = readCount(fields, "signatures", 1, MAX_SIGNATURES);
  const signers = readTexts(fields, "signers", MAX_SIGNERS, (text) =>
    isSha256Digest(text) ? undefined : "must be the fingerprint of a key, sha256:…",
  );
  const commands = fields.boolean("commands", DEFAULT_RULES.commands);
  const imagesByDigest = fields.boolean("imagesByDigest", DEFAULT_RULES.imagesByDigest);
  const approvals = readCount(fields, "approvals", 0, MAX_APPROVALS);
  const promotesFrom = readTexts(
    fields,
    "promotesFrom",
    MAX_SOURCES,
    refuseWhere(checkEnvironmentName),
  );
  if (signers !== undefined && new Set(signers).size < signatures) {
    fields.fault(["signers"], `has fewer keys than the ${signatures} that must sign`);
  }
  fields.done();
  return {
    prereleases,
    ...optional("namespaces", namespaces),
    signatures,
    ...optional("signers", signers),
    commands,
    imagesByDigest,
    approvals,
    ...optional("promotesFrom", promotesFrom),
  };
}

function readTexts(
  fields: StrictObject,
  key: string,
  maxItems: number,
  refuse: (text: string) => string | undefined,
): string[] | undefined {
  return fields.has(key) ? fields.texts(key, maxItems, { refuse }) : undefined;
}

function readCount(
  fields: StrictObject,
  key: "signatures" | "approvals",
  min: number,
  max: number,
): number {
  return fields.has(key) ? fields.integer(key, min, max) : DEFAULT_RULES[key];
}
