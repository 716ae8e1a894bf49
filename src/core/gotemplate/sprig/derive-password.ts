/** Sprig's `derivePassword`: the Master Password algorithm (version 1), a password from a secret, a user and a site. */
import { Buffer } from "node:buffer";
import { createHmac, scryptSync } from "node:crypto";
import { toBytes } from "../bytes.js";
import type { CallContext } from "../value.js";

const SCOPE = "com.lyndir.masterpassword";

/** Each letter of a template stands for a class of characters. */
const TEMPLATES: ReadonlyMap<string, readonly string[]> = new Map([
  ["maximum", ["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"]],
  [
    "long",
    (
      "CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno " +
      "CvcvnoCvccCvcv CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno " +
      "CvccnoCvccCvcv CvccCvccnoCvcv CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno " +
      "CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno"
    ).split(" "),
  ],
  ["medium", ["CvcnoCvc", "CvcCvcno"]],
  ["short", ["Cvcn"]],
  ["basic", ["aaanaaan", "aannaaan", "aaannaaa"]],
  ["pin", ["nnnn"]],
]);

const CLASSES: Readonly<Record<string, string>> = {
  V: "AEIOU",
  C: "BCDFGHJKLMNPQRSTVWXYZ",
  v: "aeiou",
  c: "bcdfghjklmnpqrstvwxyz",
  A: "AEIOUBCDFGHJKLMNPQRSTVWXYZ",
  a: "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
  n: "0123456789",
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
};

// scrypt at this cost takes as long as this many steps
const SCRYPT_STEPS = 200_000;
const SCRYPT_COST = { N: 32_768, r: 8, p: 2, maxmem: 128 * 1024 * 1024 };

/** An unknown type gives a text that says so. */
export function derivePassword(
  context: CallContext,
  counter: bigint,
  type: string,
  secret: string,
  user: string,
  site: string,
): string {
  const templates = TEMPLATES.get(type);
  if (templates === undefined) return `cannot find password template ${type}`;
  context.charge(SCRYPT_STEPS);
  const key = scryptSync(toBytes(secret), scoped(user), 64, SCRYPT_COST);
  const seed = createHmac("sha256", key)
    .update(scoped(site))
    .update(uint32(Number(counter)))
    .digest();
  const template = templates[(seed[0] ?? 0) % templates.length] ?? "";
  const password = [...template].map((letter, i) => {
    const characters = CLASSES[letter] ?? "";
    return characters.charAt((seed[i + 1] ?? 0) % characters.length);
  });
  const text = password.join("");
  context.secret(text);
  return text;
}

function scoped(name: string): Uint8Array {
  const bytes = toBytes(name);
  return Buffer.concat([Buffer.from(SCOPE), uint32(bytes.length), bytes]);
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
