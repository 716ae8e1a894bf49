/** Runs recorded cases of Go's text/template, whose format is in test/vectors/gotemplate/README.md. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseYaml } from "../../../src/core/codec/yaml.js";
import { fromBytes } from "../../../src/core/gotemplate/bytes.js";
import { TemplateError } from "../../../src/core/gotemplate/error.js";
import { parseJson } from "../../../src/core/gotemplate/json.js";
import { executeTemplate, parseTemplate } from "../../../src/core/gotemplate/template.js";
import {
  type CallContext,
  type FunctionMap,
  GoFunction,
  type Host,
  type Value,
} from "../../../src/core/gotemplate/value.js";
import { scoreStruct } from "./score-data.js";

export interface GoldenCase {
  readonly id: string;
  readonly template: string;
  readonly data: string;
  readonly decoder: "yaml" | "json" | "score";
  readonly platform?: "compose" | "k8s";
  readonly output?: string;
  readonly outputBase64?: string;
  readonly error?: string;
  readonly errorStage?: "parse" | "exec";
  readonly slow?: boolean;
}

export const testHost: Host = {
  randomBytes: (size) => randomBytes(size),
  now: () => BigInt(Date.now()) * 1_000_000n,
  env: () => undefined,
  lookupHost: () => undefined,
};

export function readCases(group: string): GoldenCase[] {
  const file = new URL(`../../vectors/gotemplate/${group}.jsonl`, import.meta.url);
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as GoldenCase);
}

/** What Go gave: the output, or the stage of the failure. */
export function expectedOf(golden: GoldenCase): string {
  if (golden.errorStage !== undefined) {
    return `fails at ${golden.errorStage}`;
  }
  return golden.outputBase64 === undefined
    ? `gives ${golden.output}`
    : `gives ${fromBytes(Buffer.from(golden.outputBase64, "base64"))}`;
}

/** What we give for the same case, in the same words. */
export function actualOf(golden: GoldenCase, functions: FunctionMap): string {
  const outcome = run(golden, functions);
  if (typeof outcome === "string") return `gives ${outcome}`;
  return outcome.code === "template_parse" ? "fails at parse" : "fails at exec";
}

/** The message of our failure, if the case fails. */
export function failureOf(golden: GoldenCase, functions: FunctionMap): string | undefined {
  const outcome = run(golden, functions);
  return typeof outcome === "string" ? undefined : outcome.message;
}

function run(golden: GoldenCase, functions: FunctionMap): string | TemplateError {
  try {
    const all =
      golden.platform === "k8s"
        ? new Map([...functions, ["encodeSecretRef", SECRET_REF]])
        : functions;
    const template = parseTemplate("", golden.template, all as FunctionMap);
    return executeTemplate(template, dataOf(golden), { host: testHost }).output;
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
}

const SECRET_REF = new GoFunction(
  "encodeSecretRef",
  ["string", "string"],
  (_: CallContext, secret: string, key: string) => `🔐💬${secret}_${key}💬🔐`,
);

function dataOf(golden: GoldenCase): Value {
  if (golden.decoder === "json") {
    return parseJson(golden.data);
  }
  const { value } = parseYaml(golden.data, { file: "data.yaml" });
  return golden.decoder === "score" && value instanceof Map
    ? scoreStruct(golden.platform ?? "compose", value)
    : value;
}
