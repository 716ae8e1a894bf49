/**
 * The files that name witnesses of our log, and logs that we witness: a line each, blank lines and
 * those that begin with # are skipped. A faulty line refuses the start by its number.
 */
import { readFile } from "node:fs/promises";
import { type NoteKey, parseNoteKey } from "./core/tlog/note-key.js";
import { BackbarError } from "./errors.js";

export class WitnessFilesError extends BackbarError<"server_witnesses"> {
  override readonly name = "WitnessFilesError";
}

export interface NamedWitness {
  readonly key: NoteKey;
  /** Ends without a slash; `/add-checkpoint` follows. */
  readonly url: string;
}

const MAX_LINES = 100;

/**
 * Lines `KEY URL`.
 * @throws {WitnessFilesError} server_witnesses
 */
export async function readWitnesses(file: string): Promise<NamedWitness[]> {
  const names = new Set<string>();
  return readLines(file, "KEY URL", (words) => {
    const [text = "", address = "", ...more] = words;
    if (more.length > 0 || !URL.canParse(address)) throw new TypeError("it is not KEY URL");
    const url = new URL(address);
    if (!["http:", "https:"].includes(url.protocol)) throw new TypeError("its URL is not http(s)");
    const key = parseNoteKey(text);
    if (key.type !== "cosignature") throw new TypeError("its key is no witness's");
    if (names.has(key.name)) throw new TypeError(`${key.name} is named twice`);
    names.add(key.name);
    return { key, url: url.href.replace(/\/+$/, "") };
  });
}

/**
 * Lines `KEY`, or `ORIGIN KEY` where the key has another name than the log; several for one log.
 * @throws {WitnessFilesError} server_witnesses
 */
export async function readWitnessLogs(file: string): Promise<Map<string, NoteKey[]>> {
  const logs = new Map<string, NoteKey[]>();
  await readLines(file, "KEY, or ORIGIN KEY", (words) => {
    if (words.length > 2) throw new TypeError("it has more than two words");
    const key = parseNoteKey(words.at(-1) ?? "");
    if (key.type !== "note") throw new TypeError("its key is no log's");
    const origin = words.length === 2 ? (words[0] ?? "") : key.name;
    logs.set(origin, [...(logs.get(origin) ?? []), key]);
  });
  return logs;
}

async function readLines<T>(
  file: string,
  form: string,
  read: (words: readonly string[]) => T,
): Promise<T[]> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new WitnessFilesError("server_witnesses", cause.message, { cause });
  });
  const found: T[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const words = line.trim().split(/\s+/);
    if (words[0] === "" || words[0]?.startsWith("#")) continue;
    const place = { file, line: index + 1 };
    try {
      found.push(read(words));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new WitnessFilesError("server_witnesses", why, {
        cause,
        place,
        hint: `a line is ${form}`,
      });
    }
    if (found.length > MAX_LINES) {
      throw new WitnessFilesError("server_witnesses", `more than ${MAX_LINES} lines`, { place });
    }
  }
  return found;
}
