/** One entry of a Score provisioners file, parsed, with its templates compiled lazily. */
import type { Place } from "../../errors.js";
import type { TextStart } from "../codec/yaml-text-start.js";
import type { JsonSchema } from "./schema.js";

/** The exact version that a provisioner or patch template came from. */
export interface RecipeRef {
  /** `namespace/name` */
  readonly name: string;
  readonly version: string;
  /** Digest of the version's manifest, `sha256:<hex>`. */
  readonly digest: string;
}

export type TemplateKey =
  | "init"
  | "state"
  | "shared"
  | "outputs"
  | "directories"
  | "files"
  | "networks"
  | "services"
  | "volumes"
  | "models"
  | "info_logs"
  | "manifests";

export interface Provisioner {
  readonly uri: string;
  readonly type: string;
  /** Undefined matches every class. */
  readonly class?: string;
  /** Undefined matches every id. */
  readonly id?: string;
  readonly description?: string;
  readonly supportedParams: readonly string[];
  readonly expectedOutputs: readonly string[];
  /** Arguments of a `cmd://` program; kept for whoever runs the file, never run here. */
  readonly args?: readonly string[];
  /** Template texts by key. */
  readonly templates: ReadonlyMap<TemplateKey, string>;
  /** File the entry came from, and the 1-based line where it starts. */
  readonly file: string;
  readonly line: number;
  /** Where in `file` the template texts begin. */
  readonly templateStarts?: ReadonlyMap<TemplateKey, TextStart>;
  readonly recipe?: RecipeRef;
  /** Output names that the recipe marks secret. */
  readonly secretOutputs?: ReadonlySet<string>;
  /** What the recipe says of the type that it serves. */
  readonly schemas?: ResourceSchemas;
}

/** JSON Schemas of all params together, and of all outputs together. */
export interface ResourceSchemas {
  readonly params?: JsonSchema;
  readonly outputs?: JsonSchema;
}

/** How an entry works: by templates, by a program on the host, or as the process environment. */
export type ProvisionerKind = "template" | "command" | "environment";

const KINDS: ReadonlyMap<string, ProvisionerKind> = new Map([
  ["template", "template"],
  ["cmd", "command"],
  ["local-env", "environment"],
  ["builtin", "environment"],
]);

/** The kind that the scheme of `uri` names; undefined for schemes that Score does not know. */
export function provisionerKind(uri: string): ProvisionerKind | undefined {
  return KINDS.get(uriScheme(uri));
}

/** The scheme of `uri` in lower case, "" without one. */
export function uriScheme(uri: string): string {
  return /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase() ?? "";
}

/**
 * The place in the provisioners file of a place in a template, whose text is taken without the blanks
 * around it; line and column are 1-based, and the column is left out where it cannot be known.
 */
export function placeInTemplate(
  { file, line, templates, templateStarts }: Provisioner,
  key: TemplateKey,
  within: Pick<Place, "line" | "column"> = {},
): Place {
  const start = templateStarts?.get(key);
  if (start === undefined) return { file, line, path: key };
  if (within.line === undefined) return { file, line: start.line, path: key };
  const text = templates.get(key) ?? "";
  const blanks = text.slice(0, text.length - text.trimStart().length);
  const skipped = start.block ? blanks.split("\n").length - 1 : 0;
  const { line: inner, column } = within;
  const firstColumn = inner === 1 ? blanks.length - blanks.lastIndexOf("\n") : 1;
  return {
    file,
    line: start.line + (start.block ? skipped + inner - 1 : 0),
    ...(column === undefined || start.column === undefined
      ? {}
      : { column: start.column + firstColumn - 1 + column - 1 }),
    path: key,
  };
}
