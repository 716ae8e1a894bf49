/** What a local render tells: lines for people, or one JSON object for programs. */
import type { Finding, RenderResult } from "../../core/render/contract.js";
import { describeFault } from "../frame/describe.js";

/** Paths are relative to where the command ran. */
export interface RenderReport {
  /** With `--split` the folder of its parts; undefined where the document is printed. */
  readonly document: string | undefined;
  /** With `--split`: a file for each manifest, in their order. */
  readonly manifests: readonly string[] | undefined;
  readonly state: string;
  /** Every file that the document mounts. */
  readonly files: readonly { readonly path: string; readonly mode: string }[];
  readonly emptyDirectories: readonly string[];
  /** Of state, files and document those that were not there in this form. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly result: RenderResult;
}

/** The report for standard error. */
export function formatReport(report: RenderReport): string {
  const { result, written, removed, document } = report;
  const lines = [
    ...findings("warning", result.warnings),
    ...findings("note", result.notes),
    ...result.infoLogs.map(({ resource, text }) => `${resource}: ${text}`),
    ...removed.map((name) => `removed ${name}`),
    ...written.map((name) => `wrote ${name}`),
    summary(report, document),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** The report as JSON text; outputs of resources are left out, because they hold passwords. */
export function formatReportJson(report: RenderReport): string {
  const { result, ...paths } = report;
  const { state, warnings, notes, infoLogs, resources } = result;
  const answer = {
    ...paths,
    ...(state.composeProject === undefined ? {} : { project: state.composeProject }),
    workloads: [...state.workloads.keys()].sort(),
    resources: resources.map(({ outputs: _, ...use }) => use),
    warnings,
    notes,
    infoLogs,
  };
  return `${JSON.stringify(answer, undefined, 2)}\n`;
}

function findings(word: string, all: readonly Finding[]): string[] {
  return all.map(({ message, place }) => `${word}: ${describeFault(message, place)}`);
}

function summary({ result, written, removed }: RenderReport, document: string | undefined) {
  const workloads = count(result.state.workloads.size, "workload");
  const resources = count(result.resources.length, "resource");
  const where = document === undefined ? "" : ` in ${document}`;
  const unchanged = written.length + removed.length === 0 ? ", nothing changed" : "";
  return `${workloads} with ${resources}${where}${unchanged}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
