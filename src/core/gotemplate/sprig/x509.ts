/** X.509 certificates (RFC 5280) as Go's x509.CreateCertificate makes them for Sprig's templates. */
import { Buffer } from "node:buffer";
import { createHash, createPublicKey, type KeyObject, sign } from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Time,
  Validity,
} from "@peculiar/asn1-x509";
import { FunctionError } from "../error.js";

export interface CertificateRequest {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  /** IPv4 in dots, or the eight groups of IPv6. */
  readonly ipAddresses: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** 16 bytes, read as an unsigned number. */
  readonly serial: Uint8Array;
  readonly isCa: boolean;
}

/** Who signs; without `certificate` the new certificate signs itself. */
export interface Issuer {
  readonly certificate?: Certificate;
  readonly key: KeyObject;
}

/** The certificate in DER for the public half of `key`. */
export function createCertificate(
  request: CertificateRequest,
  key: KeyObject,
  issuer: Issuer,
): Uint8Array {
  const subject = subjectName(request.commonName);
  const publicKey = AsnConvert.parse(spkiOf(key), SubjectPublicKeyInfo);
  const { algorithm, hash } = signatureAlgorithm(issuer.key);
  const issuerName = issuer.certificate?.tbsCertificate.subject ?? subject;
  const authorityKeyId = sameName(issuerName, subject)
    ? undefined
    : subjectKeyIdOf(issuer.certificate);
  const tbs = new TBSCertificate({
    version: 2,
    serialNumber: positiveInteger(request.serial),
    signature: algorithm,
    issuer: issuerName,
    validity: validity(request.notBefore, request.notAfter),
    subject,
    subjectPublicKeyInfo: publicKey,
    extensions: extensions(request, publicKey, authorityKeyId),
  });
  const signed = Buffer.from(AsnConvert.serialize(tbs));
  const certificate = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: algorithm,
    signatureValue: arrayBuffer(sign(hash, signed, issuer.key)),
  });
  return new Uint8Array(AsnConvert.serialize(certificate));
}

/** @throws {FunctionError} where `key` is not the one the certificate is about */
export function checkKeyOf(certificate: Certificate, key: KeyObject): void {
  const ours = AsnConvert.parse(spkiOf(key), SubjectPublicKeyInfo).subjectPublicKey;
  const theirs = certificate.tbsCertificate.subjectPublicKeyInfo.subjectPublicKey;
  if (!Buffer.from(ours).equals(Buffer.from(theirs))) {
    throw new FunctionError("x509: provided PrivateKey doesn't match parent's PublicKey");
  }
}

function spkiOf(key: KeyObject): ArrayBuffer {
  return arrayBuffer(createPublicKey(key).export({ type: "spki", format: "der" }));
}

/** SHA-256 with RSA and the smaller curves, a hash of the curve's size with the others, Ed25519 by itself. */
function signatureAlgorithm(key: KeyObject): {
  algorithm: AlgorithmIdentifier;
  hash: string | null;
} {
  switch (key.asymmetricKeyType) {
    case "rsa":
      if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_SIGNING_BITS) {
        throw new FunctionError(
          `crypto/rsa: keys of less than ${MIN_SIGNING_BITS} bits are insecure`,
        );
      }
      return {
        algorithm: new AlgorithmIdentifier({
          algorithm: "1.2.840.113549.1.1.11",
          parameters: null,
        }),
        hash: "sha256",
      };
    case "ec": {
      const hash = CURVE_HASHES[key.asymmetricKeyDetails?.namedCurve ?? ""] ?? "sha256";
      return { algorithm: new AlgorithmIdentifier({ algorithm: ECDSA_WITH[hash] ?? "" }), hash };
    }
    case "ed25519":
      return { algorithm: new AlgorithmIdentifier({ algorithm: "1.3.101.112" }), hash: null };
    default:
      throw new FunctionError("x509: only RSA, ECDSA and Ed25519 keys supported");
  }
}

