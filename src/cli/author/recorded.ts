/** Recordings on disk: read, compared with what is rendered now, and replaced. */
import { readdir, realpath, rmdir } from "node:fs/promises";
import path from "node:path";
import { EXPECTED_FOLDER } from "../../core/recipe/package.js";
import { MAX_FILE_BYTES } from "../../core/recipe/recipe-file.js";
import { TARGETS } from "../../core/score/project-state.js";
import { readIfThere } from "../files/read-file.js";
import { writeChanges } from "../files/write-files.js";
import { CliError } from "../frame/error.js";
import { holdInterrupts } from "../frame/interrupt.js";
import type { NamedFolder } from "./recipe-folders.js";
import type { Recording } from "./recording.js";

/** More than any recording of one recipe has. */
const MAX_RECORDED = 20_000;
/** Written by hand, a file may be longer than what is rendered. */
const MAX_RECORDED_BYTES = 4 * MAX_FILE_BYTES;

/**
 * The recorded files that `recording` has as well. Differences are shown, so what lies elsewhere is
 * not read through a link.
 * @throws {CliError} cli_link, cli_file, cli_file_limit
 */
export async function readRecorded(folder: NamedFolder, recording: Recording): Promise<Recording> {
  const recorded = new Map<string, Uint8Array>();
  const top = await realpath(folder.at);
  for (const file of recording.keys()) {
    const title = path.join(folder.title, file);
    const content = await readIfThere(path.join(folder.at, file), title, MAX_RECORDED_BYTES);
    if (content === undefined) continue;
    if ((await realpath(path.join(top, file))) !== path.join(top, file)) {
      throw new CliError("cli_link", `${title} is or lies behind a symbolic link`, {
        hint: "a recording is plain files in the recipe's own folder",
      });
    }
    recorded.set(file, content);
  }
  return recorded;
}

/**
 * The paths in the recipe's folder of all recorded files, whatever they are of. Names that begin with
 * a dot are passed over; what is no `expected/EXAMPLE/TARGET/…` is no recording.
 * @throws {CliError} cli_file_limit
 */
export async function listRecorded(folder: NamedFolder): Promise<string[]> {
  const found: string[] = [];
  for (const example of await foldersIn(folder, EXPECTED_FOLDER)) {
    for (const target of TARGETS) {
      await collect(folder, `${EXPECTED_FOLDER}/${example}/${target}`, found);
    }
  }
  return found.sort();
}

/**
 * Writes `recording` and deletes the files `stale`, with the folders that this empties; the paths
 * that changed, in the recipe's folder.
 * @throws {CliError} cli_link, cli_file
 */
export async function replaceRecorded(
  folder: NamedFolder,
  recording: Recording,
  stale: readonly string[],
): Promise<{ readonly written: readonly string[]; readonly removed: readonly string[] }> {
  const place = (file: string) => path.join(folder.at, file);
  const inFolder = (target: string) => path.relative(folder.at, target).replaceAll(path.sep, "/");
  const changes = {
    removals: stale.map((file) => ({ target: place(file), directory: false })),
    files: [...recording].map(([file, content]) => ({
      target: place(file),
      content,
      mode: 0o644,
      keepsMode: true,
    })),
    show: (target: string) => path.join(folder.title, inFolder(target)),
  };
  const { written, removed } = await holdInterrupts((signal) =>
    writeChanges(folder.at, changes, signal),
  );
  for (const target of removed) await removeEmptied(path.dirname(target), folder.at);
  return { written: written.map(inFolder), removed: removed.map(inFolder) };
}

async function collect(folder: NamedFolder, below: string, found: string[]): Promise<void> {
  for (const entry of await entriesOf(folder, below)) {
    if (entry.name.startsWith(".")) continue;
    const at = `${below}/${entry.name}`;
    if (entry.isDirectory()) await collect(folder, at, found);
    else found.push(at);
    if (found.length <= MAX_RECORDED) continue;
    const title = path.join(folder.title, EXPECTED_FOLDER);
    throw new CliError("cli_file_limit", `${title} has more than ${MAX_RECORDED} files`);
  }
}

async function foldersIn(folder: NamedFolder, below: string): Promise<string[]> {
  const entries = await entriesOf(folder, below);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Nothing where there is no such folder. */
async function entriesOf(folder: NamedFolder, below: string) {
  return readdir(path.join(folder.at, below), { withFileTypes: true }).catch(() => []);
}

async function removeEmptied(from: string, top: string): Promise<void> {
  for (let at = from; at !== top; at = path.dirname(at)) {
    const gone = await rmdir(at).then(
      () => true,
      () => false,
    );
    if (!gone) return;
  }
}
