/**
 * Timestamped cosignatures (C2SP tlog-cosignature), with Ed25519: the statement that at a time this
 * checkpoint was the largest that the cosigner knew, and consistent with all before.
 */
import { TlogError } from "./error.js";

export interface Cosignature {
  /** POSIX time in seconds. */
  readonly time: number;
  /** Over `cosignedMessage`. */
  readonly signature: Uint8Array;
}

/** Begins what a cosignature signs, and no note that is signed otherwise. */
export const COSIGNATURE_HEADER = "cosignature/v1\n";

const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** What is signed for a checkpoint's `text`. */
export function cosignedMessage(text: string, time: number): Uint8Array {
  return new TextEncoder().encode(`${COSIGNATURE_HEADER}time ${time}\n${text}`);
}

/**
 * As it stands in a signature line, after the key id: 8 bytes of time, big-endian, and 64.
 * @throws {TlogError} tlog_note_signature where the time is none
 */
export function formatCosignature({ time, signature }: Cosignature): Uint8Array {
  if (!Number.isSafeInteger(time) || time < 0) {
    throw new TlogError("tlog_note_signature", `${time} is no time of a cosignature`);
  }
  const bytes = new Uint8Array(TIME_BYTES + signature.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(time));
  bytes.set(signature, TIME_BYTES);
  return bytes;
}

/** @throws {TlogError} tlog_note_signature */
export function parseCosignature(bytes: Uint8Array): Cosignature {
  if (bytes.length !== TIME_BYTES + SIGNATURE_BYTES) {
    throw new TlogError(
      "tlog_note_signature",
      `a cosignature has ${TIME_BYTES + SIGNATURE_BYTES} bytes, this one ${bytes.length}`,
    );
  }
  const time = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
  if (!Number.isSafeInteger(time)) {
    throw new TlogError("tlog_note_signature", "the time of a cosignature is out of range");
  }
  return { time, signature: bytes.slice(TIME_BYTES) };
}