const MIN_SIGNING_BITS = 1024;
const CURVE_HASHES: Readonly<Record<string, string>> = { secp384r1: "sha384", secp521r1: "sha512" };
const ECDSA_WITH: Readonly<Record<string, string>> = {
  sha256: "1.2.840.10045.4.3.2",
  sha384: "1.2.840.10045.4.3.3",
  sha512: "1.2.840.10045.4.3.4",
};

const COMMON_NAME = "2.5.4.3";
const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/;

function subjectName(commonName: string): Name {
  if (commonName === "") return new Name();
  const value = PRINTABLE.test(commonName)
    ? new AttributeValue({ printableString: commonName })
    : new AttributeValue({ utf8String: commonName });
  const attribute = new AttributeTypeAndValue({ type: COMMON_NAME, value });
  return new Name([new RelativeDistinguishedName([attribute])]);
}

function sameName(a: Name, b: Name): boolean {
  return Buffer.from(AsnConvert.serialize(a)).equals(Buffer.from(AsnConvert.serialize(b)));
}

function subjectKeyIdOf(certificate: Certificate | undefined): ArrayBuffer | undefined {
  const found = certificate?.tbsCertificate.extensions?.find(
    (extension) => extension.extnID === id_ce_subjectKeyIdentifier,
  );
  if (found === undefined) return undefined;
  const identifier = AsnConvert.parse(found.extnValue.buffer, SubjectKeyIdentifier);
  return identifier.byteLength === 0 ? undefined : identifier.buffer;
}

/** UTCTime for 1950 to 2049, GeneralizedTime for other years. */
function validity(notBefore: Date, notAfter: Date): Validity {
  const result = new Validity();
  result.notBefore = asn1Time(notBefore);
  result.notAfter = asn1Time(notAfter);
  return result;
}

function asn1Time(date: Date): Time {
  const seconds = new Date(Math.floor(date.getTime() / 1000) * 1000);
  return seconds.getUTCFullYear() < 1950 ? new Time({ generalTime: seconds }) : new Time(seconds);
}

function extensions(
  request: CertificateRequest,
  publicKey: SubjectPublicKeyInfo,
  authorityKeyId: ArrayBuffer | undefined,
): Extensions {
  const usage =
    KeyUsageFlags.keyEncipherment |
    KeyUsageFlags.digitalSignature |
    (request.isCa ? KeyUsageFlags.keyCertSign : 0);
  const list = [
    extension(id_ce_keyUsage, new KeyUsage(usage), true),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth, id_kp_clientAuth])),
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: request.isCa }), true),
  ];
  if (request.isCa) {
    // RFC 7093 §2, method 1
    const hash = createHash("sha256").update(Buffer.from(publicKey.subjectPublicKey)).digest();
    const identifier = new SubjectKeyIdentifier(arrayBuffer(hash.subarray(0, 20)));
    list.push(extension(id_ce_subjectKeyIdentifier, identifier));
  }
  if (authorityKeyId !== undefined) {
    const identifier = new AuthorityKeyIdentifier({
      keyIdentifier: new KeyIdentifier(authorityKeyId),
    });
    list.push(extension(id_ce_authorityKeyIdentifier, identifier));
  }
  const names = [
    ...request.dnsNames.map((dNSName) => new GeneralName({ dNSName })),
    ...request.ipAddresses.map((iPAddress) => new GeneralName({ iPAddress })),
  ];
  if (names.length > 0) {
    // RFC 5280 §4.2.1.6: critical where the subject says nothing
    const critical = request.commonName === "";
    list.push(extension(id_ce_subjectAltName, new SubjectAlternativeName(names), critical));
  }
  return new Extensions(list);
}

function extension(extnID: string, value: object, critical = false): Extension {
  return new Extension({
    extnID,
    critical,
    extnValue: new OctetString(AsnConvert.serialize(value)),
  });
}

/** DER wants no leading zeros, but one where the first bit is set. */
function positiveInteger(bytes: Uint8Array): ArrayBuffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Uint8Array.of(0) : bytes.subarray(first);
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return arrayBuffer(Uint8Array.from([...sign, ...digits]));
}

function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
