import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { gte, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { rootOfHashes } from "../../src/core/tlog/merkle.js";
import { publishCheckpoint } from "../../src/flows/checkpoint.js";
import { Checkpoints, noteOf } from "../../src/flows/checkpoints.js";
import { Condition } from "../../src/flows/condition.js";
import { fillNodes } from "../../src/flows/log-hashes.js";
import { countLogNodes } from "../../src/store/log.js";
import { logCheckpoint, logHead, logLeaves, logNodes } from "../../src/store/schema.js";
import { refusalOf } from "../helpers/environments.js";
import { checkServedLog, grow, servedCheckpoint } from "../helpers/log.js";
import { makeNamespace } from "../helpers/recipes.js";
import { makeKeys, serveStore, type TestServer } from "../helpers/server.js";
import { STORES, type TestStore } from "../helpers/stores.js";
import { emptyFolder } from "../process/service-process.js";

/** A server on a new store, gone when the test is. */
async function serve(kind: TestStore) {
  const store = await kind.open();
  const dataDir = await emptyFolder();
  const keys = makeKeys();
  const server = await serveStore(store, keys, { dataDir });
  onTestFinished(async () => {
    await server.close();
    await store.close();
  });
  /** As another process starts: on the same database, with what this one published. */
  const registry = async (folder = dataDir) => ({
    ...server.registry,
    condition: new Condition(),
    checkpoints: await Checkpoints.open(path.join(folder, "checkpoint")),
  });
  return { server, dataDir, file: path.join(dataDir, "checkpoint"), registry };
}

describe.each(STORES)("checkpoints on $name", (kind) => {
  test("are kept in a file before they are served", async () => {
    const { server, file } = await serve(kind);
    await grow(server, 3);
    const { note } = await servedCheckpoint(server);
    expect(await readFile(file, "utf8")).toBe(note);
    await grow(server, 1);
    expect(await readFile(file, "utf8")).toBe(note);
    expect((await servedCheckpoint(server)).checkpoint.size).toBe(4);
    expect(await readFile(file, "utf8")).toContain("\n4\n");
  });

  test("have every leaf that was committed before they were asked for", async () => {
    const { server } = await serve(kind);
    const sizes = await Promise.all(
      Array.from({ length: 8 }, async () => {
        await grow(server, 1);
        const least = await server.logSize();
        return { least, size: (await publishCheckpoint(server.registry)).size };
      }),
    );
    expect(sizes.filter(({ least, size }) => size < least)).toEqual([]);
  });

  test("are the same from every process", async () => {
    const { server, registry } = await serve(kind);
    await grow(server, 5);
    const other = await registry(await emptyFolder());
    const [one, two] = [await publishCheckpoint(server.registry), await publishCheckpoint(other)];
    expect(two.signature).toEqual(one.signature);
    expect(two.text).toBe(one.text);
  });

  test("attack 19: are not served where they cannot be kept, and then are", async () => {
    const { server, file } = await serve(kind);
    await grow(server, 2);
    const { note } = await servedCheckpoint(server);
    await grow(server, 1);
    // Every write to it says that no space is left.
    await symlink("/dev/full", `${file}.new`);
    const told: string[] = [];
    server.registry.checkpoints.tellFailure(({ message }) => told.push(message));
    expect(refusalOf(await server.call("/v1/log/checkpoint"))).toMatchObject({
      status: 503,
      code: "store_checkpoint_file",
    });
    expect(await readFile(file, "utf8")).toBe(note);
    // The log goes on meanwhile.
    await makeNamespace(server, "acme");
    await server.call("/v1/log/checkpoint");
    expect(told).toEqual(["the checkpoint cannot be written: ENOSPC"]);
    await rm(`${file}.new`);
    expect(await checkServedLog(server)).toHaveLength(4);
  });

  test("are begun by a start only where the file holds one", async () => {
    const { file, registry } = await serve(kind);
    for (const text of ["", "nothing\n", "a\n1\nb\n\n— x y\n"]) {
      await writeFile(file, text);
      await expect(registry()).rejects.toMatchObject({ code: "registry_checkpoint" });
    }
    await rm(file);
    await mkdir(file);
    await expect(registry()).rejects.toMatchObject({ code: "store_checkpoint_file" });
  });

  test("attack 18: bind every process once one of them tells of an old backup", async () => {
    const { server, registry } = await serve(kind);
    const { db } = server.registry;
    const folder = await emptyFolder();
    const other = await registry(folder);
    await grow(server, 2);
    const first = noteOf(await publishCheckpoint(other));
    await grow(server, 3);
    const { note } = await servedCheckpoint(server);

    await restoreTwoLeaves(server);
    const forged = note.replace("\n5\n", "\n6\n");
    const [text = "", signature = "", cosignature = ""] = note.split(/\n(?=\u2014 )/);
    for (const shared of [
      { size: 2, note: first },
      { size: 6, note: forged },
      { size: 6, note: "nothing" },
      { size: 5, note: `${text}\n${signature}\n` },
      { size: 5, note: `${text}\n${signature}\n${withLatestTime(cosignature)}` },
    ]) {
      await db.update(logCheckpoint).set(shared);
      expect(await publishCheckpoint(other)).toMatchObject({ size: 2 });
    }
    await db.update(logCheckpoint).set({ size: 2, note: first });
    expect(refusalOf(await server.call("/v1/log/checkpoint")).code).toBe("registry_read_only");
    await expect(publishCheckpoint(other)).rejects.toMatchObject({ code: "registry_read_only" });
    expect(other.condition.reason).toMatch(/has 2 leaves .* 5 were published/);
    expect(await readFile(path.join(folder, "checkpoint"), "utf8")).toBe(note);
  });

  test("attack 18: are not taken back by a shared row that says more than its note", async () => {
    const { server, registry, file } = await serve(kind);
    await grow(server, 2);
    const first = noteOf(await publishCheckpoint(server.registry));
    await grow(server, 3);
    const { note } = await servedCheckpoint(server);
    await restoreTwoLeaves(server);
    await server.registry.db.update(logCheckpoint).set({ size: 6, note: first });
    for (const process of [server.registry, await registry()]) {
      await expect(publishCheckpoint(process)).rejects.toMatchObject({
        code: "registry_read_only",
      });
      expect(process.condition.reason).toMatch(/has 2 leaves .* 5 were published/);
    }
    expect(await readFile(file, "utf8")).toBe(note);
  });

  test.each([
    {
      name: "has fewer leaves than were published",
      harm: restoreTwoLeaves,
      reason: /has 2 leaves .* 5 were published on 2031-05-06T07:08:09.000Z/,
    },
    {
      name: "has another leaf in the place of a published one",
      harm: async (server: TestServer) => {
        await grow(server, 1);
        await server.registry.db.execute(
          sql`update log_leaves set hash = decode(repeat('07', 32), 'hex') where index = 1`,
        );
      },
      reason: /does not follow from its 6 leaves/,
    },
  ])("are not signed, and nothing is written, where the database $name", async (row) => {
    const { server, registry } = await serve(kind);
    await grow(server, 5);
    await servedCheckpoint(server);
    const { condition } = server.registry;
    const published = server.registry.checkpoints.published;
    await row.harm(server);

    const other = await registry();
    await expect(publishCheckpoint(other)).rejects.toMatchObject({ code: "registry_read_only" });
    expect(other.condition.reason).toMatch(row.reason);

    // The running one notices at its next append or checkpoint, and serves what it published.
    const reply = await server.call("/v1/log/checkpoint");
    expect(refusalOf(reply).code).toBe("registry_read_only");
    expect(condition.reason).toMatch(row.reason);
    expect((await servedCheckpoint(server)).checkpoint.size).toBe(5);
    expect(server.registry.checkpoints.published).toBe(published);
    const change = { method: "PUT", body: { publisherKeys: [] } };
    expect(refusalOf(await server.admin("/v1/namespaces/late", change))).toMatchObject({
      status: 503,
      code: "registry_read_only",
    });
    expect((await server.call("/v1/recipes")).status).toBe(200);
  });

  test("need no nodes that were kept while the log grew", async () => {
    const { server } = await serve(kind);
    await grow(server, 600);
    const { db } = server.registry;
    const kept = await db.select().from(logNodes);
    expect(kept).toHaveLength(2);
    await db.delete(logNodes);
    expect(await checkServedLog(server)).toHaveLength(600);
    expect(await db.select().from(logNodes)).toEqual(kept);
  });
});

/** The line of a cosignature, as if of a time that no Date has. */
function withLatestTime(line: string): string {
  const [dash, name, base64 = ""] = line.trim().split(" ");
  const bytes = Buffer.from(base64, "base64");
  bytes.writeBigUInt64BE(BigInt(Number.MAX_SAFE_INTEGER), 4);
  return `${dash} ${name} ${bytes.toString("base64")}\n`;
}

/** As a backup that was made after the first two leaves leaves the log. */
async function restoreTwoLeaves({ registry: { db } }: TestServer): Promise<void> {
  await db.delete(logLeaves).where(gte(logLeaves.index, 2));
  const leaves = await db.select().from(logLeaves).orderBy(logLeaves.index);
  // Two leaves have one complete subtree.
  await db.update(logHead).set({ size: 2, frontier: rootOfHashes(leaves.map(({ hash }) => hash)) });
}

describe("nodes of a large log on Postgres", () => {
  let server: TestServer;
  beforeAll(async () => {
    const [, postgres] = STORES;
    if (postgres === undefined) throw new TypeError("there is a Postgres");
    server = await serveStore(await postgres.open(), makeKeys());
  });
  afterAll(async () => {
    await server?.close();
    await server?.store.close();
  });

  test("are made for two levels", async () => {
    const { registry } = server;
    await registry.db.execute(sql`
      insert into log_leaves (index, hash, kind, envelope)
      select i, sha256(i::text::bytea), 'forced', '' from generate_series(0, 65999) as i`);
    await fillNodes(registry, 66_000);
    expect(await countLogNodes(registry.db)).toEqual(
      new Map([
        [1, 257],
        [2, 1],
      ]),
    );
    const rows = await registry.db.select().from(logNodes).orderBy(logNodes.level, logNodes.index);
    const level1 = rows.filter(({ level }) => level === 1).map(({ hash }) => hash);
    expect(rows.at(-1)?.hash).toEqual(rootOfHashes(level1.slice(0, 256)));
    const leaves = await registry.db.select().from(logLeaves).orderBy(logLeaves.index);
    expect(level1[256]).toEqual(rootOfHashes(leaves.slice(65_536, 65_792).map(({ hash }) => hash)));
  });
});
