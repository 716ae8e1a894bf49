import { describe, expect, test } from "vitest";
import type { ReleaseDocument } from "../../../src/core/recipe/release-document.js";
import { makePrivateKey } from "../../../src/core/trust/keys.js";
import {
  checkPointer,
  openPointedRelease,
  openPointer,
  openRelease,
  type Pointer,
  releaseDigest,
  signPointer,
  signRelease,
} from "../../../src/core/trust/release-signature.js";
import { sign } from "../../../src/core/trust/signed-json.js";
import { localSigner } from "../../../src/core/trust/signer.js";

const key = localSigner(makePrivateKey("ES256", new Uint8Array(32).fill(1)));
const now = new Date("2025-01-31T18:00:00Z");
const digest = (hex: string) => `sha256:${hex.repeat(32)}`;
const target = { provisioners: digest("01"), origins: [0], patches: [] };
const release: ReleaseDocument = {
  environment: "production",
  number: 7,
  time: "2025-01-31T12:00:00.000Z",
  previous: digest("02"),
  definition: digest("03"),
  rules: digest("04"),
  entries: [
    {
      recipe: "dapr/redis-state-store",
      range: "^1.0.0",
      class: "actors",
      patches: true,
      version: "1.2.3",
      digest: digest("05"),
    },
  ],
  targets: {
    compose: target,
    k8s: { ...target, patches: [{ name: "dapr-x-y.tpl", digest: digest("06"), entry: 0 }] },
  },
};
const pointerTo = (jws: string): Pointer => ({
  environment: "production",
  number: 7,
  release: releaseDigest(jws),
  issued: "2025-01-31T12:00:00.000Z",
  expires: "2025-02-01T12:00:00.000Z",
});

describe("a signed release", () => {
  test("opens to its document", async () => {
    expect(await openRelease(await signRelease(release, key), key.publicKey)).toEqual(release);
  });

  test("is no pointer, though the key is the same", async () => {
    const jws = await signRelease(release, key);
    await expect(openPointer(jws, key.publicKey, now)).rejects.toMatchObject({
      code: "signed_type",
    });
  });

  test("opens behind the pointer that names it", async () => {
    const jws = await signRelease(release, key);
    const pointer = await openPointer(await signPointer(pointerTo(jws), key), key.publicKey, now);
    expect(pointer).toEqual({ ...pointerTo(jws), signedBy: key.publicKey.fingerprint });
    expect(await openPointedRelease(jws, pointer, key.publicKey)).toEqual(release);
  });

  test.each([
    { name: "signed with a wrong entry", change: { entries: [{ recipe: "x" }] } },
    {
      name: "with an origin that is no entry",
      change: { targets: { ...release.targets, compose: { ...target, origins: [1] } } },
    },
    { name: "with an unknown key", change: { notice: "yanked" } },
    { name: "number zero", change: { number: 0 } },
  ])("$name is refused even so", async ({ change }) => {
    const jws = await sign(
      JSON.parse(JSON.stringify({ ...release, ...change })),
      "vnd.backbar.release.v1+json",
      key,
    );
    await expect(openRelease(jws, key.publicKey)).rejects.toMatchObject({
      code: "release_document",
    });
  });
});

describe("attack 22: a key that was replaced or revoked", () => {
  const dated = { publicKey: key.publicKey, since: "2025-01-01T00:00:00Z" };

  test.each([
    { name: "held until after both", dates: { until: "2025-02-01T00:00:00Z" } },
    { name: "was listed minutes later", dates: { since: "2025-01-31T12:04:59Z" } },
  ])("signs releases and pointers that it $name", async ({ dates }) => {
    const jws = await signRelease(release, key);
    const keys = [{ ...dated, ...dates }];
    expect(await openRelease(jws, keys)).toEqual(release);
    await openPointer(await signPointer(pointerTo(jws), key), keys, now);
  });

  test.each([
    {
      name: "replaced after it signed",
      dates: { until: "2025-01-31T17:00:00Z" },
      release: undefined,
      pointer: "key_expired",
    },
    {
      name: "revoked after it signed",
      dates: { revoked: { at: "2025-01-31T17:00:00Z", reason: "stolen" } },
      release: undefined,
      pointer: "key_revoked",
    },
    {
      name: "replaced when it signed",
      dates: { until: "2025-01-31T12:00:00Z" },
      release: "key_expired",
      pointer: "key_expired",
    },
    {
      name: "revoked when it signed",
      dates: { until: "2026-01-31T12:00:00Z", revoked: { at: "2025-01-31T12:00:00Z" } },
      release: "key_revoked",
      pointer: "key_revoked",
    },
    {
      name: "listed long after it signed",
      dates: { since: "2025-01-31T12:10:00Z" },
      release: "key_not_yet",
      pointer: "key_not_yet",
    },
  ])("$name", async ({ dates, release: releaseCode, pointer: pointerCode }) => {
    const keys = [{ ...dated, ...dates }];
    const jws = await signRelease(release, key);
    const codeOf = (opened: Promise<unknown>) =>
      opened.then(
        () => undefined,
        (error: { code: string }) => error.code,
      );
    expect(await codeOf(openRelease(jws, keys))).toBe(releaseCode);
    const signed = await signPointer(pointerTo(jws), key);
    expect(await codeOf(openPointer(signed, keys, now))).toBe(pointerCode);
  });
});

describe("attack 15: mix and match", () => {
  test("another release than the pointer names", async () => {
    const [named, served] = [
      await signRelease(release, key),
      await signRelease({ ...release, rules: digest("09") }, key),
    ];
    await expect(openPointedRelease(served, pointerTo(named), key.publicKey)).rejects.toMatchObject(
      { code: "pointer_release" },
    );
  });

  test("a release of another environment under the right digest", async () => {
    const jws = await signRelease({ ...release, environment: "staging" }, key);
    await expect(openPointedRelease(jws, pointerTo(jws), key.publicKey)).rejects.toMatchObject({
      code: "pointer_release",
    });
  });
});

const pointer = pointerTo("x");

test("attack 16: a pointer that is out of reason ahead is refused", () => {
  const ahead = { ...pointer, number: 1_000_008 };
  expect(() => checkPointer(ahead, { environment: "production", now, seenNumber: 7 })).toThrow(
    expect.objectContaining({ code: "number_jump" }),
  );
  checkPointer(ahead, { environment: "production", now, seenNumber: 8 });
});

test("a fresh pointer to the newest release holds", () => {
  checkPointer(pointer, { environment: "production", now, seenNumber: 7 });
});

test.each([
  { name: "attack 13: rollback", expected: { seenNumber: 8 }, code: "pointer_rollback" },
  {
    name: "attack 14: freeze",
    expected: { now: new Date("2025-02-01T12:00:00Z") },
    code: "pointer_expired",
  },
  {
    name: "a pointer from the future",
    expected: { now: new Date("2025-01-31T11:00:00Z") },
    code: "pointer_expired",
  },
  {
    name: "another environment's pointer",
    expected: { environment: "staging" },
    code: "pointer_environment",
  },
])("$name is refused", ({ expected, code }) => {
  expect(() => checkPointer(pointer, { environment: "production", now, ...expected })).toThrow(
    expect.objectContaining({ code }),
  );
});

test("attack 40: a clock a little behind still accepts", () => {
  checkPointer(pointer, { environment: "production", now: new Date("2025-01-31T11:57:00Z") });
});
