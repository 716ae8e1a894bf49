/** From a render to files on disk. */
import { realpath } from "node:fs/promises";
import path from "node:path";
import { markedText } from "../../core/render/k8s/manifest-files.js";
import { STATE_PATH } from "../../core/render/layout.js";
import { isFileFault, readIfThere } from "../files/read-file.js";
import { type Draft, type Written, writeChanges } from "../files/write-files.js";
import { CliError } from "../frame/error.js";
import type { Outside } from "../frame/machine.js";
import type { ProjectInput } from "./input.js";
import { findLeftFiles } from "./manifests-folder.js";
import { documentName, type RenderOptions } from "./options.js";
import type { Rendering } from "./rendering.js";

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
  input: ProjectInput,
  rendering: Rendering,
  signal: AbortSignal,
): Promise<WrittenRender> {
  const at = (name: string) => resolveLinks(path.resolve(outside.folder, name));
  const folder = await at(options.folder);
  // A state that is named may be a link or lie behind one; in its own place it may not.
  const stateFile =
    options.state === undefined
      ? path.join(folder, STATE_PATH[options.target])
      : await at(options.state);
  const inFolder = (name: string) => path.join(folder, name);
  const show = (target: string) => showPath(options, outside, folder, target);
  const read = [...input.read, ...options.provisioners];
  const document = await draftDocument(options, folder, rendering, show);
  const files = rendering.files.map(
    ({ path: name, content, mode }): Draft => ({
      target: inFolder(name),
      content,
      mode,
      keepsMode: false,
    }),
  );
  const { written, removed } = await writeChanges(
    folder,
    {
      ...(rendering.state === undefined
        ? {}
        : {
            first: {
              target: stateFile,
              content: Buffer.from(rendering.state),
              mode: 0o600,
              keepsMode: true,
            },
          }),
      removals: [
        ...rendering.removals.map(({ path: name, directory }) => ({
          target: inFolder(name),
          directory,
        })),
        ...document.left.map((target) => ({ target, directory: false })),
      ],
      directories: rendering.emptyDirectories.map(inFolder),
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
    manifests:
      "manifests" in rendering.document
        ? document.drafts.map(({ target }) => show(target))
        : undefined,
  };
}

/** The document as it is to be: one file, one for each manifest, or none where it is printed. */
async function draftDocument(
  options: RenderOptions,
  folder: string,
  { document }: Rendering,
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
  if ("text" in document) return { drafts: [draft(target, document.text)], left: [] };
  const { manifests } = document;
  const left = await findLeftFiles(target, manifests, show);
  return {
    drafts: manifests.map((file) => draft(path.join(target, file.path), markedText(file))),
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
