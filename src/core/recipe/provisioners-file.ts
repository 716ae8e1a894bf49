/**
 * Score's provisioners file: a YAML list of entries, each with a `uri` whose scheme says how it
 * works. Reading is as strict as score-compose 0.45.0 and score-k8s 0.15.0: unknown keys and
 * schemes are errors, plain scalars are taken for text.
 */
import { BackbarError, type Place } from "../../errors.js";
import { parseYaml, type YamlDocument } from "../codec/yaml.js";
import { formatYaml } from "../codec/yaml-format.js";
import { urlFault } from "../gotemplate/sprig/url.js";
import type { Data, DataMap } from "../gotemplate/value.js";
import type { Target } from "../score/project-state.js";
import { RecipeError, type RecipeErrorCode } from "./error.js";
import {
  type Provisioner,
  provisionerKind,
  type RecipeRef,
  type TemplateKey,
  uriScheme,
} from "./provisioner.js";

export interface ProvisionersFileOptions {
  /** Goes into places and messages. */
  readonly file: string;
  readonly target: Target;
  readonly recipe?: RecipeRef;
}

/** The template keys of a target, in the order in which they are rendered. */
export const TEMPLATE_KEYS: Readonly<Record<Target, readonly TemplateKey[]>> = {
  compose: [
    "init",
    "state",
    "shared",
    "outputs",
    "directories",
    "files",
    "networks",
    "services",
    "volumes",
    "models",
    "info_logs",
  ],
  k8s: ["init", "state", "shared", "outputs", "manifests"],
};

const TEXT_KEYS = ["uri", "type", "class", "id", "description"];
const LIST_KEYS = ["supported_params", "expected_outputs"];

/**
 * The entries of a provisioners file, in order.
 * @throws {RecipeError} provisioners_*
 */
export function parseProvisionersFile(
  text: string,
  options: ProvisionersFileOptions,
): Provisioner[] {
  const document = readYaml(text, options.file);
  if (document.empty)
    throw fault("provisioners_empty", { file: options.file }, "the file is empty");
  if (document.value === null) return [];
  if (!Array.isArray(document.value)) {
    throw fault("provisioners_form", { file: options.file, line: 1 }, "the file must be a list");
  }
  return document.value.map((entry, index) => parseEntry(entry, index, document, options));
}

function readYaml(text: string, file: string): YamlDocument {
  try {
    return parseYaml(text, { file });
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    const place: Place = { file, ...error.place };
    throw new RecipeError("provisioners_yaml", `${file}: ${error.message}`, {
      place,
      cause: error,
    });
  }
}

function parseEntry(
  entry: Data,
  index: number,
  document: YamlDocument,
  options: ProvisionersFileOptions,
): Provisioner {
  const { file, target, recipe } = options;
  const placeOf = (...path: string[]): Place => ({ file, ...document.locate([index, ...path]) });
  if (entry !== null && !(entry instanceof Map)) {
    throw fault("provisioners_form", placeOf(), `entry ${index} must be a map`);
  }
  const fields: DataMap = entry ?? new Map();
  const uri = fields.get("uri");
  if (typeof uri !== "string" || uriScheme(uri) === "") {
    throw fault("provisioners_uri", placeOf(), `entry ${index} has no uri with a scheme`);
  }
  const wrong = urlFault(uri);
  if (wrong !== undefined) throw fault("provisioners_uri", placeOf("uri"), `${uri}: ${wrong}`);
  const kind = provisionerKind(uri);
  if (
    kind === undefined ||
    uriScheme(uri) === "builtin" ||
    (kind === "environment" && target !== "compose")
  ) {
    throw fault(
      "provisioners_scheme",
      placeOf("uri"),
      `${uri}: unsupported scheme "${uriScheme(uri)}"`,
    );
  }
  const templateKeys = kind === "template" ? TEMPLATE_KEYS[target] : [];
  const textKeys = new Set<string>([...TEXT_KEYS, ...templateKeys]);
  const listKeys = new Set(kind === "command" ? [...LIST_KEYS, "args"] : LIST_KEYS);

  const texts = new Map<string, string>();
  const lists = new Map<string, string[]>();
  for (const [key, value] of fields) {
    if (value === null && (textKeys.has(key) || listKeys.has(key))) continue;
    if (textKeys.has(key)) texts.set(key, textOf(value, key, placeOf(key)));
    else if (listKeys.has(key)) lists.set(key, listOf(value, key, placeOf(key)));
    else throw fault("provisioners_key", placeOf(key), `${uri}: unknown key "${key}"`);
  }
  const type = texts.get("type") ?? "";
  if (type === "") throw fault("provisioners_type", placeOf(), `${uri}: type is not set`);

  const templates = new Map<TemplateKey, string>();
  const templateLines = new Map<TemplateKey, number>();
  for (const key of templateKeys) {
    const template = texts.get(key);
    if (template === undefined || template.trim() === "") continue;
    templates.set(key, template);
    templateLines.set(key, (placeOf(key).line ?? 1) + (template.includes("\n") ? 1 : 0));
  }
  return {
    uri,
    type,
    ...optionalText("class", texts),
    ...optionalText("id", texts),
    ...optionalText("description", texts),
    supportedParams: lists.get("supported_params") ?? [],
    expectedOutputs: lists.get("expected_outputs") ?? [],
    ...(lists.has("args") ? { args: lists.get("args") ?? [] } : {}),
    templates,
    file,
    line: placeOf().line ?? 1,
    templateLines,
    ...(recipe === undefined ? {} : { recipe }),
  };
}

function optionalText(key: "class" | "id" | "description", texts: ReadonlyMap<string, string>) {
  const text = texts.get(key);
  return text === undefined ? {} : { [key]: text };
}

/** A scalar as text: the CLIs write the entry out again and read it as text, so 1.50 is "1.5". */
function textOf(value: Data, key: string, place: Place): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) || value instanceof Map || isTypedMap(value)) {
    throw fault("provisioners_value", place, `${key} must be text`);
  }
  return formatYaml(value).trim();
}

function isTypedMap(value: Data): boolean {
  return typeof value === "object" && value !== null && "entries" in value;
}

function listOf(value: Data, key: string, place: Place): string[] {
  if (!Array.isArray(value)) throw fault("provisioners_value", place, `${key} must be a list`);
  return value.map((item) => textOf(item, key, place));
}

function fault(code: RecipeErrorCode, place: Place, message: string): RecipeError {
  const at = place.line === undefined ? place.file : `${place.file}:${place.line}`;
  return new RecipeError(code, `${at}: ${message}`, { place });
}
