/** `backbar env edit`, `backbar entry-list edit`: the definition in the user's editor, and back. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { BackbarClient } from "../../client/client.js";
import { readDefinition, type StoredDefinition } from "../../client/environments.js";
import type { JsonValue } from "../../core/codec/canonical-json.js";
import { BackbarError, withDetails } from "../../errors.js";
import { decodeFile, readIfThere } from "../files/read-file.js";
import { writeWhole } from "../files/write-whole.js";
import { CliError } from "../frame/error.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { isSameDefinition, sendDefinition } from "./apply.js";
import type { DefinitionKind } from "./definition-kind.js";
import { formatDefinition } from "./definition-text.js";
import { editFile } from "./editor.js";
import { withHints } from "./refusal.js";

const MAX_BYTES = 256 * 1024;

/**
 * Changes one definition in an editor. What cannot be sent stays in its file.
 * @throws {UsageError}; {CliError}; {RecipeError}; {ServerProblem}
 */
export async function editDefinition(
  session: Session,
  kind: DefinitionKind,
  name: string,
): Promise<Outcome> {
  kind.checkName(name);
  const client = await session.client();
  const stored = await readKnown(client, kind, name);
  const folder = await mkdtemp(path.join(tmpdir(), "backbar-edit-"));
  const file = path.join(folder, `${name}.yaml`);
  const text = `${headOf(kind, name)}${formatDefinition(stored.definition)}`;
  await writeWhole(file, text, 0o600);
  let edited = text;
  try {
    await editFile(session.machine, file);
    edited = await readBack(file);
    const outcome = await send(client, kind, { file, text: edited, before: text, stored });
    await rm(folder, { recursive: true, force: true });
    return outcome;
  } catch (error) {
    const kept = await readBack(file).catch(() => edited);
    if (kept === text) await rm(folder, { recursive: true, force: true });
    throw kept !== text && error instanceof BackbarError ? keep(error, kind, file) : error;
  }
}

async function readKnown(
  client: BackbarClient,
  kind: DefinitionKind,
  name: string,
): Promise<StoredDefinition> {
  try {
    return await readDefinition(client, kind.resource, name);
  } catch (error) {
    const hint = `backbar ${kind.command} list shows those that are there; backbar ${kind.command} apply FILE makes one`;
    throw withHints(error, { environment_unknown: hint, entry_list_unknown: hint });
  }
}

interface Edited {
  readonly file: string;
  readonly text: string;
  /** As the editor was given it. */
  readonly before: string;
  readonly stored: StoredDefinition;
}

async function send(
  client: BackbarClient,
  kind: DefinitionKind,
  { file, text, before, stored }: Edited,
): Promise<Outcome> {
  const { name } = stored;
  const unchanged = { json: stored.json, text: `${name}: unchanged\n` };
  if (text === before) return unchanged;
  // As in a commit message: an emptied text takes the edit back.
  if (text.split("\n").every((line) => /^\s*(?:#.*)?$/.test(line))) return unchanged;
  const definition: JsonValue = kind.parse(text, file);
  if (isSameDefinition(stored.definition, definition)) return unchanged;
  const sent = await sendDefinition(client, kind, { file, name, definition }, stored);
  return { json: sent.json, text: `${name}: changed\n`, hints: kind.next([sent]) };
}

/** The same error, with word of where the user's work lies. */
function keep(error: BackbarError, { command }: DefinitionKind, file: string): BackbarError {
  const changed = /_changed$/.test(error.code);
  const again = `backbar ${command} apply${changed ? " --dry-run" : ""} ${file}`;
  const what = changed
    ? "shows how it differs from what is there now"
    : "sends it again, once it is mended";
  return withDetails(error, { hint: `your text is kept; ${again} ${what}` });
}

async function readBack(file: string): Promise<string> {
  const bytes = await readIfThere(file, file, MAX_BYTES);
  if (bytes === undefined) throw new CliError("cli_file", `${file} is gone`);
  return decodeFile(bytes, file);
}

function headOf({ noun }: DefinitionKind, name: string): string {
  return `# The ${noun} ${name}. It is changed when you save and leave; lines with # are passed over.\n# An empty file changes nothing.\n`;
}
