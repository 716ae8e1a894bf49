/**
 * Names of namespaces, recipes, environments and entry lists: lower-case ASCII letters, digits and single inner
 * hyphens, a letter first. Narrower than OCI repository names (distribution-spec, "Pulling
 * manifests"), so that every name is one there too, and none differs from another only by case,
 * script or punctuation.
 */
import { RecipeError, type RecipeErrorCode } from "./error.js";

export interface RecipeName {
  readonly namespace: string;
  readonly name: string;
}

export const MAX_NAMESPACE_LENGTH = 40;
export const MAX_NAME_LENGTH = 63;
/** The form of every name. */
export const NAME_SHAPE = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** Namespaces that mean something else where names of recipes are read. */
export const RESERVED_NAMESPACES: ReadonlySet<string> = new Set([
  "admin",
  "api",
  "backbar",
  "blobs",
  "environments",
  "library",
  "log",
  "manifests",
  "projects",
  "recipes",
  "referrers",
  "tags",
  "v1",
  "v2",
]);

/** Names of environments that paths and tags use for something else. */
export const RESERVED_ENVIRONMENTS: ReadonlySet<string> = new Set(["current", "latest"]);

/**
 * Splits `namespace/name`.
 * @throws {RecipeError} recipe_name, namespace_name
 */
export function parseRecipeName(text: string): RecipeName {
  const [namespace, name, ...rest] = text.split("/", 3);
  if (namespace === undefined || name === undefined || rest.length > 0) {
    throw new RecipeError("recipe_name", `'${clip(text)}' is not of the form NAMESPACE/NAME`);
  }
  checkNamespace(namespace);
  checkName("recipe_name", "a recipe's name", name, MAX_NAME_LENGTH);
  return { namespace, name };
}

/** @throws {RecipeError} namespace_name */
export function checkNamespace(text: string): void {
  checkName("namespace_name", "a namespace", text, MAX_NAMESPACE_LENGTH);
  if (RESERVED_NAMESPACES.has(text)) {
    throw new RecipeError("namespace_name", `'${text}' is reserved and cannot be a namespace`);
  }
}

/** @throws {RecipeError} environment_name */
export function checkEnvironmentName(text: string): void {
  checkName("environment_name", "an environment's name", text, MAX_NAME_LENGTH);
  if (RESERVED_ENVIRONMENTS.has(text)) {
    throw new RecipeError(
      "environment_name",
      `'${text}' is reserved and cannot name an environment`,
    );
  }
}

/** @throws {RecipeError} entry_list_name */
export function checkEntryListName(text: string): void {
  checkName("entry_list_name", "an entry list's name", text, MAX_NAME_LENGTH);
}

/**
 * What is left of `name` when everything that eyes confuse is made equal. Two names with one
 * skeleton look alike: `redis`, `red-is`, `redls`.
 */
function nameSkeleton(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[-_]/g, "")
      .replace(/[1i]/g, "l")
      .replaceAll("0", "o")
      .replaceAll("5", "s")
      // After single letters: `c1` looks like `cl`, and so like `d`.
      .replaceAll("rn", "m")
      .replaceAll("vv", "w")
      .replaceAll("cl", "d")
  );
}

/** Those of `others` that look like `name` without being it, in their order. */
export function findLookAlikes(name: string, others: Iterable<string>): string[] {
  const skeleton = nameSkeleton(name);
  return [...others].filter((other) => other !== name && nameSkeleton(other) === skeleton);
}

/** Whether `text` is a digest as this registry writes it: `sha256:` and 64 lower-case hex digits. */
export function isSha256Digest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** Why `text` is no digest; undefined where it is one. */
export function refuseDigest(text: string): string | undefined {
  return isSha256Digest(text) ? undefined : "must be a sha256 digest";
}

function checkName(code: RecipeErrorCode, what: string, text: string, maxLength: number): void {
  if (text.length > maxLength) {
    throw new RecipeError(
      code,
      `'${clip(text)}': ${what} has at most ${maxLength} characters, this has ${text.length}`,
    );
  }
  if (!NAME_SHAPE.test(text)) {
    throw new RecipeError(
      code,
      `'${clip(text)}': ${what} is made of lower-case letters, digits and single hyphens between them, a letter first`,
    );
  }
}

/** Names come from outside: what is shown of one has no control characters and one line. */
function clip(text: string): string {
  const shown = [...text.slice(0, 80)].map((char) =>
    char >= " " && char <= "~" ? char : `\\u{${char.codePointAt(0)?.toString(16)}}`,
  );
  return shown.join("") + (text.length > 80 ? "…" : "");
}
