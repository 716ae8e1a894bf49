import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openKeySet } from "../../src/core/trust/key-set.js";
import { parsePublicKey } from "../../src/core/trust/keys.js";
import { followRoots } from "../../src/core/trust/root-chain.js";
import { localSigner } from "../../src/core/trust/signer.js";
import type { Caller } from "../../src/flows/caller.js";
import { Condition } from "../../src/flows/condition.js";
import { settleIdentity } from "../../src/flows/identity.js";
import { checkOwnKeys } from "../../src/flows/own-keys.js";
import { recoverLog } from "../../src/flows/recovery.js";
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

  test("the root is told with its own key set and steps while it is replaced", async () => {
    const pinned = current.keys.root.publicKey.fingerprint;
    let isRotating = true;
    const rotating = (async () => {
      for (let i = 0; i < 10; i++) {
        const next = newSigner();
        await rotateRoot(current, next);
        restartWith({ root: next });
        // PGlite answers without a turn of the event loop, on which requests come in.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })().finally(() => {
      isRotating = false;
    });
    while (isRotating) {
      const { root, rootChain, keySet } = (await server.call("/.well-known/backbar.json")).json<{
        root: { publicKey: string };
        rootChain: unknown;
        keySet: string;
      }>();
      const shown = parsePublicKey(root.publicKey);
      await openKeySet(keySet, shown);
      await followRoots(rootChain, pinned, shown);
    }
    await rotating;
  });

  test.each(["release", "checkpoint"] as const)(
    "nothing is signed with a %s key of no set",
    async (purpose) => {
      const other = newSigner(purpose === "checkpoint" ? "Ed25519" : undefined);
      const stray = { ...current, keys: { ...current.keys, [purpose]: other } };
      const replaced = { code: "signing_key_replaced" };
      await expect(checkOwnKeys(stray)).rejects.toMatchObject(replaced);
      const size = await server.logSize();
      const condition = new Condition();
      condition.refuseWrites("an old backup");
      const admin: Caller = { actor: "admin", grants: [{ role: "admin" }] };
      await expect(recoverLog({ ...stray, condition }, admin, "lost")).rejects.toMatchObject(
        replaced,
      );
      expect(await server.logSize()).toBe(size);
    },
  );
});
