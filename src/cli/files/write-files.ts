/**
 * Writes what a command made, so that whoever looks finds each file as it was or as it is to be:
 * everything goes into temporary files first, flushed to disk, and is renamed into place only when
 * nothing can be wrong any more. Until then an interruption leaves all as it was; after that it waits.
 */
import { randomBytes } from "node:crypto";
import { lstat, mkdir, open, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { CliError } from "../frame/error.js";
import { FolderGuard, type Removed } from "./folder-guard.js";
import { fileError, isFileFault, isSystemFault } from "./read-file.js";

/** A file to write. */
export interface Draft {
  /** Absolute. */
  readonly target: string;
  readonly content: Uint8Array;
  /** Permission bits. */
  readonly mode: number;
  /** Whether a file that is there keeps its own mode, and a new one has what the umask leaves. */
  readonly keepsMode: boolean;
}

/** A file for everybody, as editors write it. */
export function draftOf(target: string, content: Uint8Array): Draft {
  return { target, content, mode: 0o644, keepsMode: true };
}

export interface Changes {
  /** In force before any of the others, which may depend on what it holds. */
  readonly first?: Draft;
  /** Done before the other files appear. */
  readonly removals?: readonly Removed[];
  /** Absolute paths of folders that have to be there. */
  readonly directories?: readonly string[];
  /** In the order in which they appear. */
  readonly files: readonly Draft[];
  /** Absolute paths of files that must stay as they are. */
  readonly inputs?: ReadonlySet<string>;
  /** Called when the temporary files are ready; throwing leaves everything as it was. */
  readonly check?: () => Promise<void>;
  /** Names a path in messages. */
  readonly show: (target: string) => string;
}

/** Paths of what was not yet so. */
export interface Written {
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

const TEMPORARY = /^\.backbar-[0-9a-f]{16}\.tmp$/;
/** Writing takes seconds: an older temporary file belongs to no command that still runs. */
const STALE_MS = 60 * 60 * 1000;

/** A file whose content is on disk under another name. */
interface Staged {
  readonly target: string;
  readonly temporary: string;
}

/**
 * Makes the changes below `folder`, an absolute path, which is made where it is missing; absolute
 * paths of what was changed.
 * @throws {CliError} cli_link, cli_file; whatever `check` throws
 * @throws the reason of `signal`, where it aborts before anything is changed
 */
export async function writeChanges(
  folder: string,
  changes: Changes,
  signal: AbortSignal,
): Promise<Written> {
  const staged: Staged[] = [];
  let made: string | undefined;
  try {
    made = await makeFolder(folder, changes);
    await stage(folder, changes, staged, signal);
    await changes.check?.();
    signal.throwIfAborted();
  } catch (error) {
    await discard(staged, folder, made);
    throw isSystemFault(error) ? fileError("the files cannot be written", error) : error;
  }
  try {
    const removed = await commit(changes, staged);
    await sweep(folder, changes);
    return { written: staged.map(({ target }) => target), removed };
  } catch (cause) {
    await discard(staged, folder, undefined);
    throw new CliError("cli_file", fileError("not all files could be written", cause).message, {
      hint: "the state may be written already; the same command again finishes the work",
      cause,
    });
  }
}

/** Checks every path and puts what is new into temporary files. */
async function stage(
  folder: string,
  changes: Changes,
  staged: Staged[],
  signal: AbortSignal,
): Promise<void> {
  const { removals = [], directories = [] } = changes;
  const guard = new FolderGuard(folder, removals, changes.show);
  for (const removal of removals) await guard.checkRemoval(removal);
  checkInputsStay(guard, changes);
  for (const target of directories) await guard.checkDirectory(target);
  for (const draft of draftsOf(changes)) {
    signal.throwIfAborted();
    const { target, content } = draft;
    checkOwnPlace(draft, changes);
    await guard.checkFile(target);
    const gone = guard.isRemoved(target);
    if (gone && draft === changes.first) {
      throw new CliError("cli_file", `${changes.show(target)} would be deleted by a provisioner`);
    }
    const own = draft.keepsMode && !gone ? await modeOf(target) : undefined;
    const mode = own ?? draft.mode;
    if (!gone && (await isSame(target, content, mode))) continue;
    // Beside the target, or above it where its folder is still to be made.
    const temporary = path.join(await guard.standingFolder(target), temporaryName());
    staged.push({ target, temporary });
    await writeTemporary(temporary, content, {
      mode,
      exact: own !== undefined || !draft.keepsMode,
    });
  }
}

function draftsOf({ first, files }: Changes): readonly Draft[] {
  return first === undefined ? files : [first, ...files];
}

async function makeFolder(folder: string, { show }: Changes): Promise<string | undefined> {
  try {
    return await mkdir(folder, { recursive: true });
  } catch (cause) {
    if (!isFileFault(cause, "EEXIST", "ENOTDIR")) throw cause;
    throw new CliError("cli_file", `${show(folder)} cannot be: it is or lies below a file`, {
      cause,
    });
  }
}

function checkInputsStay(guard: FolderGuard, { inputs = new Set(), show }: Changes): void {
  const gone = [...inputs].find((input) => guard.isRemoved(input));
  if (gone === undefined) return;
  throw new CliError("cli_file", `${show(gone)} is read here and would be deleted`, {
    hint: "choose another folder with --out",
  });
}

function checkOwnPlace(draft: Draft, { first, inputs, show }: Changes): void {
  const { target } = draft;
  if (inputs?.has(target)) {
    throw new CliError("cli_file", `${show(target)} is read here and would be overwritten`, {
      hint: "choose another folder with --out",
    });
  }
  if (draft === first || target !== first?.target) return;
  throw new CliError("cli_file", `${show(target)} would be the state and another file at once`, {
    hint: "choose another file with --state",
  });
}

/** Puts the temporary files in their places; the removals that found something. */
async function commit(changes: Changes, staged: readonly Staged[]): Promise<string[]> {
  const [head, ...rest] = staged;
  const firstIsNew = head !== undefined && head.target === changes.first?.target;
  if (firstIsNew) {
    await place(head);
    await syncFolder(path.dirname(head.target));
  }
  const removed: string[] = [];
  for (const removal of changes.removals ?? [])
    if (await remove(removal)) removed.push(removal.target);
  for (const target of changes.directories ?? []) await mkdir(target, { recursive: true });
  const others = firstIsNew ? rest : staged;
  for (const one of others) await place(one);
  const last = others.at(-1);
  if (last !== undefined) await syncFolder(path.dirname(last.target));
  return removed;
}

async function place({ target, temporary }: Staged): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  await rename(temporary, target);
}

async function remove({ target, directory }: Removed): Promise<boolean> {
  try {
    await rm(target, { recursive: directory });
    return true;
  } catch (error) {
    if (isFileFault(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}

/** Takes the temporary files away, and the folders that were made for them. */
async function discard(
  staged: readonly Staged[],
  folder: string,
  made: string | undefined,
): Promise<void> {
  for (const { temporary } of staged) await rm(temporary, { force: true });
  if (made === undefined) return;
  const kept = path.dirname(made);
  for (let at = folder; at !== kept; at = path.dirname(at)) await rmdir(at).catch(() => undefined);
}

/** Takes away the temporary files that killed commands left behind; they may hold passwords. */
async function sweep(folder: string, changes: Changes): Promise<void> {
  const own = draftsOf(changes).map(({ target }) => path.dirname(target));
  const folders = new Set([folder, ...own]);
  for (const each of folders) {
    const names = await readdir(each).catch(() => []);
    for (const name of names.filter((one) => TEMPORARY.test(one))) {
      const file = path.join(each, name);
      const stats = await lstat(file).catch(() => undefined);
      if (!stats?.isFile() || Date.now() - stats.mtimeMs < STALE_MS) continue;
      await rm(file, { force: true }).catch(() => undefined);
    }
  }
}

async function modeOf(target: string): Promise<number | undefined> {
  const stats = await lstat(target).catch(() => undefined);
  return stats === undefined ? undefined : stats.mode & 0o777;
}

async function isSame(target: string, content: Uint8Array, mode: number): Promise<boolean> {
  const stats = await lstat(target).catch(() => undefined);
  if (stats?.size !== content.length || (stats.mode & 0o7777) !== mode) return false;
  return Buffer.compare(await readFile(target), content) === 0;
}

function temporaryName(): string {
  return `.backbar-${randomBytes(8).toString("hex")}.tmp`;
}

async function writeTemporary(
  file: string,
  content: Uint8Array,
  { mode, exact }: { readonly mode: number; readonly exact: boolean },
): Promise<void> {
  const handle = await open(file, "wx", exact ? 0o600 : mode);
  try {
    await handle.writeFile(content);
    if (exact) await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes renames in a folder last: they are on disk when this returns. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}
