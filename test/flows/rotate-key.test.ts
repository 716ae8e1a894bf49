import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localSigner } from "../../src/core/trust/signer.js";
import { settleIdentity } from "../../src/flows/identity.js";
import type { Registry } from "../../src/flows/registry.js";
import { revokeKey, rotateKey, rotateRoot } from "../../src/flows/rotate-key.js";
import { listSigningKeys } from "../../src/store/signing-keys.js";
import { makeKey, startServer, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const newSigner = (algorithm?: "Ed25519") => localSigner(makeKey(algorithm));

describe.each(STORES)("the registry's own keys on $name", (kind) => {
  let server: TestServer;
  /** The service as it would be after a restart with these keys. */
  let current: Registry;
  beforeAll(async () => {
    server = await startServer(kind);
    current = server.registry;
  });
  afterAll(() => server?.close());

  const inHours = (hours: number) => new Date(server.clock.now().getTime() + hours * 3_600_000);
  const restartWith = (keys: Partial<Registry["keys"]>) => {
    current = { ...current, keys: { ...current.keys, ...keys } };
  };

  test.each(["release", "checkpoint"] as const)("the %s key is replaced", async (purpose) => {
    const before = current.keys[purpose];
    const next = newSigner(purpose === "checkpoint" ? "Ed25519" : undefined);
    const size = await server.logSize();
    await rotateKey(current, purpose, next);
    expect(await server.logSize()).toBe(size + 1);
    await expect(settleIdentity(current)).rejects.toMatchObject({ code: "registry_keys" });
    const old = current;
    restartWith({ [purpose]: next });
    await settleIdentity(current);
    const rows = (await listSigningKeys(current.db)).filter((row) => row.purpose === purpose);
    expect(rows).toMatchObject([
      { fingerprint: before.publicKey.fingerprint, until: inHours(48), revokedAt: null },
      { fingerprint: next.publicKey.fingerprint, until: null, logIndex: size },
    ]);
    // A process that was not restarted goes on for a while, and undoes nothing.
    const again = old.keys[purpose];
    await expect(rotateKey(old, purpose, again)).rejects.toMatchObject({
      code: "signing_key_used",
    });
    server.clock.advance({ seconds: 1 });
  });

  test.each([
    { name: "one that is in use", by: () => current.keys.release, code: "signing_key_used" },
    { name: "the root", by: () => current.keys.root, code: "signing_key_used" },
  ])("is not replaced by $name", async ({ by, code }) => {
    await expect(rotateKey(current, "release", by())).rejects.toMatchObject({ code });
  });

  test("is not replaced without an overlap that pointers need", async () => {
    await expect(rotateKey(current, "release", newSigner(), inHours(23))).rejects.toMatchObject({
      code: "signing_key_date",
    });
  });

  test("is revoked only once another is in use, and never from the future on", async () => {
    const rows = await listSigningKeys(current.db);
    const [old, used] = rows.filter((row) => row.purpose === "release");
    const revoke = (fingerprint: string, at?: Date) =>
      revokeKey(current, { purpose: "release", fingerprint, reason: "stolen", at });
    await expect(revoke(used?.fingerprint ?? "")).rejects.toMatchObject({
      code: "signing_key_in_use",
    });
    await expect(revoke("sha256:0")).rejects.toMatchObject({ code: "signing_key_unknown" });
    await expect(revoke(old?.fingerprint ?? "", inHours(1))).rejects.toMatchObject({
      code: "signing_key_date",
    });
    await revoke(old?.fingerprint ?? "");
    await revoke(old?.fingerprint ?? "", inHours(-1));
    const after = (await listSigningKeys(current.db)).find(
      ({ fingerprint }) => fingerprint === old?.fingerprint,
    );
    // Before it was listed it never held.
    expect(after).toMatchObject({ revokedAt: old?.since, revokedReason: "stolen" });
  });

  test("the root is replaced, and a process with the old one changes no keys", async () => {
    const old = current;
    const next = newSigner();
    await rotateRoot(current, next);
    const reply = await server.admin("/v1/namespaces/late", { method: "PUT", body: {} });
    expect(reply.json()).toMatchObject({ status: 503, code: "signing_key_replaced" });
    const discovery = (await server.call("/.well-known/backbar.json")).json();
    expect(discovery).toMatchObject({
      root: { fingerprint: next.publicKey.fingerprint },
      rootChain: [{}],
    });
    await expect(settleIdentity(old)).rejects.toMatchObject({ code: "registry_keys" });
    restartWith({ root: next });
    await settleIdentity(current);
  });
});
