import { describe, expect, test } from "vitest";
import { formatJwks } from "../../../src/core/trust/jwks.js";
import {
  checkKeySetNumber,
  formatKeySet,
  hasCurrentForm,
  type KeySet,
  namespaceKeys,
  openKeySet,
  parseKeySet,
  signKeySet,
} from "../../../src/core/trust/key-set.js";
import { makePrivateKey } from "../../../src/core/trust/keys.js";
import { openRecord, RECORD_KINDS, signRecord } from "../../../src/core/trust/record.js";
import { sign } from "../../../src/core/trust/signed-json.js";
import { localSigner } from "../../../src/core/trust/signer.js";

const keyOf = (n: number, algorithm: "ES256" | "Ed25519" = "ES256") =>
  localSigner(makePrivateKey(algorithm, new Uint8Array(32).fill(n)));
const [root, release, publisher] = [keyOf(1), keyOf(2), keyOf(3)];
const checkpoint = keyOf(4, "Ed25519");
const keySet: KeySet = {
  number: 3,
  time: "2025-01-31T12:00:00Z",
  origin: "backbar.example.com",
  formerOrigins: [{ origin: "backbar.example.com/1", size: 17 }],
  release: [
    { publicKey: root.publicKey, since: "2024-01-01T00:00:00Z", until: "2025-01-31T12:00:00Z" },
    { publicKey: release.publicKey, since: "2025-01-30T12:00:00Z" },
  ],
  checkpoint: [{ publicKey: checkpoint.publicKey, since: "2024-01-01T00:00:00Z" }],
  namespaces: new Map([
    [
      "dapr",
      {
        signatures: 2,
        keys: [
          { publicKey: publisher.publicKey, since: "2024-01-01T00:00:00Z" },
          {
            publicKey: release.publicKey,
            since: "2024-01-01T00:00:00Z",
            revoked: { at: "2024-06-01T00:00:00Z", reason: "a lost laptop" },
          },
          {
            publicKey: root.publicKey,
            since: "2024-01-01T00:00:00Z",
            revoked: { at: "2024-06-01T00:00:00Z" },
          },
        ],
      },
    ],
    ["score", { signatures: 1, keys: [] }],
  ]),
};

describe("a key set", () => {
  test("opens with the root key to what was signed", async () => {
    const opened = await openKeySet(await signKeySet(keySet, root), root.publicKey);
    expect(formatKeySet(opened)).toEqual(formatKeySet(keySet));
  });

  test("by another root is refused", async () => {
    const jws = await signKeySet(keySet, release);
    await expect(openKeySet(jws, root.publicKey)).rejects.toMatchObject({
      code: "signed_signature",
    });
  });

  test("names the keys of a namespace, and says where there are none", () => {
    expect(namespaceKeys(keySet, "dapr")).toMatchObject({ signatures: 2, keys: { length: 3 } });
    for (const namespace of ["score", "constructor"]) {
      expect(() => namespaceKeys(keySet, namespace)).toThrow(
        expect.objectContaining({ code: "key_unknown" }),
      );
    }
  });

  test("an older one than was seen is refused", () => {
    checkKeySetNumber(keySet, 3);
    expect(() => checkKeySetNumber(keySet, 4)).toThrow(
      expect.objectContaining({ code: "key_set" }),
    );
  });

  test("of an earlier form is told apart", async () => {
    expect(hasCurrentForm(await signKeySet(keySet, root))).toBe(true);
    expect(hasCurrentForm(await sign({}, "vnd.backbar.key-set.v1+json", root))).toBe(false);
  });

  const json = formatKeySet(keySet) as {
    release: [{ publicKey: string }];
    checkpoint: [object];
  };
  const twice = [...json.release, ...json.release];
  const [key] = json.checkpoint;
  test.each([
    { name: "a key twice", change: { release: twice }, code: "signed_payload" },
    {
      name: "a key that is none",
      change: { checkpoint: [{ ...key, publicKey: "x" }] },
      code: "key_form",
    },
    {
      name: "a key without its date",
      change: { checkpoint: [{ ...key, since: undefined }] },
      code: "signed_payload",
    },
    {
      name: "a revocation without its date",
      change: { checkpoint: [{ ...key, revoked: { reason: "x" } }] },
      code: "signed_payload",
    },
    {
      name: "an unknown member of a key",
      change: { checkpoint: [{ ...key, use: "sig" }] },
      code: "signed_payload",
    },
    {
      name: "attack 12: a namespace that wants no signature",
      change: { namespaces: { dapr: { signatures: 0, keys: [key] } } },
      code: "signed_payload",
    },
    {
      name: "attack 16: the highest number",
      change: { number: Number.MAX_SAFE_INTEGER },
      code: "signed_payload",
    },
    {
      name: "a bad namespace",
      change: { namespaces: { "Dapr ": { signatures: 1, keys: [] } } },
      code: "signed_payload",
    },
    { name: "no namespaces", change: { namespaces: undefined }, code: "signed_payload" },
    { name: "an unknown member", change: { kid: "x" }, code: "signed_payload" },
  ])("with $name is refused", ({ change, code }) => {
    const value = JSON.parse(JSON.stringify({ ...json, ...change }));
    expect(() => parseKeySet(value)).toThrow(expect.objectContaining({ code }));
  });
});

test("a JWK set holds public halves only", () => {
  const { keys } = formatJwks([release.publicKey, checkpoint.publicKey]) as {
    keys: { [name: string]: string }[];
  };
  expect(keys.map(({ kty, alg }) => [kty, alg])).toEqual([
    ["EC", "ES256"],
    ["OKP", "Ed25519"],
  ]);
  expect(keys.some((key) => "d" in key)).toBe(false);
});

describe("a record", () => {
  test.each(RECORD_KINDS)("of the kind %s opens to what was signed", async (kind) => {
    const record = { kind, time: "2025-01-31T12:00:00.5Z", actor: "admin", details: { a: [1] } };
    expect(await openRecord(await signRecord(record, release), release.publicKey)).toEqual(record);
  });

  test.each([
    { name: "an unknown kind", change: { kind: "unpublish" } },
    { name: "a time without a zone", change: { time: "2025-01-31T12:00:00" } },
    { name: "details that are a list", change: { details: [] } },
    { name: "no actor", change: { actor: undefined } },
  ])("with $name is refused", async ({ change }) => {
    const record = { kind: "yank", time: "2025-01-31T12:00:00Z", actor: "a", details: {} };
    const value = JSON.parse(JSON.stringify({ ...record, ...change }));
    const jws = await sign(value, "vnd.backbar.record.v1+json", release);
    await expect(openRecord(jws, release.publicKey)).rejects.toMatchObject({
      code: "signed_payload",
    });
  });
});
