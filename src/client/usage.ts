/** The audit: which workloads use what, and reports of renders that were made elsewhere. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import type { Target } from "../core/score/project-state.js";
import { readAnswer, readPages } from "./answer.js";
import type { BackbarClient } from "./client.js";

export interface UsageQuery {
  readonly recipe?: string | undefined;
  readonly version?: string | undefined;
  readonly workload?: string | undefined;
  readonly project?: string | undefined;
  readonly environment?: string | undefined;
  /** RFC 3339: what was in use at this time, instead of now. */
  readonly at?: string | undefined;
}

export interface UsageRecord {
  readonly environment: string;
  /** Undefined for renders without a project. */
  readonly project: string | undefined;
  readonly workload: string;
  /** Resource uid, or `patch-template#NAME`. */
  readonly resource: string;
  readonly recipe: string;
  readonly version: string;
  readonly release: number;
  readonly actor: string;
  readonly lastUsedAt: string;
  /** As the server says it. */
  readonly json: JsonValue;
}

/** What was used; never what it was used with: no params, state or outputs. */
export interface UsageReport {
  readonly environment: string;
  readonly target: Target;
  readonly project?: string;
  /** Undefined: the current one. */
  readonly release?: number;
  readonly workloads: readonly ReportedWorkload[];
}

export interface ReportedWorkload {
  readonly name: string;
  readonly resources: readonly { readonly resource: string; readonly provisioner: string }[];
  /** Digests of those that were applied to it. */
  readonly patchTemplates: readonly string[];
}

export interface ReportAnswer {
  readonly release: number;
  readonly recorded: readonly ReportedUse[];
  readonly unmatched: readonly {
    readonly workload: string;
    readonly resource: string;
    readonly code: string;
    readonly message: string;
  }[];
  /** As the server says it. */
  readonly json: JsonValue;
}

interface ReportedUse {
  readonly workload: string;
  readonly resource: string;
  readonly recipe: string;
  readonly version: string;
}

/** As many as a report may say. */
const MAX_USES = 300_000;
const LONG = { maxLength: 2000 };

/** The usage records that fit, all pages of them. */
export function listUsage({ send }: BackbarClient, query: UsageQuery): Promise<UsageRecord[]> {
  return readPages(
    send,
    { path: "/v1/usage", member: "usage", query: { ...query } },
    (one, json) => ({
      environment: one.text("environment"),
      project: one.optionalText("project"),
      workload: one.text("workload"),
      resource: one.text("resource", LONG),
      recipe: one.text("recipe"),
      version: one.text("version"),
      release: one.integer("release", 1),
      actor: one.text("actor"),
      lastUsedAt: one.text("lastUsedAt"),
      json,
    }),
  );
}

/** @throws {ServerProblem} environment_unknown, release_unknown, report_project, … */
export async function sendReport(
  { send }: BackbarClient,
  report: UsageReport,
): Promise<ReportAnswer> {
  const answer = await send({ method: "POST", path: "/v1/usage/reports", body: report });
  return readAnswer(answer, (fields, json) => ({
    release: fields.object("release")?.integer("number", 1) ?? 0,
    recorded: fields.objects("recorded", MAX_USES).map((one) => ({
      workload: one.text("workload"),
      resource: one.text("resource", LONG),
      recipe: one.text("recipe"),
      version: one.text("version"),
    })),
    unmatched: fields.objects("unmatched", MAX_USES).map((one) => ({
      workload: one.text("workload"),
      resource: one.text("resource", LONG),
      code: one.text("code"),
      message: one.text("message", LONG),
    })),
    json,
  }));
}
