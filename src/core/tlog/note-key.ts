/**
 * Keys of signed notes (C2SP signed-note, "Verifier keys"): a name, a type of signature and an
 * Ed25519 key. As text, `<name>+<key id>+<base64 of type and key>`.
 */
import { createHash } from "node:crypto";
import { type PublicKey, parsePublicKey } from "../trust/keys.js";
import { decodeBase64, encodeBase64 } from "./base64.js";
import { TlogError } from "./error.js";
import { isKeyName } from "./note.js";

/** `note` signs a note's text; `cosignature` a checkpoint and the time (C2SP tlog-cosignature). */
export type NoteKeyType = "note" | "cosignature";

export interface NoteKey {
  readonly name: string;
  readonly type: NoteKeyType;
  readonly publicKey: PublicKey;
  /** Eight hex digits that tell keys of one name apart. */
  readonly keyId: string;
}

const TYPE_BYTES: Readonly<Record<NoteKeyType, number>> = { note: 0x01, cosignature: 0x04 };
const KEY_BYTES = 32;
/** RFC 8410 §4: the SPKI frame around the 32 bytes of a public key. */
const SPKI_FRAME = Buffer.from("302a300506032b6570032100", "hex");
const MAX_KEY_LENGTH = 4096;

/**
 * The key of a log or a witness.
 * @throws {TlogError} tlog_note_key where the name cannot be one, or the key is not Ed25519
 */
export function noteKey(name: string, type: NoteKeyType, publicKey: PublicKey): NoteKey {
  if (!isKeyName(name)) {
    throw noKey(`${JSON.stringify(name)} is no key name: it has to be without spaces and plus`);
  }
  const hash = createHash("sha256").update(`${name}\n`).update(typedKey(type, publicKey));
  return { name, type, publicKey, keyId: hash.digest("hex").slice(0, 8) };
}

export function formatNoteKey({ name, type, publicKey, keyId }: NoteKey): string {
  return `${name}+${keyId}+${encodeBase64(typedKey(type, publicKey))}`;
}

/** @throws {TlogError} tlog_note_key */
export function parseNoteKey(text: string): NoteKey {
  const [name = "", keyId, ...rest] = text.length > MAX_KEY_LENGTH ? [] : text.split("+");
  const [typeByte, ...bytes] = decodeBase64(rest.join("+")) ?? [];
  const type = (["note", "cosignature"] as const).find((one) => TYPE_BYTES[one] === typeByte);
  if (type === undefined || bytes.length !== KEY_BYTES) {
    throw noKey("it is not of the form <name>+<key id>+<base64>, or not Ed25519");
  }
  const key = noteKey(name, type, ed25519Key(Uint8Array.from(bytes)));
  if (key.keyId !== keyId) throw noKey(`its key id is ${key.keyId}, not ${keyId}`);
  return key;
}

/** The type's byte, and the 32 bytes of the key. */
function typedKey(type: NoteKeyType, { algorithm, key }: PublicKey): Uint8Array {
  if (algorithm !== "Ed25519") throw noKey(`its algorithm is ${algorithm}, not Ed25519`);
  const spki = key.export({ type: "spki", format: "der" });
  return Buffer.concat([Uint8Array.of(TYPE_BYTES[type]), spki.subarray(SPKI_FRAME.length)]);
}

function ed25519Key(bytes: Uint8Array): PublicKey {
  const spki = encodeBase64(Buffer.concat([SPKI_FRAME, bytes]));
  return parsePublicKey(`-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----\n`);
}

function noKey(why: string): TlogError {
  return new TlogError("tlog_note_key", `this is no key of signed notes: ${why}`);
}
