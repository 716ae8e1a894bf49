/** Runs one template case: the engine on the template's text with Sprig's functions. */

import { parseYaml } from "../../src/core/codec/yaml.js";
import { fromBytes, hasInvalidBytes, toBytes } from "../../src/core/gotemplate/bytes.js";
import { TemplateError } from "../../src/core/gotemplate/error.js";
import { parseJson } from "../../src/core/gotemplate/json.js";
import { sprigFunctions } from "../../src/core/gotemplate/sprig/map.js";
import { executeTemplate, parseTemplate } from "../../src/core/gotemplate/template.js";
import {
  type Data,
  type DataMap,
  type FunctionMap,
  type Host,
  NamedString,
  Struct,
  TypedMap,
  type Value,
} from "../../src/core/gotemplate/value.js";
import { templateStruct, workloadServices } from "../../src/core/provision/template-data.js";
import { PROVISIONER_FUNCTIONS } from "../../src/core/render/template-functions.js";
import type { TemplateCase } from "./cases.js";
import { show } from "./compare.js";

/** One line of `results.jsonl`. */
export type TemplateOutcome =
  | { readonly id: string; readonly output: string }
  | { readonly id: string; readonly outputBase64: string }
  | { readonly id: string; readonly error: string; readonly errorStage: "parse" | "exec" };

export function runTemplateCase(testCase: TemplateCase, host: Host): TemplateOutcome {
  const { id } = testCase;
  try {
    const template = parseTemplate("", testCase.template, functionsOf(testCase));
    const { output } = executeTemplate(template, dataOf(testCase), { host });
    if (!hasInvalidBytes(output)) return { id, output };
    return { id, outputBase64: Buffer.from(toBytes(output)).toString("base64") };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const errorStage = error.code === "template_parse" ? "parse" : "exec";
    return { id, error: error.message, errorStage };
  }
}

/** What is wrong with an outcome; empty for a case that passes. */
export function checkTemplateCase(expected: TemplateCase, outcome: TemplateOutcome): string[] {
  if (expected.errorStage !== undefined) {
    if (!("error" in outcome))
      return [`expected an error (${expected.errorStage}), got ${shown(outcome)}`];
    if (outcome.errorStage === expected.errorStage) return [];
    return [
      `expected an error at ${expected.errorStage}, got one at ${outcome.errorStage}: ${outcome.error}`,
    ];
  }
  const wanted = expected.output ?? fromBytes(Buffer.from(expected.outputBase64 ?? "", "base64"));
  if (textOf(outcome) === wanted) return [];
  return [`expected ${show(wanted)}, got ${shown(outcome)}`];
}

function textOf(outcome: TemplateOutcome): string | undefined {
  if ("output" in outcome) return outcome.output;
  if ("outputBase64" in outcome) return fromBytes(Buffer.from(outcome.outputBase64, "base64"));
  return undefined;
}

function shown(outcome: TemplateOutcome): string {
  return "error" in outcome ? `the error ${show(outcome.error)}` : show(textOf(outcome));
}

function functionsOf({ platform }: TemplateCase): FunctionMap {
  return platform === undefined ? sprigFunctions : PROVISIONER_FUNCTIONS[platform];
}

/** What the template of a case sees as its dot. */
export function dataOf(testCase: Pick<TemplateCase, "data" | "decoder" | "platform">): Value {
  if (testCase.decoder === "json") return parseJson(testCase.data);
  const { value } = parseYaml(testCase.data);
  if (testCase.decoder === "yaml") return value;
  return scoreStruct(testCase.platform ?? "compose", value instanceof Map ? value : new Map());
}

/** The struct that provisioner templates see, filled from a map of its Go field names. */
function scoreStruct(platform: "compose" | "k8s", data: DataMap): Struct {
  const empty = templateStruct(platform, {
    guid: "",
    uid: "",
    type: "",
    class: "",
    id: "",
    params: null,
    metadata: null,
    init: new Map(),
    state: new Map(),
    shared: new Map(),
    sourceWorkload: "",
    workloadMetadata: new Map(),
    workloadServices: workloadServices(new Map()),
    composeProjectName: "",
    mountsDirectory: "",
    namespace: "",
  });
  const fields = new Map<string, Value>();
  for (const [name, zero] of empty.fields) fields.set(name, fieldOf(zero, data.get(name)));
  return new Struct(empty.type, fields, { pointer: true });
}

function fieldOf(zero: Value, data: Data | undefined): Value {
  if (zero instanceof TypedMap && zero.zero instanceof Struct) return typedMapOf(zero, data);
  if (data !== undefined && data !== null) return data;
  return typeof zero === "string" ? zero : new TypedMap("map[string]interface {}", null);
}

/** A map of structs; `like` is an empty one, whose zero element tells fields and names. */
function typedMapOf(like: TypedMap, data: Data | undefined): TypedMap {
  if (!(data instanceof Map)) return new TypedMap(like.type, null, like.zero);
  const entries = [...data].map(([key, value]): [Value, Value] => [
    key,
    structOf(like.zero, value),
  ]);
  return new TypedMap(like.type, new Map(entries), like.zero);
}

function structOf(like: Value, data: Data): Value {
  if (!(like instanceof Struct) || !(data instanceof Map)) return data;
  const fields = new Map<string, Value>();
  for (const [name, zero] of like.fields) {
    const value = data.get(name);
    if (zero instanceof TypedMap) fields.set(name, typedMapOf(zero, value));
    else if (value === undefined) fields.set(name, zero);
    else if (zero instanceof NamedString) {
      fields.set(name, new NamedString(zero.type, String(value)));
    } else fields.set(name, value);
  }
  return new Struct(like.type, fields, { jsonNames: like.jsonNames });
}
