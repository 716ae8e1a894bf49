import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { openPostgres } from "../../src/store/db.js";
import { insertLogLeaf, lockLogHead } from "../../src/store/log.js";
import { createDatabase } from "../helpers/stores.js";

const KILL_WATCH =
  "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and query like '%log_head%'";

/** A store whose log `append` grows, watched into `heads`. */
async function watched() {
  const url = await createDatabase();
  const store = await openPostgres(url);
  const heads: string[] = [];
  const watch = store.watchLog?.((head) => heads.push(head));
  onTestFinished(async () => {
    await watch?.close();
    await store.close();
  });
  let size = 0;
  const append = () =>
    store.db.transaction(async (tx) => {
      await lockLogHead(tx);
      const leaf = { index: size++, hash: new Uint8Array(32), kind: "publish" };
      const envelope = { digest: `${size}`, content: new Uint8Array() };
      const head = { size, frontier: new Uint8Array([size]) };
      await insertLogLeaf(tx, leaf, { envelope, nodes: [], head });
    });
  const last = () => heads.at(-1);
  return { url, store, watch, heads, append, last };
}

test("reports the head from the start, and after it moved", async () => {
  const { append, last } = await watched();
  await expect.poll(last).toBe("");
  await append();
  await expect.poll(last).toBe("1 01");
  await append();
  await expect.poll(last).toBe("2 02");
});

test("reports again and again while nothing happens", async () => {
  const { heads } = await watched();
  await expect.poll(() => heads.length).toBeGreaterThan(3);
});

test("goes on over a new connection when its own was cut", async () => {
  const { url, append, last, heads } = await watched();
  await expect.poll(last).toBe("");
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const { rowCount } = await admin.query(KILL_WATCH);
  await admin.end();
  expect(rowCount).toBe(1);
  await append();
  await expect.poll(last).toBe("1 01");
  const reported = heads.length;
  await expect.poll(() => heads.length).toBeGreaterThan(reported);
});

test("reports nothing once it is closed", async () => {
  const { watch, heads, last } = await watched();
  await expect.poll(last).toBe("");
  await watch?.close();
  const reported = heads.length;
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(heads.length).toBe(reported);
});
