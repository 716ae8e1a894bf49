/**
 * Two processes on one Postgres database: what one changes the other serves, with LISTEN and
 * without, and one that is killed takes nothing with it.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { BackbarClient } from "../../src/client/client.js";
import { publishFolder } from "../../src/client/publish-folder.js";
import { type PrivateKey, parsePrivateKey } from "../../src/core/trust/keys.js";
import { getBlobs } from "../../src/store/blobs.js";
import type { Db } from "../../src/store/db.js";
import { pointers, releases, versions } from "../../src/store/schema.js";
import { createDatabase } from "../helpers/stores.js";
import { STATE_STORE_RECIPE, smallContent } from "./content.js";
import { readDatabase, readLog } from "./databases.js";
import { emptyFolder, pause, type RunningService, startService } from "./service-process.js";

const RECIPE = "dapr/redis-state-store";
const RESOLVE = "/v1/environments/local/resolve?type=dapr-state-store&target=compose";
const TIMEOUT_MS = 180_000;

/** Two processes of one registry, a client of the first, and the key that publishes. */
async function startTwo() {
  const folder = await emptyFolder();
  const content = await smallContent(folder);
  const settings = {
    ...content,
    DATABASE_URL: await createDatabase(),
    KEYS_DIR: path.join(folder, "keys"),
    ADMIN_TOKEN_FILE: path.join(folder, "one/admin-token"),
  };
  const { ADMIN_TOKEN_FILE, ...first } = settings;
  const start = (name: string) =>
    startService(
      { ...(name === "one" ? first : settings), DATA_DIR: path.join(folder, name) },
      folder,
    );
  const one = await start("one");
  const two = await start("two");
  const token = (await readFile(ADMIN_TOKEN_FILE, "utf8")).trim();
  const key = parsePrivateKey(await readFile(path.join(folder, "keys/publisher.pem"), "utf8"));
  const clientOf = ({ url }: RunningService) => new BackbarClient({ url, token });
  return { settings, start, one, two, key, clientOf };
}

const publish = (client: BackbarClient, key: PrivateKey, version: string) =>
  publishFolder(client, STATE_STORE_RECIPE, key, { overrides: { version } });

interface Resolved {
  readonly release: { readonly number: number };
  readonly targets: readonly {
    readonly match: {
      readonly recipe: { readonly version: string };
      readonly notices: readonly { readonly kind: string; readonly reason: string }[];
    };
  }[];
}

async function resolve({ url }: RunningService) {
  const answer = (await (await fetch(url + RESOLVE)).json()) as Resolved;
  const { recipe, notices } = answer.targets[0]?.match ?? {};
  return {
    release: answer.release.number,
    version: recipe?.version,
    notices: notices?.map(({ kind, reason }) => `${kind}: ${reason}`),
  };
}

async function yank({ send }: BackbarClient, version: string, reason: string): Promise<void> {
  const path = `/v1/recipes/${RECIPE}/versions/${version}/yank`;
  await send({ method: "POST", path, body: { reason } });
}

test(
  "attack 40: what one process releases and yanks, the other serves",
  async () => {
    const { one, two, key, clientOf } = await startTwo();
    const client = clientOf(one);
    expect(await resolve(two)).toEqual({ release: 1, version: "1.0.0", notices: [] });

    await publish(client, key, "1.1.0");
    await client.cutRelease("local");
    // Who changed it sees the change at once.
    const released = { release: 2, version: "1.1.0", notices: [] };
    expect(await resolve(one)).toEqual(released);
    await expect.poll(() => resolve(two)).toEqual(released);

    await yank(client, "1.1.0", "loses keys");
    const yanked = { ...released, notices: ["yanked: loses keys"] };
    expect(await resolve(one)).toEqual(yanked);
    await expect.poll(() => resolve(two)).toEqual(yanked);
  },
  TIMEOUT_MS,
);

/** Ends the connections over which servers watch the log; tells how many there were. */
async function cutConnections(admin: pg.Client): Promise<number> {
  const { rowCount } = await admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%from log_head'",
  );
  return rowCount ?? 0;
}

