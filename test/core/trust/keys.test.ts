import { createHash, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  formatPrivateKey,
  formatPublicKey,
  makePrivateKey,
  parsePrivateKey,
  parsePublicKey,
  signMessage,
  verifyMessage,
} from "../../../src/core/trust/keys.js";

const seed = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
const message = new TextEncoder().encode("what is signed");
const ALGORITHMS = ["ES256", "Ed25519"] as const;

describe.each(ALGORITHMS)("%s", (algorithm) => {
  const key = makePrivateKey(algorithm, seed);

  test("reads back from PEM, both halves", () => {
    const again = parsePrivateKey(formatPrivateKey(key));
    expect(again.publicKey.fingerprint).toBe(key.publicKey.fingerprint);
    const half = parsePublicKey(formatPublicKey(key.publicKey));
    expect(half.algorithm).toBe(algorithm);
    expect(half.fingerprint).toBe(key.publicKey.fingerprint);
  });

  test("is named by the SHA-256 of its SPKI", () => {
    const spki = key.publicKey.key.export({ type: "spki", format: "der" });
    const hex = createHash("sha256").update(spki).digest("hex");
    expect(key.publicKey.fingerprint).toBe(`sha256:${hex}`);
  });

  test("the same seed makes the same key", () => {
    expect(makePrivateKey(algorithm, seed).publicKey.fingerprint).toBe(key.publicKey.fingerprint);
  });

  test("verifies what it signed, and nothing else", () => {
    const signature = signMessage(key, message);
    verifyMessage(key.publicKey, message, signature);
    const other = makePrivateKey(
      algorithm,
      seed.map((byte) => byte ^ 1),
    ).publicKey;
    for (const attempt of [
      () => verifyMessage(key.publicKey, message.slice(1), signature),
      () => verifyMessage(other, message, signature),
      () => verifyMessage(key.publicKey, message, signature.slice(1)),
      () => verifyMessage(key.publicKey, message, new Uint8Array()),
    ]) {
      expect(attempt).toThrow(expect.objectContaining({ code: "bundle_signature" }));
    }
  });
});

test("ES256 signatures are DER, as cosign expects", () => {
  const key = makePrivateKey("ES256", seed);
  const signature = signMessage(key, message);
  expect(signature[0]).toBe(0x30);
  expect(verify("sha256", message, { key: key.publicKey.key, dsaEncoding: "der" }, signature)).toBe(
    true,
  );
});

test("reads SEC 1 and encrypted private keys", () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const sec1 = pair.privateKey.export({ type: "sec1", format: "pem" }).toString();
  const locked = pair.privateKey
    .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "open sesame" })
    .toString();
  const { fingerprint } = parsePrivateKey(sec1).publicKey;
  expect(parsePrivateKey(locked, "open sesame").publicKey.fingerprint).toBe(fingerprint);
  expect(() => parsePrivateKey(locked, "wrong")).toThrow(
    expect.objectContaining({ code: "key_form" }),
  );
});

const pem = (key: { export(options: object): string | Buffer }, type: "spki" | "pkcs8") =>
  key.export({ type, format: "pem" }).toString();

test.each([
  {
    name: "an RSA key",
    text: () => pem(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey, "spki"),
    code: "key_algorithm",
  },
  {
    name: "a P-384 key",
    text: () => pem(generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey, "spki"),
    code: "key_algorithm",
  },
  {
    name: "an X25519 key",
    text: () => pem(generateKeyPairSync("x25519").publicKey, "spki"),
    code: "key_algorithm",
  },
  {
    name: "a private key",
    text: () => pem(generateKeyPairSync("ed25519").privateKey, "pkcs8"),
    code: "key_form",
  },
  {
    name: "two keys",
    text: () => {
      const one = pem(generateKeyPairSync("ed25519").publicKey, "spki");
      return one + one;
    },
    code: "key_form",
  },
  { name: "no PEM", text: () => "not a key", code: "key_form" },
  {
    name: "PEM around nothing",
    text: () => "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    code: "key_form",
  },
  { name: "far too long a text", text: () => "-".repeat(100_000), code: "key_form" },
])("refuses $name as a public key", ({ text, code }) => {
  expect(() => parsePublicKey(text())).toThrow(expect.objectContaining({ code }));
});

test.each([
  { name: "too short", bytes: new Uint8Array(31) },
  { name: "zero, which is no scalar", bytes: new Uint8Array(32) },
  { name: "beyond the order of the group", bytes: new Uint8Array(32).fill(0xff) },
])("makes no key from a seed that is $name", ({ bytes }) => {
  expect(() => makePrivateKey("ES256", bytes)).toThrow(
    expect.objectContaining({ code: "key_form" }),
  );
});
