/** DSA private keys in OpenSSL's old form, the one Sprig writes: SEQUENCE { 0, p, q, g, y, x }. */

import { generateKeyPairSync } from "node:crypto";
import {
  AsnConvert,
  AsnIntegerBigIntConverter,
  AsnProp,
  AsnPropTypes,
  AsnType,
  AsnTypeTypes,
  OctetString,
} from "@peculiar/asn1-schema";
import { AlgorithmIdentifier, SubjectPublicKeyInfo } from "@peculiar/asn1-x509";
import { FunctionError } from "../error.js";

class DsaParameters {
  p = 0n;
  q = 0n;
  g = 0n;
}
sequenceOfIntegers(DsaParameters, ["p", "q", "g"]);

class DsaPrivateKey {
  version = 0n;
  p = 0n;
  q = 0n;
  g = 0n;
  y = 0n;
  x = 0n;
}
sequenceOfIntegers(DsaPrivateKey, ["version", "p", "q", "g", "y", "x"]);

/** An INTEGER that stands alone: the keys themselves. */
class DsaNumber {
  value = 0n;
}
AsnType({ type: AsnTypeTypes.Choice })(DsaNumber);
integers(DsaNumber, ["value"]);

/** PKCS #8 (RFC 5208 §5), without attributes. */
class PrivateKeyInfo {
  version = 0;
  algorithm = new AlgorithmIdentifier();
  privateKey = new OctetString();
}
AsnType({ type: AsnTypeTypes.Sequence })(PrivateKeyInfo);
AsnProp({ type: AsnPropTypes.Integer })(PrivateKeyInfo.prototype, "version");
AsnProp({ type: AlgorithmIdentifier })(PrivateKeyInfo.prototype, "algorithm");
AsnProp({ type: OctetString })(PrivateKeyInfo.prototype, "privateKey");

function sequenceOfIntegers(type: new () => object, names: readonly string[]): void {
  AsnType({ type: AsnTypeTypes.Sequence })(type);
  integers(type, names);
}

function integers(type: new () => object, names: readonly string[]): void {
  for (const name of names) {
    AsnProp({ type: AsnPropTypes.Integer, converter: AsnIntegerBigIntConverter })(
      type.prototype,
      name,
    );
  }
}

/** A new key of 2048 and 256 bits, in DER. */
export function generateDsaKey(): Uint8Array {
  const pair = generateKeyPairSync("dsa", {
    modulusLength: 2048,
    divisorLength: 256,
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  });
  const info = AsnConvert.parse(pair.privateKey, PrivateKeyInfo);
  const spki = AsnConvert.parse(pair.publicKey, SubjectPublicKeyInfo);
  const shared = AsnConvert.parse(info.algorithm.parameters ?? new ArrayBuffer(0), DsaParameters);
  const key = Object.assign(new DsaPrivateKey(), {
    p: shared.p,
    q: shared.q,
    g: shared.g,
    y: AsnConvert.parse(spki.subjectPublicKey, DsaNumber).value,
    x: AsnConvert.parse(info.privateKey, DsaNumber).value,
  });
  return new Uint8Array(AsnConvert.serialize(key));
}

/** @throws {FunctionError} for bytes that are no DSA private key */
export function checkDsaKey(bytes: Uint8Array): void {
  try {
    AsnConvert.parse(bytes, DsaPrivateKey);
  } catch (error) {
    throw new FunctionError("parsing DSA private key from PEM: no sequence of numbers", {
      cause: error,
    });
  }
}
