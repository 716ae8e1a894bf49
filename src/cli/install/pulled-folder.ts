/**
 * A folder with the files of one pull: `provisioners.yaml`, patch templates by name, and a record of
 * what was written, so that the next pull takes away its own files and never anybody else's.
 */
import path from "node:path";
import { sha256Digest } from "../../core/codec/digest.js";
import { isSha256Digest } from "../../core/recipe/names.js";
import { refusePatchName } from "../../core/recipe/release-document.js";
import { StrictObject } from "../../core/recipe/strict-json.js";
import { decodeFile, readIfThere } from "../files/read-file.js";
import { type Draft, draftOf, type Written, writeChanges } from "../files/write-files.js";
import { CliError } from "../frame/error.js";
import { holdInterrupts } from "../frame/interrupt.js";
import { formatLock, LOCK_NAME } from "./lock-file.js";
import { checkUnchanged } from "./project-files.js";
import type { Pulled } from "./pull.js";

const RECORD = ".backbar-pull.json";
const PROVISIONERS = "provisioners.yaml";
const MAX_RECORD_BYTES = 4 * 1024 * 1024;
const MAX_FILE_BYTES = 64 * 1024 * 1024;

export interface WrittenPull extends Written {
  /** Files of an earlier pull that somebody changed since: they stay. */
  readonly left: readonly string[];
}

/**
 * Writes what was pulled to the folder `out`, as the command line names it, and the lock with it;
 * only the lock where `out` is undefined.
 * @throws {CliError} cli_file where a file is in the way that no pull wrote; cli_link, cli_lock_changed
 */
export async function writePulled(pulled: Pulled, out: string | undefined): Promise<WrittenPull> {
  const { project, lock } = pulled;
  const lockDraft =
    lock && draftOf(path.join(project.folder, LOCK_NAME), Buffer.from(formatLock(lock)));
  const folder = path.resolve(project.folder, out ?? ".");
  const show = (target: string) => path.relative(project.folder, target) || ".";
  const planned = out === undefined ? NOTHING : await planFiles(pulled, folder, show);
  const [head, ...rest] = [...(lockDraft === undefined ? [] : [lockDraft]), ...planned.drafts];
  if (head === undefined) return { written: [], removed: [], left: [] };
  const changes = {
    first: head,
    removals: planned.gone.map((target) => ({ target, directory: false })),
    files: rest,
    check: () => (lock === undefined ? Promise.resolve() : checkUnchanged(project)),
    show,
  };
  const done = await holdInterrupts((signal) => writeChanges(folder, changes, signal));
  return {
    written: done.written.filter((target) => path.basename(target) !== RECORD).map(show),
    removed: done.removed.map(show),
    left: planned.left.map(show),
  };
}

/** Absolute paths. */
interface Plan {
  readonly drafts: readonly Draft[];
  readonly gone: readonly string[];
  readonly left: readonly string[];
}

const NOTHING: Plan = { drafts: [], gone: [], left: [] };

async function planFiles(
  { release, digest, target, files }: Pulled,
  folder: string,
  show: (target: string) => string,
): Promise<Plan> {
  const wanted = [{ name: PROVISIONERS, content: files.provisioners }, ...files.patches];
  const recorded = await readRecord(folder, show);
  const drafts: Draft[] = [];
  for (const { name, content } of wanted) {
    const at = path.join(folder, name);
    const now = await digestOf(at, show);
    if (now !== undefined && now !== sha256Digest(content) && !recorded.has(name)) {
      throw new CliError("cli_file", `${show(at)} is in the way: no pull wrote it`, {
        hint: "move it away, or choose another folder with --out",
      });
    }
    drafts.push(draftOf(at, content));
  }
  const names = new Set(wanted.map(({ name }) => name.toLowerCase()));
  const gone: string[] = [];
  const left: string[] = [];
  for (const [name, before] of recorded) {
    const at = path.join(folder, name);
    const now = names.has(name.toLowerCase()) ? undefined : await digestOf(at, show);
    if (now !== undefined) (now === before ? gone : left).push(at);
  }
  const record = {
    environment: release.environment,
    release: release.number,
    digest,
    target,
    files: Object.fromEntries(wanted.map(({ name, content }) => [name, sha256Digest(content)])),
  };
  const text = `${JSON.stringify(record, undefined, 2)}\n`;
  // It is last: until then the files of the earlier pull are known as such.
  return { drafts: [...drafts, draftOf(path.join(folder, RECORD), Buffer.from(text))], gone, left };
}

/** The files that an earlier pull wrote, with their digests then. A record is believed no path. */
async function readRecord(
  folder: string,
  show: (target: string) => string,
): Promise<ReadonlyMap<string, string>> {
  const file = path.join(folder, RECORD);
  const bytes = await readIfThere(file, show(file), MAX_RECORD_BYTES);
  if (bytes === undefined) return new Map();
  try {
    const record = new StrictObject(JSON.parse(decodeFile(bytes, show(file))), [], []);
    const files = record.object("files");
    const named = (files?.keys() ?? []).map((name) => [name, files?.text(name) ?? ""] as const);
    return new Map(named.filter(([name, digest]) => isOwnName(name) && isSha256Digest(digest)));
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

function isOwnName(name: string): boolean {
  return name === PROVISIONERS || refusePatchName(name) === undefined;
}

async function digestOf(
  file: string,
  show: (target: string) => string,
): Promise<string | undefined> {
  const bytes = await readIfThere(file, show(file), MAX_FILE_BYTES);
  return bytes === undefined ? undefined : sha256Digest(bytes);
}
