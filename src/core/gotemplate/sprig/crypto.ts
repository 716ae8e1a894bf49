/**
 * Sprig's hashes, passwords and AES. Failures of bcrypt, htpasswd and derivePassword are text in the
 * output, as in Sprig.
 */

import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { hashSync } from "bcryptjs";
import { byteLength, fromBytes, hasInvalidBytes, toBytes } from "../bytes.js";
import { FunctionError } from "../error.js";
import { type CallContext, GoFunction } from "../value.js";
import { adler32 } from "./adler32.js";
import { derivePassword } from "./derive-password.js";
import { base64Bytes } from "./encoding.js";
import { generatePrivateKey } from "./private-key.js";

export const cryptoFunctions: readonly GoFunction[] = [
  hashFunction("sha1sum", (bytes) => createHash("sha1").update(bytes).digest("hex")),
  hashFunction("sha256sum", (bytes) => createHash("sha256").update(bytes).digest("hex")),
  hashFunction("sha512sum", (bytes) => createHash("sha512").update(bytes).digest("hex")),
  hashFunction("adler32sum", (bytes) => String(adler32(bytes))),
  new GoFunction("bcrypt", ["string"], bcrypt),
  new GoFunction("htpasswd", ["string", "string"], htpasswd),
  new GoFunction(
    "derivePassword",
    ["uint32", "string", "string", "string", "string"],
    derivePassword,
  ),
  new GoFunction("genPrivateKey", ["string"], generatePrivateKey),
  new GoFunction("encryptAES", ["string", "string"], encryptAES),
  new GoFunction("decryptAES", ["string", "string"], decryptAES),
  new GoFunction("uuidv4", [], uuidv4),
];

const BYTES_PER_STEP = 64;

function hashFunction(name: string, digest: (bytes: Uint8Array) => string): GoFunction {
  return new GoFunction(name, ["string"], (context: CallContext, text: string) => {
    context.charge(1 + Math.floor(text.length / BYTES_PER_STEP));
    return digest(toBytes(text));
  });
}

// 2^10 rounds of Blowfish take as long as this many steps
const BCRYPT_STEPS = 150_000;
const BCRYPT_MAX_BYTES = 72;
const BCRYPT_PREFIX = "$2a$10$";
const BCRYPT_ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function bcrypt(context: CallContext, password: string): string {
  if (byteLength(password) > BCRYPT_MAX_BYTES) {
    return `failed to encrypt string with bcrypt: bcrypt: password length exceeds ${BCRYPT_MAX_BYTES} bytes`;
  }
  if (hasInvalidBytes(password)) throw new FunctionError("bcrypt: the password is not UTF-8");
  context.charge(BCRYPT_STEPS);
  const hash = hashSync(password, BCRYPT_PREFIX + bcryptBase64(context.host.randomBytes(16)));
  context.secret(hash);
  return hash;
}

/** bcrypt's own base64: another alphabet, no padding. */
function bcryptBase64(bytes: Uint8Array): string {
  let digits = "";
  for (let bit = 0; bit < bytes.length * 8; bit += 6) {
    const at = bit >> 3;
    const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    digits += BCRYPT_ALPHABET.charAt((pair >> (10 - (bit & 7))) & 63);
  }
  return digits;
}

function htpasswd(context: CallContext, user: string, password: string): string {
  if (user.includes(":")) return `invalid username: ${user}`;
  const line = `${user}:${bcrypt(context, password)}`;
  context.secret(line);
  return line;
}

const AES = "aes-256-cbc";
const KEY_BYTES = 32;
const BLOCK_BYTES = 16;

/** Base64 of a random initialization vector and the text; the password, cut or filled with zeros, is the key. */
function encryptAES(context: CallContext, password: string, text: string): string {
  if (text === "") return "";
  context.charge(1 + Math.floor(text.length / BYTES_PER_STEP));
  context.allocate(4 * text.length);
  const vector = context.host.randomBytes(BLOCK_BYTES);
  const cipher = createCipheriv(AES, aesKey(password), vector);
  return Buffer.concat([vector, cipher.update(toBytes(text)), cipher.final()]).toString("base64");
}

/** Trusts the last byte alone for the padding, so a wrong password gives an error or rubbish. */
function decryptAES(context: CallContext, password: string, text: string): string {
  if (text === "") return "";
  context.charge(1 + Math.floor(text.length / BYTES_PER_STEP));
  context.allocate(2 * text.length);
  const bytes = base64Bytes(text);
  if (bytes === undefined) throw new FunctionError("illegal base64 data");
  if (bytes.length < 2 * BLOCK_BYTES || bytes.length % BLOCK_BYTES !== 0) {
    throw new FunctionError(
      `encrypted text has ${bytes.length} bytes, not two full blocks or more`,
    );
  }
  const vector = bytes.subarray(0, BLOCK_BYTES);
  const decipher = createDecipheriv(AES, aesKey(password), vector).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(bytes.subarray(BLOCK_BYTES)), decipher.final()]);
  const size = padded.length - (padded.at(-1) ?? 0);
  if (size < 0) throw new FunctionError(`slice bounds out of range [:${size}]`);
  return fromBytes(padded.subarray(0, size));
}

function aesKey(password: string): Uint8Array {
  const key = new Uint8Array(KEY_BYTES);
  key.set(toBytes(password).subarray(0, KEY_BYTES));
  return key;
}

/** RFC 9562 §5.4. */
function uuidv4(context: CallContext): string {
  const bytes = Buffer.from(context.host.randomBytes(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20]].map((cut) => hex.slice(...cut)).join("-");
}
