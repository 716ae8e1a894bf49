/** `backbar env apply`, `backbar entry-list apply`: makes what stands say what files say. */
import path from "node:path";
import type { BackbarClient } from "../../client/client.js";
import { findDefinition, putDefinition, type StoredDefinition } from "../../client/environments.js";
import { canonicalJson, type JsonValue } from "../../core/codec/canonical-json.js";
import { asProblem, BackbarError, type Problem } from "../../errors.js";
import { decodeFile, readIfThere } from "../files/read-file.js";
import { errorJson } from "../frame/describe.js";
import { colourDiff } from "../frame/diff-text.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";
import type { DefinitionKind } from "./definition-kind.js";
import { diffDefinitions } from "./definition-text.js";
import { inFile, withHints } from "./refusal.js";

export interface ApplyFlags {
  readonly name?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** A definition as a file says it. */
interface Wanted {
  /** As the user named it. */
  readonly file: string;
  readonly name: string;
  readonly definition: JsonValue;
}

/** What became of one file, or would. */
interface Applied {
  readonly file: string;
  readonly name: string;
  readonly change: "created" | "changed" | "unchanged" | "refused";
  /** Of a dry run; undefined where the two are too different. */
  readonly diff?: string | undefined;
  /** What stands now; undefined for a dry run. */
  readonly stored?: StoredDefinition;
  readonly error?: BackbarError;
}

const MAX_BYTES = 256 * 1024;
const EXTENSION = /\.(?:yaml|yml|json)$/i;

/**
 * Applies the files in order. All are read and checked before anything is sent; then one that is
 * refused keeps no other from being applied.
 * @throws {UsageError}; {CliError}; {RecipeError} what is wrong with the files
 * @throws {ServerProblem} where the only file is refused
 */
export async function applyDefinitions(
  session: Session,
  kind: DefinitionKind,
  files: readonly string[],
  { name, dryRun = false }: ApplyFlags,
): Promise<Outcome> {
  const wanted = await readAll(session, kind, files, name);
  const client = await session.client();
  const applied: Applied[] = [];
  for (const one of wanted) {
    try {
      applied.push(dryRun ? await compare(client, kind, one) : await applyOne(client, kind, one));
    } catch (error) {
      if (!(error instanceof BackbarError)) throw error;
      if (wanted.length === 1) throw error;
      session.screen.complain(error);
      const { file, name: refused } = one;
      applied.push({ file, name: refused, change: "refused", error });
    }
  }
  const text = applied.map((one) => describe(session, one, dryRun)).join("");
  const failed = applied.some(({ change }) => change === "refused");
  const changed = applied.flatMap(({ change, stored }) =>
    stored === undefined || change === "unchanged" ? [] : [stored],
  );
  const json = { dryRun, applied: applied.map(formatApplied) };
  return { json, text, hints: kind.next(changed), ...(failed ? { exitCode: 1 } : {}) };
}

/** Makes or changes one definition; the server's answer is undefined where nothing was sent. */
export async function sendDefinition(
  client: BackbarClient,
  kind: DefinitionKind,
  { file, name, definition }: Wanted,
  stored: StoredDefinition | undefined,
): Promise<StoredDefinition> {
  const etag = stored?.etag;
  try {
    return await putDefinition(client, kind.resource, { name, definition, etag });
  } catch (error) {
    const refused = withHints(error, hintsFor(kind));
    throw refused instanceof BackbarError ? inFile(refused, file) : refused;
  }
}

/** Whether two definitions in their complete form say the same. */
export function isSameDefinition(a: JsonValue, b: JsonValue): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

async function applyOne(
  client: BackbarClient,
  kind: DefinitionKind,
  wanted: Wanted,
): Promise<Applied> {
  const { file, name, definition } = wanted;
  const stored = await findDefinition(client, kind.resource, name);
  if (stored !== undefined && isSameDefinition(stored.definition, definition)) {
    return { file, name, change: "unchanged", stored };
  }
  const sent = await sendDefinition(client, kind, wanted, stored);
  if (sent.etag === stored?.etag) return { file, name, change: "unchanged", stored: sent };
  return { file, name, change: stored === undefined ? "created" : "changed", stored: sent };
}

async function compare(
  client: BackbarClient,
  kind: DefinitionKind,
  { file, name, definition }: Wanted,
): Promise<Applied> {
  const stored = await findDefinition(client, kind.resource, name);
  if (stored !== undefined && isSameDefinition(stored.definition, definition)) {
    return { file, name, change: "unchanged" };
  }
  const diff = diffDefinitions(name, stored?.definition, definition);
  return { file, name, change: stored === undefined ? "created" : "changed", diff };
}

async function readAll(
  session: Session,
  kind: DefinitionKind,
  files: readonly string[],
  name: string | undefined,
): Promise<Wanted[]> {
  if (name !== undefined && files.length > 1) {
    throw new UsageError("--name goes with one file", "several are named as their files are");
  }
  const wanted: Wanted[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    try {
      wanted.push(await readOne(session, kind, file, name));
    } catch (error) {
      if (!(error instanceof BackbarError) || error instanceof UsageError) throw error;
      if (files.length === 1) throw error;
      problems.push(...(error.problems.length > 0 ? error.problems : [asProblem(error)]));
    }
  }
  const [first] = problems;
  if (first !== undefined) {
    throw new BackbarError(first.code, `nothing was sent: ${first.message}`, { problems });
  }
  for (const [i, one] of wanted.entries()) {
    const other = wanted.slice(0, i).find((before) => before.name === one.name);
    if (other === undefined) continue;
    throw new UsageError(
      `${other.file} and ${one.file} are both for ${one.name}`,
      "apply one of them, or give one another name with --name",
    );
  }
  return wanted;
}

async function readOne(
  session: Session,
  kind: DefinitionKind,
  file: string,
  asked: string | undefined,
): Promise<Wanted> {
  const isStdin = file === "-";
  if (isStdin && asked === undefined) {
    throw new UsageError(`the standard input has no name`, `--name says which ${kind.noun} it is`);
  }
  const name = asked ?? path.basename(file).replace(EXTENSION, "");
  try {
    kind.checkName(name);
  } catch (error) {
    if (asked !== undefined || !(error instanceof BackbarError)) throw error;
    throw new UsageError(`${file}: ${error.message}`, `--name says which ${kind.noun} it is`);
  }
  const title = isStdin ? "the standard input" : file;
  const { machine } = session;
  const bytes = isStdin
    ? await machine.stdin.read(MAX_BYTES)
    : await readIfThere(path.resolve(machine.folder, file), title, MAX_BYTES);
  if (bytes === undefined) {
    throw new UsageError(
      `there is no file ${file}`,
      `name the file of an ${kind.noun}: YAML or JSON`,
    );
  }
  return { file: title, name, definition: kind.parse(decodeFile(bytes, title), title) };
}

function hintsFor({ noun }: DefinitionKind): Readonly<Record<string, string>> {
  const raced = `somebody else was first; the same command again goes by what is there now (--dry-run shows it)`;
  return {
    environment_changed: raced,
    environment_exists: raced,
    environment_match_required: raced,
    entry_list_changed: raced,
    entry_list_exists: raced,
    entry_list_match_required: raced,
    ...(noun === "environment"
      ? { environment_definition: "backbar entry-list list shows the lists that are there" }
      : {}),
  };
}

/** With the server's own answer. */
function formatApplied({ stored, error, ...applied }: Applied) {
  return {
    ...applied,
    ...(stored === undefined ? {} : { answer: stored.json }),
    ...(error === undefined ? {} : { error: errorJson(error) }),
  };
}

function describe({ screen }: Session, { name, change, diff }: Applied, dryRun: boolean): string {
  if (!dryRun || change === "unchanged" || change === "refused") return `${name}: ${change}\n`;
  const shown = diff === undefined ? "too much changes to show it\n" : colourDiff(screen, diff);
  return `${name}: would be ${change}\n${shown}`;
}
