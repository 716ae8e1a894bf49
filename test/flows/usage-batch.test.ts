import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseUsageBatch, type UsageBatch, usageKey } from "../../src/core/audit/usage-batch.js";
import { sha256Digest } from "../../src/core/codec/digest.js";
import { openRecord } from "../../src/core/trust/record.js";
import { commitUsage, keepUsageCommitted } from "../../src/flows/usage-batch.js";
import { getBlob } from "../../src/store/blobs.js";
import { readLogHead, readLogLeaves } from "../../src/store/log.js";
import { refusals, usage } from "../../src/store/schema.js";
import { cache, release, scoreFile, startWith } from "../helpers/recipes.js";
import { rendered } from "../helpers/rendering.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

interface UsageJson {
  readonly project?: string;
  readonly renders: number;
  readonly logIndex: number | null;
}

const asks = (name: string) => ({ score: scoreFile(name, { store: { type: "cache" } }) });

describe.each(STORES)("usage in the log on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [cache()]);
    await release(server, "one", [{ recipe: "acme/cache", range: "*", target: "compose" }]);
  });
  afterAll(() => server?.close());

  const commit = () => commitUsage(server.registry);
  const render = (project: string) =>
    rendered(server, "one", { workloads: [asks("web")], project });
  const find = async (project: string) =>
    (await server.admin(`/v1/usage?all=true&project=${project}`)).json<{ usage: UsageJson[] }>()
      .usage;

  /** All batches of the log, with the index of their leaf. */
  const batches = async (): Promise<(UsageBatch & { readonly leaf: number })[]> => {
    const { db, keys } = server.registry;
    const leaves = await readLogLeaves(db, 0, (await readLogHead(db)).size);
    const found = leaves
      .filter((leaf) => leaf.kind === "usage")
      .map(async ({ index, envelope }) => {
        const jws = new TextDecoder().decode(await getBlob(db, envelope));
        const { actor, details } = await openRecord(jws, keys.release.publicKey);
        const batch = parseUsageBatch(await getBlob(db, String(details.batch)));
        expect(details.records).toBe(batch.usage.length + batch.refusals.length);
        expect(actor).toBe("service");
        return { ...batch, leaf: index };
      });
    return Promise.all(found);
  };

  test("holds a record as it is, until it changes", async () => {
    await render("told");
    expect(await find("told")).toMatchObject([{ renders: 1, logIndex: null }]);
    expect(await commit()).toBe(1);
    const [first] = await batches();
    expect(first?.usage).toMatchObject([
      { project: "told", renders: 1, firstUsedAt: server.clock.now().toISOString() },
    ]);
    expect(await find("told")).toMatchObject([{ renders: 1, logIndex: first?.leaf }]);

    expect(await commit()).toBe(0);
    server.clock.advance({ seconds: 60 });
    await render("told");
    expect(await find("told")).toMatchObject([{ renders: 2, logIndex: null }]);
    expect(await commit()).toBe(1);
    const second = (await batches()).at(-1);
    expect(second?.usage).toMatchObject([
      { renders: 2, lastUsedAt: server.clock.now().toISOString(), current: true },
    ]);
    expect(await find("told")).toMatchObject([{ logIndex: second?.leaf }]);
  });

  test("serves batches to auditors, and nothing else by their route", async () => {
    const leaf = (await readLogLeaves(server.registry.db, 0, 100)).find(
      (one) => one.kind === "usage",
    );
    const record = await getBlob(server.registry.db, leaf?.envelope ?? "");
    const { details } = await openRecord(
      new TextDecoder().decode(record),
      server.registry.keys.release.publicKey,
    );
    const path = `/v1/usage/batches/${String(details.batch)}`;
    const reply = await server.admin(path);
    expect(reply).toMatchObject({ status: 200 });
    expect(sha256Digest(reply.bytes)).toBe(details.batch);
    expect((await server.call(path)).json()).toMatchObject({ code: "http_token_required" });
    const other = await server.admin(`/v1/usage/batches/${leaf?.envelope}`);
    expect(other.json()).toMatchObject({ status: 404, code: "usage_batch_unknown" });
  });

  test("tells when a record is no longer current", async () => {
    await render("ending");
    await commit();
    await server.call("/v1/projects/ending/environments/one/state", { method: "DELETE" });
    expect(await find("ending")).toMatchObject([{ current: false, logIndex: null }]);
    await commit();
    expect((await batches()).at(-1)?.usage).toMatchObject([{ project: "ending", current: false }]);
  });

  test("holds refusals of minutes that have ended", async () => {
    const now = server.clock.now();
    const row = {
      ...{ actor: "eve", address: "127.0.0.1", method: "PUT", route: "/v1/namespaces/:name" },
      ...{ code: "role_missing", count: 2 },
    };
    const started = new Date(Math.floor(now.getTime() / 60_000) * 60_000);
    const ended = new Date(started.getTime() - 60_000);
    await server.registry.db.insert(refusals).values([
      { ...row, minute: started },
      { ...row, minute: ended },
    ]);
    expect(await commit()).toBe(1);
    const found = (await batches()).at(-1);
    expect(found).toMatchObject({ usage: [], refusals: [{ minute: ended.toISOString(), ...row }] });
    expect(await commit()).toBe(0);
    server.clock.advance({ seconds: 60 });
    expect(await commit()).toBe(1);
  });

  test("comes in as many batches as it takes", async () => {
    await server.registry.db.execute(sql`
      insert into usage (environment, project, workload, resource, recipe, version, digest, release,
        actor, first_used_at, last_used_at, renders, current)
      select 'one', 'many', 'w' || n, 'r', 'acme/cache', '1.0.0', ${`sha256:${"0".repeat(64)}`}, 1,
        'x', now(), now(), 1, true from generate_series(1, 4500) n`);
    expect(await commit()).toBe(3);
    const many = (await batches()).slice(-3).map((batch) => batch.usage.length);
    expect(many).toEqual([2000, 2000, 500]);
    const left = await server.registry.db.select().from(usage).where(sql`${usage.leaf} is null`);
    expect(left).toEqual([]);
  });

  test("never falls while renders are under way, and ends as the records are", async () => {
    const projects = ["p1", "p2", "p3", "p4"];
    let rendering = true;
    const committing = (async () => {
      while (rendering) {
        await commit();
        // PGlite answers without a turn of the event loop, on which requests come in.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    await Promise.all(
      projects.map(async (project) => {
        for (let i = 0; i < 10; i++) {
          server.clock.advance({ seconds: 1 });
          await render(project);
          await rendered(server, "one", { workloads: [asks("loner")] });
        }
      }),
    );
    rendering = false;
    await committing;
    await commit();
    const last = new Map<string, UsageBatch["usage"][number]>();
    for (const batch of await batches()) {
      for (const one of batch.usage) {
        const before = last.get(usageKey(one)) ?? one;
        expect(one.renders).toBeGreaterThanOrEqual(before.renders);
        expect(one.lastUsedAt >= before.lastUsedAt).toBe(true);
        expect(one.firstUsedAt).toBe(before.firstUsedAt);
        last.set(usageKey(one), one);
      }
    }
    const rows = await server.registry.db.select().from(usage).where(eq(usage.environment, "one"));
    for (const { leaf, firstUsedAt, lastUsedAt, ...row } of rows) {
      expect(leaf).not.toBeNull();
      const times = {
        firstUsedAt: firstUsedAt.toISOString(),
        lastUsedAt: lastUsedAt.toISOString(),
      };
      expect(last.get(usageKey(row))).toEqual({ ...row, ...times });
    }
    expect(rows.find(({ workload }) => workload === "loner")?.renders).toBe(40);
  });

  test.skipIf(kind.name === "PGlite")("waits for no render that holds a record", async () => {
    await render("held");
    await render("free");
    await server.registry.db.transaction(async (tx) => {
      await tx.select().from(usage).where(eq(usage.project, "held")).for("update");
      expect(await commit()).toBe(1);
    });
    expect(await find("free")).toMatchObject([{ logIndex: expect.any(Number) }]);
    expect(await find("held")).toMatchObject([{ logIndex: null }]);
    expect(await commit()).toBe(1);
  });

  test("is committed by itself, every so often", async () => {
    await render("kept");
    const stop = keepUsageCommitted(server.registry, 0.05);
    await expect.poll(() => find("kept")).toMatchObject([{ logIndex: expect.any(Number) }]);
    await stop();
    await render("kept");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await find("kept")).toMatchObject([{ logIndex: null }]);
  });
});
