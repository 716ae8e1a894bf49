import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseCheckpoint } from "../../src/core/tlog/checkpoint-text.js";
import { parseNote } from "../../src/core/tlog/note.js";
import { openKeySet } from "../../src/core/trust/key-set.js";
import { openRecord } from "../../src/core/trust/record.js";
import { readKeySet, replaceOrigin } from "../../src/flows/identity.js";
import { getBlob } from "../../src/store/blobs.js";
import { readLogLeaves } from "../../src/store/log.js";
import { logCheckpoint } from "../../src/store/schema.js";
import { commandLineIn, openCommandLine } from "../cli/command-line.js";
import { RESTORABLE, type RestorableStore } from "../helpers/backups.js";
import { refusalOf } from "../helpers/environments.js";
import { checkServedLog, grow, servedCheckpoint } from "../helpers/log.js";
import { cache, makeNamespace, publishAll, release, scoreFile } from "../helpers/recipes.js";
import { makeKeys, serveStore, type TestServer } from "../helpers/server.js";
import { emptyFolder } from "../process/service-process.js";

/** A registry that is stopped and started again, on its database and data directory. */
async function registryOn(database: RestorableStore) {
  const [keys, dataDir] = [makeKeys(), await emptyFolder()];
  let stop = async () => {};
  onTestFinished(() => stop());
  return {
    file: path.join(dataDir, "checkpoint"),
    /** Starts it on what the database holds now. */
    start: async (): Promise<TestServer> => {
      await stop();
      const store = await database.open();
      const server = await serveStore(store, keys, { dataDir });
      stop = async () => {
        stop = async () => {};
        await server.close();
        await store.close();
      };
      return server;
    },
    stop: () => stop(),
  };
}

const CREATED = { method: "PUT", body: { publisherKeys: [] } };

