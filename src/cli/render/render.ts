/** `backbar render`: Score files to a Compose file or manifests, here or by a registry. */
import path from "node:path";
import { CliError } from "../frame/error.js";
import { holdInterrupts } from "../frame/interrupt.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import type { RenderFlags } from "./flags.js";
import { withHints } from "./hints.js";
import { readProjectInput } from "./input.js";
import { findInstalled } from "./installed.js";
import { documentName, type RenderOptions, readRenderOptions, statePath } from "./options.js";
import type { Rendering } from "./rendering.js";
import { formatReport, type RenderReport, reportJson } from "./report.js";
import { chooseTarget, chooseWhere, readValues } from "./where.js";
import { type WrittenRender, writeRender } from "./write.js";

/**
 * Renders as the flags say and writes the result. Where it throws, all files are as they were, unless
 * the disk itself failed while they were put in place.
 * @throws {UsageError}; {CliError}; {ClientError}; {ServerProblem}
 * @throws {BackbarError} whatever the render finds wrong with the input
 */
export async function render(
  session: Session,
  files: readonly string[],
  flags: RenderFlags,
): Promise<Outcome> {
  const { machine, screen } = session;
  const where = chooseWhere(flags, machine);
  const by = where === undefined ? undefined : { where, client: await session.client() };
  const values = readValues(flags.env ?? [], machine);
  const target = await withHints([], () => chooseTarget(flags, machine, by));
  const named = readRenderOptions(flags, files, target, { project: where?.project });
  const options = by === undefined ? await withInstalled(named, machine.folder) : named;
  const input = await withHints([], () => readProjectInput(options, machine));
  const rendering = await withHints(input.missing, async () => {
    if (by === undefined) {
      const { renderHere } = await import("./local.js");
      return renderHere(options, machine, input, values);
    }
    const { renderThere } = await import("./by-registry.js");
    return screen.during(`Rendering with ${by.where.environment}`, () =>
      renderThere(options, by.client, by.where, input, values),
    );
  });
  if (options.print) checkStandsAlone(rendering);
  const written = await holdInterrupts((signal) =>
    writeRender(options, machine, input, rendering, signal),
  );
  const report = reportOf(options, rendering, written);
  if (!flags.json) {
    for (const warning of rendering.warnings) screen.warn(warning);
    for (const line of formatReport(report)) screen.note(line);
  }
  const { document } = rendering;
  if (options.print && "text" in document) return { raw: new TextEncoder().encode(document.text) };
  return { json: reportJson(report), text: "" };
}

/** What lies in the project's folder, where the command line names nothing. */
async function withInstalled(options: RenderOptions, folder: string): Promise<RenderOptions> {
  if (options.provisioners.length > 0) return options;
  const found = await findInstalled(folder, options.target);
  return { ...options, ...found, patchTemplates: options.patchTemplates ?? found.patchTemplates };
}

/** @throws {CliError} cli_needs_files */
function checkStandsAlone({ files, emptyDirectories }: Rendering): void {
  if (files.length + emptyDirectories.length === 0) return;
  throw new CliError("cli_needs_files", "the document mounts files and cannot go alone", {
    hint: "give --out the folder for the document and its files",
  });
}

function reportOf(
  options: RenderOptions,
  rendering: Rendering,
  written: WrittenRender,
): RenderReport {
  const inFolder = (name: string) => path.join(options.folder, name);
  return {
    document: options.print ? undefined : inFolder(documentName(options)),
    state: rendering.state === undefined ? undefined : statePath(options),
    files: rendering.files.map(({ path: name, mode }) => ({
      path: inFolder(name),
      mode: mode.toString(8).padStart(4, "0"),
    })),
    emptyDirectories: rendering.emptyDirectories.map(inFolder),
    ...written,
    rendering,
  };
}
