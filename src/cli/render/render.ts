/** `backbar render --local`: Score files to a Compose file or manifests, with the service's own core. */
import path from "node:path";
import type { RenderResult } from "../../core/render/contract.js";
import { renderProject } from "../../core/render/project.js";
import { BackbarError } from "../../errors.js";
import { CliError } from "../frame/error.js";
import { holdInterrupts } from "../frame/interrupt.js";
import { type Outside, readRenderInput } from "./input.js";
import {
  documentName,
  parseRenderOptions,
  RENDER_USAGE,
  type RenderOptions,
  statePath,
} from "./options.js";
import { formatReport, formatReportJson, type RenderReport } from "./report.js";
import { mountsDirectory, type WrittenRender, writeRender } from "./write.js";

/** What a command puts out. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Renders as `args` say and writes the result. Where it throws, all files are as they were, unless
 * the disk itself failed while they were put in place.
 * @throws {UsageError} {CliError}
 * @throws {BackbarError} whatever the render finds wrong with the input
 */
export async function renderLocally(args: readonly string[], outside: Outside): Promise<Output> {
  const options = parseRenderOptions(args);
  if (options === undefined) return { stdout: RENDER_USAGE, stderr: "" };
  const input = await withHints([], () => readRenderInput(options, outside));
  const result = await withHints(input.missing, () => renderProject(input.render));
  if (options.print) checkStandsAlone(result);
  const written = await holdInterrupts((signal) =>
    writeRender(options, outside, input, result, signal),
  );
  const report = reportOf(options, result, written);
  if (options.json) return { stdout: formatReportJson(report), stderr: "" };
  return { stdout: options.print ? result.text : "", stderr: formatReport(report) };
}

/** Does `work`; its errors say what to do here, where `missing` are the sources that are not there. */
async function withHints<T>(missing: readonly string[], work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const hint = error instanceof BackbarError ? hintFor(error, missing) : undefined;
    if (!(error instanceof BackbarError) || hint === undefined) throw error;
    const { code, message, place, problems } = error;
    const details = { hint, problems, cause: error };
    throw new BackbarError(code, message, {
      ...details,
      ...(place === undefined ? {} : { place }),
    });
  }
}

/** Core cannot know of flags and folders. */
function hintFor({ code, hint }: BackbarError, missing: readonly string[]): string | undefined {
  switch (code) {
    case "score_image_missing":
      return "--image IMAGE or --build CONTAINER=CONTEXT gives one, a Score file at a time";
    case "convert_file_missing":
    case "k8s_file_missing":
      return missing.length === 0
        ? hint
        : `there is no ${missing.join(", no ")}; a source is looked for beside its Score file`;
    case "provision_no_match":
      return (
        hint ??
        "--provisioners names a file or a recipe's folder with one; none come with the program"
      );
    case "score_not_a_map":
      return "each --provisioners and --patch-template takes one file; all others are Score files";
    case "publish_form":
    case "publish_reference":
      return "--publish HOST:REF:CONT: two ports; REF is a workload or UID.OUTPUT of a resource";
    case "k8s_namespace_missing":
      return "--namespace NAME gives it";
    case "render_no_workloads":
      return "name a Score file, or a --state that has workloads";
    default:
      return undefined;
  }
}

/** @throws {CliError} cli_needs_files */
function checkStandsAlone(result: RenderResult): void {
  const needed = result.files.length + result.emptyDirectories.length;
  if (needed === 0) return;
  throw new CliError("cli_needs_files", "the document mounts files and cannot go alone", {
    hint: "give --out the folder for the document and its files",
  });
}

function reportOf(
  options: RenderOptions,
  result: RenderResult,
  written: WrittenRender,
): RenderReport {
  const mounts = path.join(options.folder, mountsDirectory(result));
  return {
    document: options.print ? undefined : path.join(options.folder, documentName(options)),
    state: statePath(options),
    files: result.files.map(({ path: name, mode }) => ({
      path: path.join(mounts, name),
      mode: mode.toString(8).padStart(4, "0"),
    })),
    emptyDirectories: result.emptyDirectories.map((name) => path.join(mounts, name)),
    ...written,
    result,
  };
}