describe.each(RESTORABLE)("attack 18: a database restored from an old backup on $name", (kind) => {
  /** With 4 leaves in the backup, and 6 that were published. */
  const restored = async (see: (published: TestServer) => Promise<void> = async () => {}) => {
    const database = await kind.make();
    const registry = await registryOn(database);
    const first = await registry.start();
    await makeNamespace(first, "acme");
    await publishAll(first, [cache()]);
    await release(first, "local", [{ recipe: "acme/cache", range: "*" }]);
    await registry.stop();
    await database.backUp();
    const second = await registry.start();
    await grow(second, 2);
    const published = (await servedCheckpoint(second)).note;
    await see(second);
    await registry.stop();
    await database.restore();
    return { registry, published, server: await registry.start() };
  };

  test("makes the registry read-only: nothing is signed or written, all is read", async () => {
    const { registry, published, server } = await restored();
    const ready = (await server.call("/readyz")).json<{ status: string; reason: string }>();
    expect(ready.status).toBe("read-only");
    expect(ready.reason).toMatch(/has 4 leaves .* 6 were published on 2031-05-06T07:08:09.000Z/);
    const discovery = await server.call("/.well-known/backbar.json");
    expect(discovery.json()).toMatchObject({ readOnly: ready.reason });
    expect((await server.call("/metrics")).text).toContain("\nbackbar_read_only 1\n");

    const readOnly = { status: 503, code: "registry_read_only" };
    for (const refused of [
      await server.admin("/v1/namespaces/late", CREATED),
      await server.admin("/v1/environments/new", {
        method: "PUT",
        headers: { "if-none-match": "*" },
        body: { entries: [] },
      }),
      await server.admin("/v1/recipes/acme/cache/versions/1.0.0/yank", {
        method: "POST",
        body: { reason: "late" },
      }),
    ]) {
      expect(refusalOf(refused)).toMatchObject(readOnly);
    }
    const render = "/v1/environments/local/render?target=compose";
    const yaml = { "content-type": "application/yaml" };
    const body = scoreFile("web", { store: { type: "cache" } });
    const stateless = await server.call(`${render}&record=false`, {
      method: "POST",
      headers: yaml,
      body,
    });
    expect(stateless.status).toBe(200);
    for (const path of [
      "/v1/recipes/acme/cache/versions/1.0.0",
      "/v1/environments/local/catalog",
      "/v1/environments/local/compose/provisioners.yaml",
    ]) {
      expect([path, (await server.call(path)).status]).toEqual([path, 200]);
    }

    expect((await server.call("/v1/log/checkpoint")).text).toBe(published);
    server.clock.advance({ hours: 1 });
    expect((await server.call("/v1/log/checkpoint")).text).toBe(published);
    expect(await readFile(registry.file, "utf8")).toBe(published);
    expect(await server.logSize()).toBe(4);
  });

  test("is recovered under another name, and the log tells what was lost", async () => {
    const { registry, published, server } = await restored();
    const formerOrigin = parseCheckpoint(parseNote(published).text).origin;
    const ask = { method: "POST", body: { reason: "the disk was lost" } };
    expect(refusalOf(await server.call("/v1/log/recovery", ask)).status).toBe(401);
    const reply = await server.admin("/v1/log/recovery", ask);
    const origin = `${formerOrigin}/1`;
    expect(reply.json()).toEqual({ origin, formerOrigin, size: 4, logIndex: 4 });

    expect((await server.call("/readyz")).json()).toEqual({ status: "ok" });
    expect(refusalOf(await server.admin("/v1/log/recovery", ask))).toMatchObject({
      status: 409,
      code: "recovery_not_needed",
    });
    const { db, keys } = server.registry;
    const [leaf] = await readLogLeaves(db, 4, 5);
    const jws = new TextDecoder().decode(await getBlob(db, leaf?.envelope ?? ""));
    const { details, ...record } = await openRecord(jws, keys.release.publicKey);
    expect(record).toMatchObject({ kind: "recovery", actor: "admin" });
    expect(details).toMatchObject({ origin, formerOrigin, size: 4, reason: "the disk was lost" });
    expect(details).toMatchObject({ published, cause: expect.stringContaining("has 4 leaves") });
    const keySet = await openKeySet(await readKeySet(server.registry), keys.root.publicKey);
    expect(keySet).toMatchObject({ origin, formerOrigins: [{ origin: formerOrigin, size: 4 }] });
    expect(keySet.number).toBeGreaterThan(1000);

    expect((await servedCheckpoint(server)).checkpoint).toMatchObject({ origin, size: 5 });
    expect((await server.admin("/v1/namespaces/late", CREATED)).status).toBe(200);
    expect(await checkServedLog(server)).toHaveLength(6);
    const again = await registry.start();
    expect(again.registry.condition.reason).toBeUndefined();
    expect(await checkServedLog(again)).toHaveLength(6);
  });

  test("is told to whoever audited before, until it is accepted, and then remembered", async () => {
    const { folder } = await openCommandLine();
    /** The same machine each time, with what it remembers. */
    const auditOf = async (server: TestServer, ...flags: string[]) => {
      const line = commandLineIn(folder, {
        env: {
          BACKBAR_SERVER: server.url,
          BACKBAR_ROOT: server.registry.keys.root.publicKey.fingerprint,
          BACKBAR_TOKEN: server.token,
        },
        now: server.clock.now,
      });
      const { code, stdout } = await line.backbar("log", "audit", "--json", ...flags);
      const { findings, size, origin } = JSON.parse(stdout);
      const codes = findings.map((one: { code: string }) => one.code);
      return { code, codes, size, origin, text: JSON.stringify(findings) };
    };
    const clean = { code: 0, codes: [] };
    const { registry, server } = await restored(async (published) => {
      expect(await auditOf(published)).toMatchObject({ ...clean, size: 6 });
    });
    // The registry shows the old checkpoint, which has more leaves than it can give.
    expect(await auditOf(server)).toMatchObject({
      code: 1,
      codes: expect.arrayContaining(["audit_leaf_dropped"]),
    });
    const body = { reason: "the disk was lost" };
    const recovered = await server.admin("/v1/log/recovery", { method: "POST", body });
    const { origin } = recovered.json<{ origin: string }>();

    const told = await auditOf(server);
    expect(told).toMatchObject({ code: 1, codes: ["audit_log_recovered"], origin, size: 5 });
    expect(told.text).toContain("the disk was lost");
    expect(told.text).toContain("backup of 4 leaves");
    expect((await auditOf(server)).codes).toEqual(["audit_log_recovered"]);
    const other = ["--accept-recovery", `${origin}1`];
    expect((await auditOf(server, ...other)).codes).toEqual(["audit_log_recovered"]);
    expect(await auditOf(server, "--accept-recovery", origin)).toMatchObject(clean);
    await grow(server, 1);
    const again = await registry.start();
    expect(await auditOf(again)).toMatchObject({ ...clean, origin, size: 6 });
  });

  test("is not talked away by whoever owns the database and no key", async () => {
    const { registry, published, server } = await restored();
    const { origin } = parseCheckpoint(parseNote(published).text);
    await server.registry.db.transaction((tx) => replaceOrigin(tx, `${origin}/1`, 4));
    expect((await server.call("/v1/log/checkpoint")).text).toBe(published);
    expect(refusalOf(await server.admin("/v1/namespaces/late", CREATED)).status).toBe(503);
    const again = await registry.start();
    expect((await again.call("/v1/log/checkpoint")).text).toBe(published);
    expect(again.registry.condition.reason).toContain(`the database has the log ${origin}/1`);
  });

  test("is told to a process that published nothing itself", async () => {
    const { server } = await restored();
    const forgetful = await serveStore(server.store, server.registry.keys);
    onTestFinished(() => forgetful.close());
    expect(forgetful.registry.condition.reason).toMatch(/has 4 leaves .* 6 were published/);
  });

  test("is noticed after it grew as large as what was published", async () => {
    const { registry, server } = await restored();
    // As a process would that lost its data directory, has no witness, and is the first to start.
    await server.registry.db.delete(logCheckpoint);
    const forgetful = await serveStore(server.store, server.registry.keys);
    onTestFinished(() => forgetful.close());
    expect(forgetful.registry.condition.reason).toBeUndefined();
    await grow(forgetful, 4);
    const again = await registry.start();
    expect(again.registry.condition.reason).toMatch(/first 6 leaves were published: it was forked/);
    expect(refusalOf(await again.admin("/v1/namespaces/late", CREATED)).status).toBe(503);
  });

  test("is noticed while it runs, by the next who writes", async () => {
    const { server } = await restored();
    const { condition, checkpoints } = server.registry;
    // As if the database had been exchanged beneath it.
    condition.allowWrites();
    expect(checkpoints.published?.size).toBe(6);
    expect(refusalOf(await server.admin("/v1/namespaces/late", CREATED))).toMatchObject({
      status: 503,
      code: "registry_read_only",
    });
    expect(condition.reason).toContain("has 4 leaves");
    expect(await server.logSize()).toBe(4);
  });
});
