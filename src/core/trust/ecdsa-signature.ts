/**
 * ECDSA signatures on P-256 in their two spellings: ASN.1 DER (RFC 3279 §2.2.3), which signing
 * programs and Sigstore bundles have, and the 64 bytes of JWS (RFC 7518 §3.4): r and s, 32 bytes
 * each, big endian.
 */
import { TrustError } from "./error.js";

const PART = 32;
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/**
 * The 64 bytes of a signature in DER. Only the shortest spelling is read, so that one signature has
 * one form.
 * @throws {TrustError} signed_form
 */
export function ecdsaFromDer(der: Uint8Array): Uint8Array {
  const body = readElement(der, SEQUENCE);
  const r = readElement(body.content, INTEGER);
  const s = readElement(r.rest, INTEGER);
  if (body.rest.length > 0 || s.rest.length > 0) throw noSignature();
  const joined = new Uint8Array(2 * PART);
  joined.set(readPart(r.content), 0);
  joined.set(readPart(s.content), PART);
  return joined;
}

interface Element {
  readonly content: Uint8Array;
  /** What follows it. */
  readonly rest: Uint8Array;
}

/** A signature on P-256 is short enough for lengths of one byte. */
function readElement(bytes: Uint8Array, tag: number): Element {
  const [first, length = 0] = bytes;
  const end = 2 + length;
  if (first !== tag || length > 0x7f || bytes.length < end) throw noSignature();
  return { content: bytes.subarray(2, end), rest: bytes.subarray(end) };
}

/** A positive integer of at most 32 bytes, filled up with zeros from the left. */
function readPart(integer: Uint8Array): Uint8Array {
  const [first = 0x80, second = 0] = integer;
  const isNegative = first >= 0x80;
  const isPadded = integer.length > 1 && first === 0;
  if (isNegative || (isPadded && second < 0x80)) throw noSignature();
  const digits = isPadded ? integer.subarray(1) : integer;
  if (digits.length > PART) throw noSignature();
  const part = new Uint8Array(PART);
  part.set(digits, PART - digits.length);
  return part;
}

function noSignature(): TrustError {
  return new TrustError("signed_form", "this is no ECDSA signature on P-256 in DER");
}
