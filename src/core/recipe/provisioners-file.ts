/**
 * Score's provisioners file: a YAML list of entries, each with a `uri` whose scheme says how it
 * works. Reading is as strict as score-compose 0.45.0 and score-k8s 0.15.0: unknown keys and
 * schemes are errors, plain scalars are taken for text.
 */
import { BackbarError, type Place, type Problem } from "../../errors.js";
import { parseYaml, type YamlDocument } from "../codec/yaml.js";
import { formatYaml } from "../codec/yaml-format.js";
import type { TextStart } from "../codec/yaml-text-start.js";
import { urlFault } from "../gotemplate/sprig/url.js";
import type { Data, DataMap } from "../gotemplate/value.js";
import type { Target } from "../score/project-state.js";
import { RecipeError, type RecipeErrorCode } from "./error.js";
import {
  type Provisioner,
  type ProvisionerKind,
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

/** What a provisioners file holds, and everything that is wrong with it. */
export interface ProvisionersFileContent {
  /** The entries without a fault, in order. */
  readonly provisioners: readonly Provisioner[];
  /** Entries with a fault, as far as they could be read. */
  readonly partial: readonly Provisioner[];
  readonly faults: readonly ProvisionersFault[];
}

export interface ProvisionersFault extends Problem {
  readonly code: RecipeErrorCode;
  readonly place: Place;
}

/**
 * The entries of a provisioners file, in order.
 * @throws {RecipeError} provisioners_* for the first fault
 */
export function parseProvisionersFile(
  text: string,
  options: ProvisionersFileOptions,
): Provisioner[] {
  const { provisioners, faults } = readProvisionersFile(text, options);
  const [first] = faults;
  if (first === undefined) return [...provisioners];
  const { code, message, place } = first;
  const at = place.line === undefined ? place.file : `${place.file}:${place.line}`;
  throw new RecipeError(code, `${at}: ${message}`, { place });
}

/** As `parseProvisionersFile`, with the faults of all entries in the order of the text. */
export function readProvisionersFile(
  text: string,
  options: ProvisionersFileOptions,
): ProvisionersFileContent {
  const { file } = options;
  const faults: ProvisionersFault[] = [];
  const stop = (code: RecipeErrorCode, message: string, place: Place) => ({
    provisioners: [],
    partial: [],
    faults: [{ code, message, place }],
  });
  const document = readYaml(text, file);
  if (document instanceof BackbarError) {
    return stop("provisioners_yaml", document.message, { file, ...document.place });
  }
  if (document.empty) return stop("provisioners_empty", "the file is empty", { file });
  if (document.value === null) return { provisioners: [], partial: [], faults };
  if (!Array.isArray(document.value)) {
    return stop("provisioners_form", "the file must be a list", { file, line: 1 });
  }
  const provisioners: Provisioner[] = [];
  const partial: Provisioner[] = [];
  for (const [index, entry] of document.value.entries()) {
    const before = faults.length;
    const provisioner = new EntryReader(index, document, options, faults).read(entry);
    if (provisioner === undefined) continue;
    (faults.length === before ? provisioners : partial).push(provisioner);
  }
  return { provisioners, partial, faults };
}

function readYaml(text: string, file: string): YamlDocument | BackbarError {
  try {
    return parseYaml(text, { file });
  } catch (error) {
    if (error instanceof BackbarError) return error;
    throw error;
  }
}

/** Reads one entry and reports its faults, the one that the CLIs would stop at first. */
class EntryReader {
  readonly #index: number;
  readonly #document: YamlDocument;
  readonly #options: ProvisionersFileOptions;
  readonly #faults: ProvisionersFault[];

  constructor(
    index: number,
    document: YamlDocument,
    options: ProvisionersFileOptions,
    faults: ProvisionersFault[],
  ) {
    this.#index = index;
    this.#document = document;
    this.#options = options;
    this.#faults = faults;
  }

  /** The entry as far as it can be read; undefined for what is no map. */
  read(entry: Data): Provisioner | undefined {
    if (entry !== null && !(entry instanceof Map)) {
      this.#fault("provisioners_form", `entry ${this.#index} must be a map`);
      return undefined;
    }
    const fields: DataMap = entry ?? new Map();
    const { uri, kind } = this.#readUri(fields.get("uri"));
    const templateKeys =
      kind === undefined || kind === "template" ? TEMPLATE_KEYS[this.#options.target] : [];
    const texts = new Map<string, string>();
    const lists = new Map<string, string[]>();
    this.#readFields(fields, uri, kind, templateKeys, texts, lists);
    const type = texts.get("type") ?? "";
    if (type === "" && typeof (fields.get("type") ?? "") === "string") {
      this.#fault("provisioners_type", `${uri}: type is not set`);
    }
    const { file, recipe } = this.#options;
    return {
      uri,
      type,
      ...optionalText("class", texts),
      ...optionalText("id", texts),
      ...optionalText("description", texts),
      supportedParams: lists.get("supported_params") ?? [],
      expectedOutputs: lists.get("expected_outputs") ?? [],
      ...(lists.has("args") ? { args: lists.get("args") ?? [] } : {}),
      ...this.#templates(templateKeys, texts),
      file,
      line: this.#place().line ?? 1,
      ...(recipe === undefined ? {} : { recipe }),
    };
  }

  /** For a faulty uri, how to name the entry; its kind is undefined then, and may be any. */
  #readUri(uri: Data | undefined): { uri: string; kind: ProvisionerKind | undefined } {
    if (typeof uri !== "string" || uriScheme(uri) === "") {
      this.#fault("provisioners_uri", `entry ${this.#index} has no uri with a scheme`);
      return { uri: `entry ${this.#index}`, kind: undefined };
    }
    const wrong = urlFault(uri);
    if (wrong !== undefined) {
      this.#fault("provisioners_uri", `${uri}: ${wrong}`, "uri");
      return { uri, kind: undefined };
    }
    const kind = provisionerKind(uri);
    const refused =
      uriScheme(uri) === "builtin" ||
      (kind === "environment" && this.#options.target !== "compose");
    if (kind !== undefined && !refused) return { uri, kind };
    const message = `${uri}: unsupported scheme "${uriScheme(uri)}"`;
    this.#fault("provisioners_scheme", message, "uri");
    return { uri, kind: undefined };
  }

  #readFields(
    fields: DataMap,
    uri: string,
    kind: ProvisionerKind | undefined,
    templateKeys: readonly TemplateKey[],
    texts: Map<string, string>,
    lists: Map<string, string[]>,
  ): void {
    const textKeys = new Set<string>([...TEXT_KEYS, ...templateKeys]);
    const listKeys = new Set(
      kind === undefined || kind === "command" ? [...LIST_KEYS, "args"] : LIST_KEYS,
    );
    for (const [key, value] of fields) {
      // What is wrong with the uri has been said.
      if (key === "uri" && kind === undefined) continue;
      const known = textKeys.has(key) || listKeys.has(key);
      if (known && value === null) continue;
      if (!known) this.#fault("provisioners_key", `${uri}: unknown key "${key}"`, key);
      else if (textKeys.has(key)) texts.set(key, this.#text(value, key));
      else lists.set(key, this.#list(value, key));
    }
  }

  /** A scalar as text: the CLIs write the entry out again and read it as text, so 1.50 is "1.5". */
  #text(value: Data, key: string): string {
    if (typeof value === "string") return value;
    if (!Array.isArray(value) && !(value instanceof Map) && !isTypedMap(value)) {
      return formatYaml(value).trim();
    }
    this.#fault("provisioners_value", `${key} must be text`, key);
    return "";
  }

  #list(value: Data, key: string): string[] {
    if (Array.isArray(value)) return value.map((item) => this.#text(item, key));
    this.#fault("provisioners_value", `${key} must be a list`, key);
    return [];
  }

  #templates(
    keys: readonly TemplateKey[],
    texts: ReadonlyMap<string, string>,
  ): Pick<Provisioner, "templates" | "templateStarts"> {
    const templates = new Map<TemplateKey, string>();
    const templateStarts = new Map<TemplateKey, TextStart>();
    for (const key of keys) {
      const template = texts.get(key);
      if (template === undefined || template.trim() === "") continue;
      templates.set(key, template);
      const start = this.#document.textStart([this.#index, key]);
      if (start !== undefined) templateStarts.set(key, start);
    }
    return { templates, templateStarts };
  }

  #place(...path: string[]): Place {
    const { file } = this.#options;
    return { file, ...this.#document.locate([this.#index, ...path]) };
  }

  #fault(code: RecipeErrorCode, message: string, ...path: string[]): void {
    this.#faults.push({ code, message, place: this.#place(...path) });
  }
}

function optionalText(key: "class" | "id" | "description", texts: ReadonlyMap<string, string>) {
  const text = texts.get(key);
  return text === undefined ? {} : { [key]: text };
}

function isTypedMap(value: Data): boolean {
  return typeof value === "object" && value !== null && "entries" in value;
}
