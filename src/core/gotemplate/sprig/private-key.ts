/** Private keys in PEM: made for `genPrivateKey` and the certificates, and read where templates bring their own. */
import { Buffer } from "node:buffer";
import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { FunctionError } from "../error.js";
import type { CallContext } from "../value.js";
import { checkDsaKey, generateDsaKey } from "./dsa-key.js";
import { decodePem, encodePem } from "./pem.js";

// making a key takes as long as this many steps
const RSA_4096_STEPS = 1_500_000;
const RSA_2048_STEPS = 200_000;
const DSA_STEPS = 500_000;
const CURVE_STEPS = 1_000;

/** An unknown type gives a text that says so. */
export function generatePrivateKey(context: CallContext, type: string): string {
  const pem = newKeyPem(context, type);
  if (pem === undefined) return `Unknown type ${type}`;
  context.secret(pem);
  return pem;
}

function newKeyPem(context: CallContext, type: string): string | undefined {
  // Node draws the key's bytes itself: asked for none, the host knows that some were drawn.
  context.host.randomBytes(0);
  switch (type) {
    case "":
    case "rsa":
      context.charge(RSA_4096_STEPS);
      return formatPrivateKey(generateKeyPairSync("rsa", { modulusLength: 4096 }).privateKey);
    case "dsa":
      context.charge(DSA_STEPS);
      return encodePem("DSA PRIVATE KEY", generateDsaKey());
    case "ecdsa":
      context.charge(CURVE_STEPS);
      return formatPrivateKey(generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey);
    case "ed25519":
      context.charge(CURVE_STEPS);
      return formatPrivateKey(generateKeyPairSync("ed25519").privateKey);
    default:
      return undefined;
  }
}

/** The RSA key of 2048 bits that certificates get when the template brings none. */
export function generateCertificateKey(context: CallContext): KeyObject {
  context.host.randomBytes(0);
  context.charge(RSA_2048_STEPS);
  return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
}

/** PEM as Go's templates get it: each kind of key in its own traditional form. */
export function formatPrivateKey(key: KeyObject): string {
  const type =
    key.asymmetricKeyType === "rsa" ? "pkcs1" : key.asymmetricKeyType === "ec" ? "sec1" : "pkcs8";
  return key.export({ type, format: "pem" }).toString();
}

const FORMS: ReadonlyMap<string, "pkcs8" | "pkcs1" | "sec1"> = new Map([
  ["PRIVATE KEY", "pkcs8"],
  ["RSA PRIVATE KEY", "pkcs1"],
  ["EC PRIVATE KEY", "sec1"],
]);
const CURVES: readonly (string | undefined)[] = [
  "secp224r1",
  "prime256v1",
  "secp384r1",
  "secp521r1",
];
// larger RSA keys only take time
const MAX_RSA_BITS = 8192;

/**
 * Reads a private key; undefined is a DSA key, which no certificate takes.
 * @throws {FunctionError} for text without a key, and for kinds of keys that Go does not read
 */
export function parsePrivateKey(pem: string): KeyObject | undefined {
  const block = decodePem(pem);
  if (block === undefined) throw new FunctionError("no PEM data in input");
  if (block.type === "DSA PRIVATE KEY") {
    checkDsaKey(block.bytes);
    return undefined;
  }
  const form = FORMS.get(block.type);
  if (form === undefined) throw new FunctionError(`no private key of type ${block.type} is known`);
  const key = readKey(block.bytes, form);
  if (!isSupported(key)) {
    throw new FunctionError(`PEM block ${block.type} holds a kind of key that is not supported`);
  }
  return key;
}

function readKey(bytes: Uint8Array, type: "pkcs8" | "pkcs1" | "sec1"): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(bytes), format: "der", type });
  } catch (error) {
    throw new FunctionError(`PEM block holds no ${type} private key`, { cause: error });
  }
}

function isSupported(key: KeyObject): boolean {
  const details = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "rsa":
      return (details.modulusLength ?? 0) <= MAX_RSA_BITS;
    case "ec":
      return CURVES.includes(details.namedCurve);
    case "ed25519":
    case "x25519":
      return true;
    default:
      return false;
  }
}
