import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTrust } from "../../src/client/catalog.js";
import { publishPackage } from "../../src/client/publish-folder.js";
import { readVersion, verifySigners } from "../../src/client/versions.js";
import { formatPublicKey, type PrivateKey } from "../../src/core/trust/keys.js";
import { labels, makeNamespace, recipe, startWith } from "../helpers/recipes.js";
import { makeKey, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

describe.each(STORES)("attack 9: a signature by a key that does not hold, on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, []);
  });
  afterAll(() => server?.close());

  const publish = (namespace: string, version: string, key: PrivateKey) =>
    publishPackage(server.client, recipe({ ...labels(version), name: `${namespace}/labels` }), key);
  const revoke = (namespace: string, key: PrivateKey, body: object) =>
    server.admin(`/v1/namespaces/${namespace}/keys/${key.publicKey.fingerprint}/revoke`, {
      method: "POST",
      body,
    });
  const pem = (key: PrivateKey) => formatPublicKey(key.publicKey);
  /** What a client says of a version that it fetches. */
  const check = async (namespace: string, version: string) => {
    const name = `${namespace}/labels`;
    const { keySet } = await readTrust(server.client);
    const versions = await server.client.getJson(`/v1/recipes/${name}/versions/${version}`);
    const { digest } = versions as unknown as { digest: string };
    const ref = { recipe: name, version, digest };
    verifySigners(ref, await readVersion(server.client, ref), keySet);
  };

  test("of an unknown one is refused at publish", async () => {
    await makeNamespace(server, "unknown");
    await expect(publish("unknown", "1.0.0", makeKey())).rejects.toMatchObject({
      status: 403,
      code: "bundle_signature",
    });
  });

  test("of a revoked one is refused at publish, old versions go by the log's time", async () => {
    const key = makeKey();
    await makeNamespace(server, "stolen", { publisherKeys: [pem(key)] });
    await publish("stolen", "1.0.0", key);
    server.clock.advance({ hours: 2 });
    const stolenAt = server.clock.now().toISOString();
    server.clock.advance({ hours: 2 });
    await publish("stolen", "1.0.1", key);
    server.clock.advance({ hours: 2 });
    const reply = await revoke("stolen", key, { reason: "a lost laptop", at: stolenAt });
    expect(reply.json()).toMatchObject({
      publisherKeys: [],
      revokedKeys: [
        { fingerprint: key.publicKey.fingerprint, revokedAt: stolenAt, reason: "a lost laptop" },
      ],
    });
    const refused = publish("stolen", "1.0.2", key);
    await expect(refused).rejects.toMatchObject({ status: 403, code: "key_revoked" });
    await expect(refused).rejects.toThrow(stolenAt);
    await check("stolen", "1.0.0");
    await expect(check("stolen", "1.0.1")).rejects.toMatchObject({ code: "key_revoked" });
  });

  test("of one that was taken off the list is refused, and it never comes back", async () => {
    const [old, next] = [makeKey(), makeKey()];
    await makeNamespace(server, "replaced", { publisherKeys: [pem(old)] });
    await publish("replaced", "1.0.0", old);
    server.clock.advance({ seconds: 1 });
    await server.client.putNamespace("replaced", [pem(next)]);
    await expect(publish("replaced", "1.0.1", old)).rejects.toMatchObject({ code: "key_revoked" });
    await expect(
      server.client.putNamespace("replaced", [pem(next), pem(old)]),
    ).rejects.toMatchObject({ status: 409, code: "namespace_key_revoked" });
    await publish("replaced", "1.0.1", next);
    await check("replaced", "1.0.0");
    await check("replaced", "1.0.1");
  });

  test("is revoked with a date that is not in the future, and only earlier after that", async () => {
    const key = makeKey();
    await makeNamespace(server, "dated", { publisherKeys: [pem(key)] });
    server.clock.advance({ hours: 2 });
    const inHours = (hours: number) =>
      new Date(server.clock.now().getTime() + hours * 3_600_000).toISOString();
    const refused = await revoke("dated", key, { reason: "x", at: inHours(1) });
    expect(refused.json()).toMatchObject({ status: 409, code: "namespace_key_date" });
    expect((await revoke("dated", key, { reason: "x" })).status).toBe(200);
    const later = await revoke("dated", key, { reason: "x", at: inHours(0.5) });
    expect(later.json()).toMatchObject({ status: 409, code: "namespace_key_date" });
    const earlier = await revoke("dated", key, { reason: "since last night", at: inHours(-1) });
    expect(earlier.json()).toMatchObject({
      revokedKeys: [{ revokedAt: inHours(-1), reason: "since last night" }],
    });
    const before = await server.logSize();
    await revoke("dated", key, { reason: "since last night" });
    expect(await server.logSize()).toBe(before);
  });

  test.each([
    {
      name: "a key that was never listed",
      key: () => makeKey(),
      body: { reason: "x" },
      status: 404,
    },
    { name: "no reason", key: () => server.publisher, body: {}, status: 400 },
    {
      name: "a reason that no database keeps (attack 27)",
      key: () => server.publisher,
      body: { reason: "x\0" },
      status: 400,
    },
    {
      name: "a time after all years",
      key: () => server.publisher,
      body: { reason: "x", at: "9999-12-31T23:59:59-01:00" },
      status: 409,
    },
  ])("is not revoked with $name", async ({ key, body, status }) => {
    await makeNamespace(server, "kept");
    expect((await revoke("kept", key(), body)).status).toBe(status);
    expect((await server.call("/v1/namespaces/kept")).json()).toMatchObject({ revokedKeys: [] });
  });

  test("may be revoked by owners and administrators only", async () => {
    await makeNamespace(server, "owned");
    const { fingerprint } = server.publisher.publicKey;
    const path = `/v1/namespaces/owned/keys/${fingerprint}/revoke`;
    const reply = await server.call(path, { method: "POST", body: { reason: "x" } });
    expect(reply.json()).toMatchObject({ status: 401, code: "http_token_required" });
  });

  test("is revoked though too few keys are left to publish with", async () => {
    const [one, two] = [makeKey(), makeKey()];
    await makeNamespace(server, "pair", { publisherKeys: [pem(one), pem(two)], signatures: 2 });
    expect((await revoke("pair", one, { reason: "lost" })).status).toBe(200);
    const owners = await server.admin("/v1/namespaces/pair", {
      method: "PUT",
      body: { owners: ["olga"] },
    });
    expect(owners.json()).toMatchObject({ owners: ["olga"], signatures: 2 });
    await expect(publish("pair", "1.0.0", two)).rejects.toMatchObject({
      code: "publish_signatures",
    });
  });
});
