import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sha256Digest } from "../../src/core/codec/digest.js";
import { parseFrontier, rootOfFrontier } from "../../src/core/tlog/frontier.js";
import { leafHash } from "../../src/core/tlog/leaf.js";
import { rootOfHashes } from "../../src/core/tlog/merkle.js";
import { openRecord, type RecordKind } from "../../src/core/trust/record.js";
import { openRelease } from "../../src/core/trust/release-signature.js";
import { settleIdentity } from "../../src/flows/identity.js";
import { appendRecord } from "../../src/flows/log.js";
import { getBlobs } from "../../src/store/blobs.js";
import { readLogHead, readLogLeaves } from "../../src/store/log.js";
import { cache, labels, makeNamespace, publishAll, queue, release } from "../helpers/recipes.js";
import { makeKeys, startServer, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

describe.each(STORES)("the log on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(kind);
  });
  afterAll(() => server?.close());

  const readAll = async () => {
    const head = await readLogHead(server.registry.db);
    return { head, leaves: await readLogLeaves(server.registry.db, 0, head.size) };
  };
  const checkRoot = async () => {
    const { head, leaves } = await readAll();
    expect(leaves.map(({ index }) => index)).toEqual(leaves.map((_, i) => i));
    expect(leaves).toHaveLength(head.size);
    const hashes = leaves.map(({ hash }) => hash);
    expect(rootOfFrontier(parseFrontier(head.size, head.frontier))).toEqual(rootOfHashes(hashes));
    return leaves;
  };

  test("has one leaf for each act, in order, each naming its signed envelope", async () => {
    await makeNamespace(server, "acme");
    await publishAll(server, [cache(), queue()]);
    await release(server, "local", [{ recipe: "acme/cache", range: "*" }]);
    await server.client.cutRelease("local");
    const leaves = await checkRoot();
    expect(leaves.map(({ kind: act }) => act)).toEqual([
      "namespace",
      "publish",
      "publish",
      "environment",
      // The second cut has the content of the first: it is no act.
      "release",
    ]);

    const { db, keys } = server.registry;
    const envelopes = await getBlobs(
      db,
      leaves.map(({ envelope }) => envelope),
    );
    const accepted = [keys.release.publicKey];
    for (const { kind: act, envelope, hash } of leaves) {
      const bytes = envelopes.get(envelope) ?? new Uint8Array();
      expect(sha256Digest(bytes)).toBe(envelope);
      expect(leafHash({ kind: act as RecordKind, envelope })).toEqual(hash);
      const jws = new TextDecoder().decode(bytes);
      if (act === "release") {
        expect((await openRelease(jws, accepted)).environment).toBe("local");
      } else {
        const record = await openRecord(jws, accepted);
        expect(record).toMatchObject({ kind: act, actor: "admin" });
        expect(record.time).toBe(server.clock.now().toISOString());
      }
    }
    const published = await openRecord(
      new TextDecoder().decode(envelopes.get(leaves[1]?.envelope ?? "")),
      accepted,
    );
    const version = (await server.call("/v1/recipes/acme/cache/versions/1.0.0")).json<{
      digest: string;
      logIndex: number;
    }>();
    expect(version.logIndex).toBe(1);
    expect(published.details).toMatchObject({
      recipe: "acme/cache",
      version: "1.0.0",
      digest: version.digest,
    });
  });

  test("does not grow by reading, rendering, refusing or repeating", async () => {
    const { head } = await readAll();
    await makeNamespace(server, "acme");
    await publishAll(server, [cache()]);
    await server.client.cutRelease("local", { preview: true });
    for (const path of ["/v1/recipes", "/v1/environments/local/catalog", "/v1/usage"]) {
      expect((await server.call(path)).status).toBe(200);
    }
    await server.admin("/v1/environments/local", { method: "PUT", body: { entries: [] } });
    expect((await readAll()).head).toEqual(head);
  });

  test("keeps one order of acts that come at once", async () => {
    await Promise.all([
      publishAll(server, [labels("1.0.0")]),
      publishAll(server, [labels("1.0.1")]),
      makeNamespace(server, "busy"),
      release(server, "busy-a", []),
      release(server, "busy-b", []),
    ]);
    const leaves = await checkRoot();
    expect(leaves).toHaveLength(5 + 7);
  });

  test("loses nothing and gains nothing by an act that fails", async () => {
    const { head } = await readAll();
    await expect(
      server.registry.db.transaction(async (tx) => {
        await appendRecord(server.registry, tx, { kind: "forced", actor: "x", details: {} });
        throw new Error("after the append");
      }),
    ).rejects.toThrow();
    expect((await readAll()).head).toEqual(head);
    await checkRoot();
  });

  test("an envelope that was altered in the database is not served", async () => {
    const { db } = server.registry;
    await publishAll(server, [labels("2.0.0")]);
    const { digest } = (await server.call("/v1/recipes/acme/labels/versions/2.0.0")).json<{
      digest: string;
    }>();
    await db.execute(sql`update blobs set content = content || 'x' where digest = ${digest}`);
    const reply = await server.call("/v1/recipes/acme/labels/versions/2.0.0");
    expect(reply.json()).toMatchObject({ status: 500, code: "internal" });
    expect(reply.text).not.toContain(digest);
  });

  test("belongs to one set of keys: others are refused", async () => {
    await settleIdentity(server.registry);
    for (const name of ["root", "release", "checkpoint", "state"] as const) {
      const keys = { ...server.registry.keys, [name]: makeKeys()[name] };
      await expect(settleIdentity({ ...server.registry, keys })).rejects.toMatchObject({
        code: "registry_keys",
      });
    }
  });
});
