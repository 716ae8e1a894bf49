/**
 * Finds the golden cases below a folder: a folder with a `case.yaml` is a project case, a `*.jsonl` file
 * of lines with a `template` is a group of template cases. Nothing goes by names of cases.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type { Target } from "../../src/core/score/project-state.js";
import { parsePlainYaml } from "./plain-yaml.js";

export interface ProjectCase {
  readonly kind: "project";
  /** Path below the folder that was searched. */
  readonly id: string;
  readonly folder: string;
  readonly target: Target;
  readonly description: CaseDescription;
}

/** `case.yaml`, for both targets. */
export interface CaseDescription {
  readonly project?: string;
  readonly provisioners?: readonly string[];
  readonly "patch-templates"?: readonly string[];
  readonly workloads?: readonly CaseWorkload[];
  readonly generate?: "one-by-one";
  readonly publish?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  readonly "generate-namespace"?: boolean;
  readonly state?: string;
  readonly expect: "ok" | "error";
  readonly error?: { readonly stage: string };
}

export interface CaseWorkload {
  readonly score: string;
  readonly image?: string;
  readonly "overrides-file"?: string;
  readonly "override-properties"?: readonly string[];
  readonly builds?: Readonly<Record<string, unknown>>;
}

export interface TemplateCase {
  readonly kind: "template";
  readonly id: string;
  readonly template: string;
  readonly data: string;
  readonly decoder: "yaml" | "json" | "score";
  readonly platform?: Target;
  readonly output?: string;
  readonly outputBase64?: string;
  readonly error?: string;
  readonly errorStage?: "parse" | "exec";
}

export type Case = ProjectCase | TemplateCase;

/** All cases below `root`, by path. */
export function findCases(root: string): Case[] {
  return [...walk(root, root)];
}

function* walk(root: string, folder: string): Generator<Case> {
  const entries = readdirSync(folder, { withFileTypes: true });
  if (entries.some((entry) => entry.name === "case.yaml")) {
    yield readProjectCase(root, folder);
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(root, path);
    else if (entry.name.endsWith(".jsonl")) yield* readTemplateCases(path);
  }
}

function readProjectCase(root: string, folder: string): ProjectCase {
  const text = readFileSync(join(folder, "case.yaml"), "utf8");
  const description = parsePlainYaml(text) as CaseDescription;
  // Only Compose projects have a name.
  const target = description.project === undefined ? "k8s" : "compose";
  const id = relative(root, folder) || basename(folder);
  return { kind: "project", id, folder, target, description };
}

/** The cases of a group: a file of JSON Lines. */
export function* readTemplateCases(path: string): Generator<TemplateCase> {
  for (const line of readFileSync(path, "utf8").split("\n")) {
    if (line.trim() === "") continue;
    const record = JSON.parse(line) as Omit<TemplateCase, "kind">;
    if (typeof record.template === "string") yield { ...record, kind: "template" };
  }
}
