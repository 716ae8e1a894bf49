/** What a render tells: lines for people, or one JSON object for programs. */
import type { Finding } from "../../core/render/contract.js";
import { describeFault } from "../frame/describe.js";
import { countOf } from "../frame/words.js";
import type { Rendering } from "./rendering.js";

/** Paths are relative to where the command ran. */
export interface RenderReport {
  /** With `--split` the folder of its parts; undefined where the document is printed. */
  readonly document: string | undefined;
  /** With `--split`: a file for each manifest, in their order. */
  readonly manifests: readonly string[] | undefined;
  /** Undefined where a registry keeps it. */
  readonly state: string | undefined;
  /** Every file that the document mounts. */
  readonly files: readonly { readonly path: string; readonly mode: string }[];
  readonly emptyDirectories: readonly string[];
  /** Of state, files and document those that were not there in this form. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly rendering: Rendering;
}

/** The report for standard error, without the warnings. */
export function formatReport(report: RenderReport): string[] {
  const { rendering, written, removed, document } = report;
  return [
    ...rendering.notes.map(formatNote),
    ...rendering.infoLogs.map(({ resource, text }) => `${resource}: ${text}`),
    ...removed.map((name) => `removed ${name}`),
    ...written.map((name) => `wrote ${name}`),
    summary(report, document),
  ];
}

/** The report for programs; outputs of resources are left out, because they hold passwords. */
export function reportJson(report: RenderReport): object {
  const { rendering, ...paths } = report;
  const { project, workloads, resources, warnings, notes, infoLogs, by } = rendering;
  return {
    ...by,
    ...paths,
    ...(project === undefined ? {} : { project }),
    workloads,
    resources,
    warnings,
    notes,
    infoLogs,
  };
}

function formatNote({ message, place }: Finding): string {
  return `note: ${describeFault(message, place)}`;
}

function summary({ rendering, written, removed }: RenderReport, document: string | undefined) {
  const { by, project } = rendering;
  const workloads = countOf(rendering.workloads.length, "workload");
  const resources = countOf(rendering.resources.length, "resource");
  const where = document === undefined ? "" : ` in ${document}`;
  const release = by === undefined ? "" : `, by release ${by.release.number} of ${by.environment}`;
  const revision = by?.stateRevision;
  const kept = revision === undefined ? "" : `, state of ${project} in revision ${revision}`;
  // Without a file there is nothing that could have changed.
  const hasFiles = document !== undefined || rendering.state !== undefined;
  const unchanged = hasFiles && written.length + removed.length === 0 ? ", nothing changed" : "";
  return `${workloads} with ${resources}${where}${release}${kept}${unchanged}`;
}