test(
  "attack 40: the other serves it too while its connections are cut again and again",
  async () => {
    const { settings, one, two, key, clientOf } = await startTwo();
    const admin = new pg.Client({ connectionString: settings.DATABASE_URL });
    await admin.connect();
    onTestFinished(() => admin.end());
    const client = clientOf(one);
    for (const patch of [1, 2, 3]) {
      const version = `1.1.${patch}`;
      expect((await resolve(two)).version).toBe(patch === 1 ? "1.0.0" : `1.1.${patch - 1}`);
      await publish(client, key, version);
      // A connection that was cut a moment ago may not be back yet.
      await expect.poll(() => cutConnections(admin)).toBeGreaterThan(0);
      await client.cutRelease("local");
      await expect.poll(async () => (await resolve(two)).version).toBe(version);
    }
  },
  TIMEOUT_MS,
);

test(
  "attack 40: one killed while it publishes and releases loses nothing, and the other goes on",
  async () => {
    const { settings, start, one, two, key, clientOf } = await startTwo();
    const published = new Map<string, string>();
    const cut = new Map<number, string>();
    const work = [workOn(one, clientOf(one), key, 1), workOn(two, clientOf(two), key, 2)];
    await expect.poll(() => published.size).toBeGreaterThan(4);
    await one.end("SIGKILL");
    const before = published.size;
    await expect.poll(() => published.size).toBeGreaterThan(before + 2);

    const three = await start("three");
    const last = await publish(clientOf(three), key, "1.9.0");
    published.set("1.9.0", last.digest);
    await two.end("SIGTERM");
    await Promise.all(work);
    const { release, digest } = await clientOf(three).cutRelease("local");
    expect(release.number).toBeGreaterThan(Math.max(...cut.keys()));
    cut.set(release.number, digest ?? "");
    expect(await resolve(three)).toMatchObject({ release: release.number, version: "1.9.0" });
    await three.end("SIGTERM");
    await readDatabase(settings, (db) => checkWhole(db, published, cut));

    /** Publishes and cuts without a pause until the service is gone; notes what it acknowledged. */
    async function workOn(
      service: RunningService,
      client: BackbarClient,
      publisher: PrivateKey,
      minor: number,
    ): Promise<void> {
      for (let patch = 0; service.running(); patch++) {
        const version = `1.${minor}.${patch}`;
        const receipt = await publish(client, publisher, version).catch(unlessGone);
        if (receipt !== undefined) published.set(version, receipt.digest);
        const answer = await client.cutRelease("local").catch(unlessGone);
        if (answer?.digest) cut.set(answer.release.number, answer.digest);
        await pause(5);
      }
    }
  },
  TIMEOUT_MS,
);

/** A broken connection, or that another release came first, is what clients see; anything else is a fault. */
function unlessGone(error: unknown): undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const isGone = error instanceof TypeError || code === "client_unreachable";
  if (!isGone && code !== "release_changed") throw error;
}

/** Everything acknowledged is there, and nothing is there by half. */
async function checkWhole(
  db: Db,
  published: ReadonlyMap<string, string>,
  cut: ReadonlyMap<number, string>,
): Promise<void> {
  const log = await readLog(db);
  expect(log.indexes).toEqual(Array.from({ length: log.size }, (_, index) => index));
  expect([log.root, log.rootOfLeaves]).toEqual([log.rootOfEnvelopes, log.rootOfEnvelopes]);

  const versionRows = await db.select().from(versions);
  const digests = new Map(versionRows.map(({ version, digest }) => [version, digest]));
  expect([...published].filter(([version, digest]) => digests.get(version) !== digest)).toEqual([]);
  expect(log.kinds.publish).toBe(versionRows.length);
  await getBlobs(db, [...digests.values()]);

  const releaseRows = await db.select().from(releases).orderBy(releases.number);
  expect(releaseRows.map(({ number }) => number)).toEqual(releaseRows.map((_, i) => i + 1));
  expect(log.kinds.release).toBe(releaseRows.length);
  const known = new Map(releaseRows.map(({ number, digest }) => [number, digest]));
  expect([...cut].filter(([number, digest]) => known.get(number) !== digest)).toEqual([]);
  for (const { payload } of releaseRows) {
    const { targets } = payload as { targets: Record<string, { provisioners: string }> };
    await getBlobs(
      db,
      Object.values(targets).map(({ provisioners }) => provisioners),
    );
  }
  const [pointer] = await db.select().from(pointers);
  expect(pointer?.number).toBe(releaseRows.length);
}
