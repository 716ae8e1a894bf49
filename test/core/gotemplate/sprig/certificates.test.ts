import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { FunctionError } from "../../../../src/core/gotemplate/error.js";
import { certificateAddress } from "../../../../src/core/gotemplate/sprig/san-address.js";
import { type CallContext, Struct, type Value } from "../../../../src/core/gotemplate/value.js";
import { call, contextWith } from "./call.js";

const NOW = BigInt(Date.UTC(2024, 1, 29, 12)) * 1_000_000n;
const secrets: string[] = [];
const context: CallContext = {
  ...contextWith({ steps: 1e7, bytes: 1e8 }),
  host: { ...contextWith().host, now: () => NOW + 123_456_789n },
  secret: (text) => secrets.push(text),
};

function ecKey(namedCurve = "prime256v1"): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve });
  return privateKey.export({ type: "sec1", format: "pem" }).toString();
}

function edKey(): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function make(
  name: string,
  ...args: Value[]
): { value: Struct; cert: X509Certificate; key: string } {
  const value = call(name, args, context);
  if (!(value instanceof Struct)) throw new Error("not a certificate");
  return {
    value,
    cert: new X509Certificate(String(value.fields.get("Cert"))),
    key: String(value.fields.get("Key")),
  };
}

test("an authority signs a certificate that names it", () => {
  const ca = make("genCAWithKey", "my ca", 10n, ecKey("secp384r1"));
  const key = edKey();
  const ips = ["10.0.0.1", "::ffff:1.2.3.4", "2001:db8::1"];
  const leaf = make("genSignedCertWithKey", "svc", ips, ["a.local", "*.b"], 365n, ca.value, key);
  expect(ca.cert.ca).toBe(true);
  expect(ca.cert.verify(ca.cert.publicKey)).toBe(true);
  expect(leaf.cert.ca).toBe(false);
  expect(leaf.cert.checkIssued(ca.cert)).toBe(true);
  expect(leaf.cert.verify(ca.cert.publicKey)).toBe(true);
  expect(leaf.cert.subject).toBe("CN=svc");
  expect(leaf.cert.issuer).toBe("CN=my ca");
  expect(leaf.cert.subjectAltName).toBe(
    "DNS:a.local, DNS:*.b, IP Address:10.0.0.1, IP Address:1.2.3.4, IP Address:2001:DB8:0:0:0:0:0:1",
  );
  expect(leaf.key).toBe(key);
  expect(secrets).toContain(key);
});

test.each([
  [1n, "Feb 29 12:00:00 2024 GMT", "Mar  1 12:00:00 2024 GMT"],
  [36_525n, "Feb 29 12:00:00 2024 GMT", "Mar  1 12:00:00 2124 GMT"],
  [-36_525n, "Feb 29 12:00:00 2024 GMT", "Feb 29 12:00:00 1924 GMT"],
])("%d days are counted from the host's clock", (days, from, to) => {
  const { cert } = make("genSelfSignedCertWithKey", "x", [], [], days, ecKey());
  expect([cert.validFrom, cert.validTo]).toEqual([from, to]);
});

test("makes an RSA key where none is given", { timeout: 60_000 }, () => {
  const { cert, key } = make("genSelfSignedCert", "", [], ["x"], 1n);
  expect(key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
  expect(cert.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(cert.subject).toBeUndefined();
});

test("an issuer's key must be its certificate's", () => {
  const ca = make("genCAWithKey", "ca", 10n, ecKey()).value;
  const mixed = new Struct(
    "sprig.certificate",
    new Map([
      ["Cert", ca.fields.get("Cert") ?? ""],
      ["Key", ecKey()],
    ]),
  );
  expect(() => make("genSignedCertWithKey", "x", [], [], 1n, mixed, ecKey())).toThrow(
    FunctionError,
  );
});

test.each<[string, () => Value[]]>([
  ["genCAWithKey", () => ["x", 1n, "no pem"]],
  ["genCAWithKey", () => ["x", 1n, ecKey("secp256k1")]],
  ["genCAWithKey", () => ["\udcff", 1n, ecKey()]],
  ["genSelfSignedCertWithKey", () => ["x", [1n], [], 1n, ecKey()]],
  ["genSelfSignedCertWithKey", () => ["x", ["1.2.3"], [], 1n, ecKey()]],
  ["genSelfSignedCertWithKey", () => ["x", ["fe80::1%eth0"], [], 1n, ecKey()]],
  ["genSelfSignedCertWithKey", () => ["x", [], [null], 1n, ecKey()]],
  ["genSelfSignedCertWithKey", () => ["x", [], ["é"], 1n, ecKey()]],
  ["buildCustomCert", () => ["!!", ""]],
  ["buildCustomCert", () => ["", ""]],
])("%s refuses case %$", (name, args) => {
  expect(() => call(name, args(), context)).toThrow(FunctionError);
});

test("keeps a certificate and a key that belong to others as they are", () => {
  const { cert, value } = make("genCAWithKey", "x", 1n, ecKey());
  const [certificate, key] = [`note\n${cert.toString()}`, edKey()];
  const encoded = [certificate, key].map((text) => Buffer.from(text).toString("base64"));
  const built = make("buildCustomCert", ...encoded);
  expect(built.value.fields.get("Cert")).toBe(certificate);
  expect(built.key).toBe(key);
  expect(value.type).toBe("sprig.certificate");
});

test.each([
  ["::", "0:0:0:0:0:0:0:0"],
  ["1::", "1:0:0:0:0:0:0:0"],
  ["1::2:1.2.3.4", "1:0:0:0:0:2:102:304"],
  ["::FFFF:255.0.0.1", "255.0.0.1"],
  ["1.2.3.4", "1.2.3.4"],
  ["1.2.3.04", undefined],
  ["", undefined],
])("the address %j is %s", (text, address) => {
  expect(certificateAddress(text)).toBe(address);
});
