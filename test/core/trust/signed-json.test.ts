import { createHmac } from "node:crypto";
import { CompactSign } from "jose";
import { describe, expect, test } from "vitest";
import { formatPublicKey, makePrivateKey } from "../../../src/core/trust/keys.js";
import { openSigned, sign } from "../../../src/core/trust/signed-json.js";
import { localSigner } from "../../../src/core/trust/signer.js";

const privateKey = makePrivateKey("ES256", new Uint8Array(32).fill(1));
const key = localSigner(privateKey);
const other = localSigner(makePrivateKey("ES256", new Uint8Array(32).fill(2)));
const edwards = localSigner(makePrivateKey("Ed25519", new Uint8Array(32).fill(3)));
const TYPE = "vnd.backbar.test.v1+json";
const payload = { environment: "production", number: 7 };

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A JWS with any header, by the key that the reader expects. */
function signWith(
  header: { alg: string; [name: string]: unknown },
  body: string = JSON.stringify(payload),
) {
  return new CompactSign(new TextEncoder().encode(body))
    .setProtectedHeader(header)
    .sign(privateKey.key);
}

describe("a signed document", () => {
  test.each([key, edwards])("opens with its key", async (signer) => {
    const jws = await sign(payload, TYPE, signer);
    expect(await openSigned(jws, TYPE, signer.publicKey)).toMatchObject({ payload });
  });

  test("opens with one of several keys, as during a rotation", async () => {
    const jws = await sign(payload, TYPE, key);
    const keys = [edwards.publicKey, other.publicKey, key.publicKey];
    expect(await openSigned(jws, TYPE, keys)).toEqual({ payload, signer: key.publicKey });
  });
});

describe("attack 11: headers that choose", () => {
  test("alg none", async () => {
    const jws = `${encode({ alg: "none", typ: TYPE })}.${encode(payload)}.AA`;
    await expect(openSigned(jws, TYPE, key.publicKey)).rejects.toMatchObject({
      code: "signed_signature",
    });
  });

  test("HS256 with the public key as the secret", async () => {
    const input = `${encode({ alg: "HS256", typ: TYPE })}.${encode(payload)}`;
    const mac = createHmac("sha256", formatPublicKey(key.publicKey)).update(input);
    await expect(
      openSigned(`${input}.${mac.digest("base64url")}`, TYPE, key.publicKey),
    ).rejects.toMatchObject({ code: "signed_signature" });
  });

  test.each([
    { name: "kid", header: { kid: "../../etc/key" } },
    { name: "jku", header: { jku: "https://attacker.example/jwks.json" } },
    { name: "jwk", header: { jwk: other.publicKey.key.export({ format: "jwk" }) } },
    { name: "x5u", header: { x5u: "https://attacker.example/cert" } },
  ])("$name", async ({ header }) => {
    const jws = await signWith({ alg: "ES256", typ: TYPE, ...header });
    await expect(openSigned(jws, TYPE, key.publicKey)).rejects.toMatchObject({
      code: "signed_form",
    });
  });
});

test.each([
  { name: "by another key", jws: () => sign(payload, TYPE, other), code: "signed_signature" },
  {
    name: "by a key of another algorithm",
    jws: () => sign(payload, TYPE, edwards),
    code: "signed_signature",
  },
  {
    name: "of another type",
    jws: () => sign(payload, "vnd.backbar.other.v1+json", key),
    code: "signed_type",
  },
  { name: "without a type", jws: () => signWith({ alg: "ES256" }), code: "signed_type" },
  {
    name: "with a changed payload",
    jws: async () => {
      const [header, , signature] = (await sign(payload, TYPE, key)).split(".");
      return `${header}.${encode({ ...payload, number: 8 })}.${signature}`;
    },
    code: "signed_signature",
  },
  {
    name: "with a duplicate key in the payload",
    jws: () => signWith({ alg: "ES256", typ: TYPE }, '{"number":7,"number":8}'),
    code: "signed_payload",
  },
  {
    name: "with spaces in the payload",
    jws: () => signWith({ alg: "ES256", typ: TYPE }, '{"number": 7}'),
    code: "signed_payload",
  },
  { name: "of two parts", jws: async () => "e30.e30", code: "signed_form" },
  {
    name: "of four parts",
    jws: async () => `${await sign(payload, TYPE, key)}.AA`,
    code: "signed_form",
  },
  {
    name: "without a signature",
    jws: async () => `${encode({ alg: "ES256", typ: TYPE })}.e30.`,
    code: "signed_form",
  },
  {
    name: "with a header that is no object",
    jws: async () => `${encode([])}.e30.AA`,
    code: "signed_form",
  },
  { name: "with a header that is no JSON", jws: async () => "AAAA.e30.AA", code: "signed_form" },
  { name: "too long to be read", jws: async () => "A".repeat(5_000_000), code: "signed_form" },
])("refuses a document $name", async ({ jws, code }) => {
  await expect(openSigned(await jws(), TYPE, key.publicKey)).rejects.toMatchObject({ code });
});

test("no accepted key is no signature", async () => {
  const jws = await sign(payload, TYPE, key);
  await expect(openSigned(jws, TYPE, [])).rejects.toMatchObject({ code: "signed_signature" });
});
