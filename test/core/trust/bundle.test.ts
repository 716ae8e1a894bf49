import { describe, expect, test } from "vitest";
import { openBundle, openBundles, signVersion } from "../../../src/core/trust/bundle.js";
import { preAuthEncoding } from "../../../src/core/trust/dsse.js";
import { makePrivateKey, signMessage } from "../../../src/core/trust/keys.js";

const seedOf = (n: number) => new Uint8Array(32).fill(n);
const [alice, bob, carol] = [
  makePrivateKey("ES256", seedOf(1)),
  makePrivateKey("ES256", seedOf(2)),
  makePrivateKey("Ed25519", seedOf(3)),
];
const version = {
  recipe: "dapr/redis-state-store",
  version: "1.2.0",
  digest: `sha256:${"ab".repeat(32)}`,
};
const bundle = signVersion(version, alice);

type Json = { [key: string]: unknown };
const parse = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as Json;
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** A bundle around any statement, properly signed. */
function signStatement(statement: unknown, key = alice, type = "application/vnd.in-toto+json") {
  const payload = encode(statement);
  return encode({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: "" } },
    dsseEnvelope: {
      payload: Buffer.from(payload).toString("base64"),
      payloadType: type,
      signatures: [
        { sig: Buffer.from(signMessage(key, preAuthEncoding(type, payload))).toString("base64") },
      ],
    },
  });
}

const statement = {
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: version.recipe, digest: { sha256: "ab".repeat(32) } }],
  predicateType: "urn:backbar:predicate:publish:v1",
  predicate: { recipe: version.recipe, version: version.version },
};

test("the pre-authentication encoding is DSSE's", () => {
  const payload = new TextEncoder().encode("hello world");
  expect(Buffer.from(preAuthEncoding("http://example.com/HelloWorld", payload)).toString()).toBe(
    "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
  );
});

describe("a signed version", () => {
  test.each([alice, carol])("opens to its statement and its key", (key) => {
    const opened = openBundle(signVersion(version, key), [bob.publicKey, key.publicKey]);
    expect(opened.statement).toEqual(version);
    expect(opened.key.fingerprint).toBe(key.publicKey.fingerprint);
  });

  test("opens in another's spelling too", () => {
    expect(openBundle(signStatement(statement), [alice.publicKey]).statement).toEqual(version);
  });

  test("says of each bundle which key signed it", () => {
    const bundles = [bundle, signVersion(version, alice), signVersion(version, carol)];
    const keys = [alice.publicKey, carol.publicKey];
    const signers = openBundles(bundles, keys, version).map(({ key }) => key.fingerprint);
    expect(signers).toEqual([alice, alice, carol].map(({ publicKey }) => publicKey.fingerprint));
  });

  test("takes bundles with entries of a log and key ids, which say nothing here", () => {
    const foreign = parse(bundle);
    foreign.verificationMaterial = {
      publicKey: { hint: "x" },
      tlogEntries: [{ logIndex: "1" }],
    };
    const envelope = foreign.dsseEnvelope as { signatures: { keyid?: string }[] };
    for (const signature of envelope.signatures) signature.keyid = "../../key";
    expect(openBundle(encode(foreign), [alice.publicKey]).statement).toEqual(version);
  });
});

describe("attack 9: signature by an unknown key", () => {
  test.each([
    { name: "another key", keys: [bob.publicKey] },
    { name: "no key at all", keys: [] },
    { name: "a key of the other algorithm", keys: [carol.publicKey] },
  ])("is refused with $name accepted", ({ keys }) => {
    expect(() => openBundle(bundle, keys)).toThrow(
      expect.objectContaining({ code: "bundle_signature" }),
    );
  });

  test("one bad bundle spoils the good one", () => {
    const bundles = [bundle, signVersion(version, bob)];
    expect(() => openBundles(bundles, [alice.publicKey], version)).toThrow(
      expect.objectContaining({ code: "bundle_signature" }),
    );
  });

  test("no bundle is no signature", () => {
    expect(() => openBundles([], [alice.publicKey], version)).toThrow(
      expect.objectContaining({ code: "bundle_signature" }),
    );
  });
});

test.each([
  { name: "digest", change: { digest: `sha256:${"cd".repeat(32)}` } },
  { name: "recipe", change: { recipe: "dapr/redis-pubsub" } },
  { name: "version", change: { version: "1.2.1" } },
])("attack 10: a valid signature for another $name is refused", ({ change }) => {
  expect(() => openBundles([bundle], [alice.publicKey], { ...version, ...change })).toThrow(
    expect.objectContaining({ code: "bundle_subject" }),
  );
});

test.each([
  { name: "another predicate", change: { predicateType: "https://sigstore.dev/cosign/sign/v1" } },
  { name: "another statement type", change: { _type: "https://in-toto.io/Statement/v0.1" } },
  { name: "two subjects", change: { subject: [...statement.subject, ...statement.subject] } },
  { name: "no subject", change: { subject: [] } },
  {
    name: "a subject of another name",
    change: { subject: [{ ...statement.subject[0], name: "dapr/other" }] },
  },
  {
    name: "a subject with a second digest",
    change: {
      subject: [{ ...statement.subject[0], digest: { sha256: "ab".repeat(32), sha1: "a" } }],
    },
  },
  { name: "a predicate that says more", change: { predicate: { ...statement.predicate, x: 1 } } },
  { name: "no predicate", change: { predicate: undefined } },
  {
    name: "a version that is none",
    change: { predicate: { ...statement.predicate, version: "1" } },
  },
])("refuses a signed statement with $name", ({ change }) => {
  expect(() => openBundle(signStatement({ ...statement, ...change }), [alice.publicKey])).toThrow(
    expect.objectContaining({ code: "bundle_statement" }),
  );
});

test.each([
  { name: "no JSON", bytes: new TextEncoder().encode("{") },
  { name: "another media type", bytes: encode({ ...parse(bundle), mediaType: "x" }) },
  { name: "an unknown key", bytes: encode({ ...parse(bundle), extra: 1 }) },
  {
    name: "a certificate instead of a key",
    bytes: encode({ ...parse(bundle), verificationMaterial: { certificate: { rawBytes: "" } } }),
  },
  { name: "no envelope", bytes: encode({ ...parse(bundle), dsseEnvelope: undefined }) },
  {
    name: "two signatures",
    bytes: encode({
      ...parse(bundle),
      dsseEnvelope: {
        ...(parse(bundle).dsseEnvelope as Json),
        signatures: [{ sig: "AAAA" }, { sig: "AAAA" }],
      },
    }),
  },
  {
    name: "base64 that is none",
    bytes: encode({
      ...parse(bundle),
      dsseEnvelope: { ...(parse(bundle).dsseEnvelope as Json), payload: "AA" },
    }),
  },
  { name: "another payload type", bytes: signStatement(statement, alice, "text/plain") },
  {
    name: "nesting without end",
    bytes: new TextEncoder().encode(`${"[".repeat(5000)}${"]".repeat(5000)}`),
  },
])("refuses a bundle with $name", ({ bytes }) => {
  expect(() => openBundle(bytes, [alice.publicKey])).toThrow(
    expect.objectContaining({ code: "bundle_form" }),
  );
});
