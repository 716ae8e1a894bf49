/**
 * Sprig's certificates: a value with the fields Cert and Key, both PEM. The keys and the signatures are
 * made by node:crypto.
 */
import type { KeyObject } from "node:crypto";
import { X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate } from "@peculiar/asn1-x509";
import { fromBytes, hasInvalidBytes, isAscii } from "../bytes.js";
import { FunctionError } from "../error.js";
import { isNil, type ListValue, listItems } from "../kind.js";
import { type CallContext, GoFunction, type ParamType, Struct } from "../value.js";
import { base64Bytes } from "./encoding.js";
import { decodePem, encodePem } from "./pem.js";
import { formatPrivateKey, generateCertificateKey, parsePrivateKey } from "./private-key.js";
import { certificateAddress } from "./san-address.js";
import { checkKeyOf, createCertificate, type Issuer } from "./x509.js";

const NAMES: readonly ParamType[] = ["string", "[]any", "[]any", "int"];

export const certificateFunctions: readonly GoFunction[] = [
  new GoFunction("buildCustomCert", ["string", "string"], buildCustomCert),
  new GoFunction("genCA", ["string", "int"], (context: CallContext, name: string, days: bigint) =>
    certificateAuthority(context, name, days, generateCertificateKey(context)),
  ),
  new GoFunction(
    "genCAWithKey",
    ["string", "int", "string"],
    (context: CallContext, name: string, days: bigint, key: string) =>
      certificateAuthority(context, name, days, signingKey(key)),
  ),
  new GoFunction(
    "genSelfSignedCert",
    NAMES,
    (context: CallContext, name: string, ips: ListValue, dns: ListValue, days: bigint) =>
      selfSigned(context, { name, ips, dns, days }, generateCertificateKey(context)),
  ),
  new GoFunction(
    "genSelfSignedCertWithKey",
    [...NAMES, "string"],
    (
      context: CallContext,
      name: string,
      ips: ListValue,
      dns: ListValue,
      days: bigint,
      key: string,
    ) => selfSigned(context, { name, ips, dns, days }, signingKey(key)),
  ),
  new GoFunction(
    "genSignedCert",
    [...NAMES, "sprig.certificate"],
    (
      context: CallContext,
      name: string,
      ips: ListValue,
      dns: ListValue,
      days: bigint,
      ca: Struct,
    ) => signed(context, { name, ips, dns, days }, ca, generateCertificateKey(context)),
  ),
  new GoFunction(
    "genSignedCertWithKey",
    [...NAMES, "sprig.certificate", "string"],
    (
      context: CallContext,
      name: string,
      ips: ListValue,
      dns: ListValue,
      days: bigint,
      ca: Struct,
      key: string,
    ) => signed(context, { name, ips, dns, days }, ca, signingKey(key)),
  ),
];

/** What the template says about the certificate. */
interface Subject {
  readonly name: string;
  readonly ips: ListValue | null;
  readonly dns: ListValue | null;
  readonly days: bigint;
}

/** Checks both and keeps them as they are. */
function buildCustomCert(context: CallContext, certificate: string, key: string): Struct {
  context.charge(KEY_STEPS);
  const certificateText = base64Text(certificate, "certificate");
  const keyText = base64Text(key, "private key");
  parseCertificate(certificateText);
  parsePrivateKey(keyText);
  return certificateStruct(context, certificateText, keyText);
}

function base64Text(text: string, name: string): string {
  const bytes = base64Bytes(text);
  if (bytes === undefined) throw new FunctionError(`unable to decode base64 ${name}`);
  return fromBytes(bytes);
}

function certificateAuthority(
  context: CallContext,
  name: string,
  days: bigint,
  key: KeyObject,
): Struct {
  return issue(context, { name, ips: null, dns: null, days }, key, { key }, true);
}

function selfSigned(context: CallContext, subject: Subject, key: KeyObject): Struct {
  return issue(context, subject, key, { key }, false);
}

function signed(context: CallContext, subject: Subject, ca: Struct, key: KeyObject): Struct {
  const certificate = parseCertificate(field(ca, "Cert"));
  const issuerKey = signingKey(field(ca, "Key"));
  checkKeyOf(certificate, issuerKey);
  return issue(context, subject, key, { certificate, key: issuerKey }, false);
}

function field(certificate: Struct, name: string): string {
  const value = certificate.fields.get(name);
  return typeof value === "string" ? value : "";
}

/** @throws {FunctionError} for text without a key, and for a key that cannot sign */
function signingKey(pem: string): KeyObject {
  const key = parsePrivateKey(pem);
  if (key === undefined || key.asymmetricKeyType === "x25519") {
    throw new FunctionError("x509: certificate private key does not implement crypto.Signer");
  }
  return key;
}

function parseCertificate(pem: string): Certificate {
  const block = decodePem(pem);
  if (block === undefined) throw new FunctionError("unable to decode certificate");
  try {
    // the strict reader first: it takes nothing behind the certificate, and no broken key
    new X509Certificate(block.bytes).publicKey.export({ type: "spki", format: "der" });
    return AsnConvert.parse(block.bytes, Certificate);
  } catch (error) {
    throw new FunctionError("error parsing certificate: malformed", { cause: error });
  }
}

// a signature takes as long as this many steps
const KEY_STEPS = 5_000;
const DAY_NANOS = 24n * 3_600n * 1_000_000_000n;

function issue(
  context: CallContext,
  subject: Subject,
  key: KeyObject,
  issuer: Issuer,
  isCa: boolean,
): Struct {
  const ipAddresses = texts(subject.ips, "ip").map(ipAddress);
  const dnsNames = texts(subject.dns, "alternate dns name");
  checkEncodable(subject.name, dnsNames);
  context.charge(KEY_STEPS);
  const now = context.host.now();
  const certificate = createCertificate(
    {
      commonName: subject.name,
      dnsNames,
      ipAddresses,
      notBefore: dateOf(now),
      // the span is a 64-bit duration, which wraps around after 292 years
      notAfter: dateOf(now + BigInt.asIntN(64, subject.days * DAY_NANOS)),
      serial: context.host.randomBytes(16),
      isCa,
    },
    key,
    issuer,
  );
  return certificateStruct(context, encodePem("CERTIFICATE", certificate), formatPrivateKey(key));
}

function dateOf(unixNanos: bigint): Date {
  return new Date(Number(unixNanos / 1_000_000n));
}

function texts(list: ListValue | null, name: string): string[] {
  if (list === null || isNil(list)) return [];
  return listItems(list).map((item) => {
    if (typeof item !== "string") throw new FunctionError(`error processing ${name}: not a string`);
    return item;
  });
}

function ipAddress(text: string): string {
  const address = certificateAddress(text);
  if (address === undefined) throw new FunctionError(`error parsing ip: ${text}`);
  return address;
}

function checkEncodable(name: string, dnsNames: readonly string[]): void {
  if (hasInvalidBytes(name)) throw new FunctionError("asn1: string not valid UTF-8");
  const wrong = dnsNames.find((dnsName) => !isAscii(dnsName));
  if (wrong !== undefined) {
    throw new FunctionError(`x509: ${JSON.stringify(wrong)} cannot be encoded as an IA5String`);
  }
}

function certificateStruct(context: CallContext, certificate: string, key: string): Struct {
  context.secret(key);
  return new Struct(
    "sprig.certificate",
    new Map([
      ["Cert", certificate],
      ["Key", key],
    ]),
  );
}
