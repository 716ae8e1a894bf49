import { describe, expect, test } from "vitest";
import { sha256Digest } from "../../../src/core/codec/digest.js";
import { signVersion } from "../../../src/core/trust/bundle.js";
import type { DatedKey, Revocation } from "../../../src/core/trust/dated-key.js";
import type { KeySet } from "../../../src/core/trust/key-set.js";
import { makePrivateKey } from "../../../src/core/trust/keys.js";
import { verifyVersionSignatures } from "../../../src/core/trust/version-signatures.js";

const keyOf = (n: number) => makePrivateKey("ES256", new Uint8Array(32).fill(n));
const [alice, bob, mallory] = [keyOf(1), keyOf(2), keyOf(3)];
const version = { recipe: "dapr/redis", version: "1.2.3", digest: sha256Digest("manifest") };
const LISTED = "2025-01-01T00:00:00Z";
const LOGGED = "2025-01-31T12:00:00Z";

interface Listed {
  readonly signatures?: number;
  readonly revoked?: Revocation;
  readonly since?: string;
}

/** A set in which Alice's key has the dates, and Bob's stands beside it. */
function keySetWith({ signatures = 1, ...dates }: Listed = {}): KeySet {
  const keys: DatedKey[] = [
    { publicKey: alice.publicKey, since: LISTED, ...dates },
    { publicKey: bob.publicKey, since: LISTED },
  ];
  return {
    ...{ number: 1, time: LISTED, origin: "o", formerOrigins: [], release: [], checkpoint: [] },
    namespaces: new Map([["dapr", { signatures, keys }]]),
  };
}

describe("a version is signed", () => {
  test.each([
    { name: "by one key on the list", listed: {}, by: [alice] },
    { name: "by two for a threshold of two", listed: { signatures: 2 }, by: [alice, bob] },
    {
      name: "by a key that was revoked later",
      listed: { revoked: { at: "2025-01-31T12:00:01Z" } },
      by: [alice],
    },
    {
      name: "by a revoked key beside one that holds",
      listed: { revoked: { at: LISTED } },
      by: [alice, bob],
    },
  ])("$name", ({ listed, by }) => {
    const bundles = by.map((key) => signVersion(version, key));
    const signers = verifyVersionSignatures(bundles, version, keySetWith(listed), LOGGED);
    expect(signers.length).toBeGreaterThanOrEqual(1);
  });
});

describe.each([
  { row: "attack 9", name: "by a stranger", listed: {}, by: [mallory], code: "bundle_signature" },
  {
    row: "attack 9",
    name: "by a key that was revoked before",
    listed: { revoked: { at: LOGGED, reason: "a lost laptop" } },
    by: [alice],
    code: "key_revoked",
  },
  {
    row: "attack 9",
    name: "by a key that was listed much later",
    listed: { since: "2025-02-01T00:00:00Z" },
    by: [alice],
    code: "key_not_yet",
  },
  {
    row: "attack 12",
    name: "twice by one key for a threshold of two",
    listed: { signatures: 2 },
    by: [alice, alice],
    code: "bundle_threshold",
  },
  {
    row: "attack 12",
    name: "by one that holds and one that was revoked, for a threshold of two",
    listed: { signatures: 2, revoked: { at: LISTED } },
    by: [alice, bob],
    code: "bundle_threshold",
  },
])("$row: a version signed $name", ({ listed, by, code }) => {
  test("is refused", () => {
    const bundles = by.map((key) => signVersion(version, key));
    expect(() => verifyVersionSignatures(bundles, version, keySetWith(listed), LOGGED)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
