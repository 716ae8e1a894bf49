/**
 * Entry bundles (C2SP tlog-tiles): up to 256 entries, each after its length as two bytes,
 * big-endian.
 */
import { TlogError } from "./error.js";

const LENGTH_BYTES = 2;
const MAX_ENTRY_BYTES = 0xffff;

/** @throws {TlogError} tlog_bundle_form where an entry is longer than 65535 bytes */
export function formatEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  const parts = entries.flatMap((entry) => {
    if (entry.length > MAX_ENTRY_BYTES) {
      throw noBundle(`an entry has ${entry.length} bytes, more than ${MAX_ENTRY_BYTES}`);
    }
    return [Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry];
  });
  return new Uint8Array(Buffer.concat(parts));
}

/**
 * The `count` entries of an untrusted bundle.
 * @throws {TlogError} tlog_bundle_form where there are more or fewer, or bytes are left
 */
export function parseEntryBundle(bytes: Uint8Array, count: number): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length && entries.length < count) {
    const start = at + LENGTH_BYTES;
    if (start > bytes.length) throw noBundle("it ends within a length");
    at = start + view.getUint16(at);
    if (at > bytes.length) throw noBundle("it ends within an entry");
    entries.push(bytes.slice(start, at));
  }
  if (entries.length !== count || at !== bytes.length) {
    throw noBundle(`${count} entries are expected, and nothing after them`);
  }
  return entries;
}

function noBundle(why: string): TlogError {
  return new TlogError("tlog_bundle_form", `this is no bundle of entries: ${why}`);
}
