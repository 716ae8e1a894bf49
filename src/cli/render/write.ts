/** From a render to files on disk. */
import { realpath } from "node:fs/promises";
import path from "node:path";
import type { RenderResult } from "../../core/render/contract.js";
import { manifestFiles, markedText } from "../../core/render/k8s/manifest-files.js";
import { STATE_PATH } from "../../core/render/layout.js";
import { formatState } from "../../core/score/state.js";
import { isFileFault, readIfThere } from "../files/read-file.js";
import { type Draft, type Written, writeChanges } from "../files/write-files.js";
import { CliError } from "../frame/error.js";
import type { LocalInput, Outside } from "./input.js";
import { findLeftFiles } from "./manifests-folder.js";
import { documentName, type RenderOptions } from "./options.js";

export interface WrittenRender extends Written {
  /** With `--split`: the files of the manifests, in their order. */
  readonly manifests: readonly string[] | undefined;
}

/**
 * Writes the document, its files and the state. The state comes first: it alone holds the passwords
 * that this render made. Where a crash leaves the new state with an old document, the next render
 * makes the document from the same passwords; the other way round services might start with
 * passwords that nothing remembers. The paths of what was changed are as the command line says them.
 * @throws {CliError} cli_link, cli_file, cli_state_changed
 */
export async function writeRender(
  options: RenderOptions,
  outside: Outside,
  input: LocalInput,
  result: RenderResult,
  signal: AbortSignal,
): Promise<WrittenRender> {
  const at = (name: string) => resolveLinks(path.resolve(outside.folder, name));
  const folder = await at(options.folder);
  // A state that is named may be a link or lie behind one; in its own place it may not.
  const stateFile =
    options.state === undefined
      ? path.join(folder, STATE_PATH[options.target])
      : await at(options.state);
  const mounts = path.join(folder, mountsDirectory(result));
  const inMounts = (name: string) => path.join(mounts, name);
  const show = (target: string) => showPath(options, outside, folder, target);
  const read = [...namedFiles(options), ...input.sources];
  const document = await draftDocument(options, folder, result, show);
  const files = result.files.map(
    ({ path: name, content, mode }): Draft => ({
      target: inMounts(name),
      content,
      mode,
      keepsMode: false,
    }),
  );
  const { written, removed } = await writeChanges(
    folder,
    {
      first: {
        target: stateFile,
        content: Buffer.from(formatState(result.state, options.target)),
        mode: 0o600,
        keepsMode: true,
      },
      removals: [
        ...result.removals.map(({ path: name, directory }) => ({
          target: inMounts(name),
          directory,
        })),
        ...document.left.map((target) => ({ target, directory: false })),
      ],
      directories: result.emptyDirectories.map(inMounts),
      // The document is last: it is what tools pick up, and it names the others.
      files: [...files, ...document.drafts],
      check: () => checkState(stateFile, input.stateBytes),
      inputs: new Set(await Promise.all(read.map(at))),
      show,
    },
    signal,
  );
  return {
    written: written.map(show),
    removed: removed.map(show),
    manifests: options.split ? document.drafts.map(({ target }) => show(target)) : undefined,
  };
}

/** The document as it is to be: one file, one for each manifest, or none where it is printed. */
async function draftDocument(
  options: RenderOptions,
  folder: string,
  result: RenderResult,
  show: (target: string) => string,
): Promise<{ readonly drafts: readonly Draft[]; readonly left: readonly string[] }> {
  if (options.print) return { drafts: [], left: [] };
  const target = path.join(folder, documentName(options));
  const draft = (file: string, text: string): Draft => ({
    target: file,
    content: Buffer.from(text),
    mode: 0o644,
    keepsMode: true,
  });
  if (!options.split) return { drafts: [draft(target, result.text)], left: [] };
  const files = manifestFiles(result.documents);
  const left = await findLeftFiles(target, files, show);
  return {
    drafts: files.map((file) => draft(path.join(target, file.path), markedText(file))),
    left: left.map((name) => path.join(target, name)),
  };
}

/** A path as the command line would name it; `folder` is where the document's really is. */
function showPath(
  options: RenderOptions,
  outside: Outside,
  folder: string,
  target: string,
): string {
  const below = path.relative(folder, target);
  if (below.split(path.sep)[0] !== "..") return path.join(options.folder, below);
  return path.relative(outside.folder, target);
}

/** Whatever the render reads because the command line says so, but the state. */
function namedFiles(options: RenderOptions): string[] {
  const { scoreFiles, overridesFile, provisioners, patchTemplates = [] } = options;
  const overrides = overridesFile === undefined ? [] : [overridesFile];
  return [...scoreFiles, ...overrides, ...provisioners, ...patchTemplates];
}

/** Where the files of a render lie, relative to the document's folder. */
export function mountsDirectory({ state }: RenderResult): string {
  return state.mountsDirectory ?? ".";
}

/** The path with its links resolved, as far as it is there. */
async function resolveLinks(file: string): Promise<string> {
  const above = path.dirname(file);
  try {
    return await realpath(file);
  } catch (error) {
    if (above === file || !isFileFault(error, "ENOENT")) return file;
    return path.join(await resolveLinks(above), path.basename(file));
  }
}

/** Of two renders at once the later would lose what the other made up. */
async function checkState(file: string, before: Uint8Array | undefined): Promise<void> {
  const now = await readIfThere(file, file, Number.MAX_SAFE_INTEGER);
  if (now === undefined ? before === undefined : before && Buffer.compare(now, before) === 0)
    return;
  throw new CliError("cli_state_changed", "another render changed the state meanwhile", {
    hint: "run the command again",
  });
}
