/**
 * Signed notes (C2SP signed-note): a text, an empty line, and a line for each signature. What is
 * read here is a form alone; who signed is for `note-signature.ts`, and before that nobody may
 * believe the text.
 */
import { decodeUtf8 } from "../codec/utf8.js";
import { decodeBase64, encodeBase64 } from "./base64.js";
import { TlogError } from "./error.js";

export interface Note {
  /** Ended by a line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  /** Of the key. */
  readonly name: string;
  /** Of the key, with its name: eight hex digits. */
  readonly keyId: string;
  readonly signature: Uint8Array;
}

const MAX_NOTE_BYTES = 1_000_000;
const MAX_SIGNATURES = 100;
const KEY_ID_BYTES = 4;
const DASH = "— ";

/** @throws {TlogError} tlog_note_form */
export function parseNote(note: Uint8Array | string): Note {
  const decoded = readText(note);
  // The text may have empty lines of its own: the last one ends it.
  const split = decoded.lastIndexOf("\n\n");
  if (split < 0) throw noNote("no empty line stands before the signatures");
  const text = decoded.slice(0, split + 1);
  return { text, signatures: parseSignatures(decoded.slice(split + 2)) };
}

/**
 * Signature lines without a note, each ended by a line feed: what witnesses answer.
 * @throws {TlogError} tlog_note_form
 */
export function parseSignatures(lines: Uint8Array | string): NoteSignature[] {
  const text = readText(lines);
  const parts = text.split("\n", MAX_SIGNATURES + 2);
  if (!text.endsWith("\n")) throw noNote("the last line is not ended");
  if (parts.length > MAX_SIGNATURES + 1) throw noNote(`more than ${MAX_SIGNATURES} signatures`);
  return parts.slice(0, -1).map(parseSignature);
}

/** @throws {TlogError} tlog_note_form where `parseNote` would not read it as it is */
export function formatNote({ text, signatures }: Note): string {
  checkNoteText(text);
  if (signatures.length === 0) throw noNote("nobody signed");
  if (signatures.length > MAX_SIGNATURES) throw noNote(`more than ${MAX_SIGNATURES} signatures`);
  return readText(`${text}\n${signatures.map(formatSignature).join("")}`);
}

/**
 * One signature line, ended by a line feed: what witnesses answer with.
 * @throws {TlogError} tlog_note_form where `parseSignatures` would not read it
 */
export function formatSignature({ name, keyId, signature }: NoteSignature): string {
  const bytes = Buffer.concat([Buffer.from(keyId, "hex"), signature]);
  const line = `${DASH}${name} ${encodeBase64(bytes)}`;
  parseSignature(line);
  return `${line}\n`;
}

/**
 * Checks that `text` can be that of a note.
 * @throws {TlogError} tlog_note_form
 */
export function checkNoteText(text: string): void {
  if (!readText(text).endsWith("\n")) throw noNote("the text is not ended by a line feed");
}

/** Whether `name` can be that of a key: no spaces of any kind, no plus. */
export function isKeyName(name: string): boolean {
  return /^[^\p{White_Space}\p{Surrogate}+]+$/u.test(name) && !hasControls(name);
}

function parseSignature(line: string): NoteSignature {
  const [name = "", encoded = "", ...more] = line.slice(DASH.length).split(" ");
  const bytes = decodeBase64(encoded);
  const known = line.startsWith(DASH) && more.length === 0 && isKeyName(name);
  if (!known || bytes === undefined || bytes.length <= KEY_ID_BYTES) {
    throw noNote(`${JSON.stringify(line.slice(0, 120))} is no signature line`);
  }
  return {
    name,
    keyId: Buffer.from(bytes.subarray(0, KEY_ID_BYTES)).toString("hex"),
    signature: bytes.slice(KEY_ID_BYTES),
  };
}

function readText(input: Uint8Array | string): string {
  if (input.length > MAX_NOTE_BYTES) throw noNote(`longer than ${MAX_NOTE_BYTES} bytes`);
  const text = typeof input === "string" ? input : decodeUtf8(input);
  if (text === undefined || /\p{Surrogate}/u.test(text)) throw noNote("it is no UTF-8");
  if (hasControls(text)) throw noNote("it has control characters");
  return text;
}

function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 0x20 && text[i] !== "\n") return true;
  }
  return false;
}

function noNote(why: string): TlogError {
  return new TlogError("tlog_note_form", `this is no signed note: ${why}`);
}
