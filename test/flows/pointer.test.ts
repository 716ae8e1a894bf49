import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTrust, readVerifiedRelease } from "../../src/client/catalog.js";
import { openPointer } from "../../src/core/trust/release-signature.js";
import { keepPointersFresh, pointTo, readCatalog } from "../../src/flows/pointer.js";
import { findPointer, listReleases } from "../../src/store/environments.js";
import { queue, release, startWith } from "../helpers/recipes.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

describe.each(STORES)("pointers on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [queue("1.0.0"), queue("1.1.0")]);
  });
  afterAll(() => server?.close());

  const open = (jws: string) =>
    openPointer(jws, server.registry.keys.release.publicKey, server.clock.now());
  const cut = (environment: string, range = "1.0.0") =>
    release(server, environment, [{ recipe: "acme/queue", range }]);
  const now = () => server.clock.now().getTime();
  /** Another process, whose clock is off by so many milliseconds. */
  const other = (offMs = 0) => ({
    ...server.registry,
    now: () => new Date(server.clock.now().getTime() + offMs),
  });

  test("of two processes that slept past the expiry one renews, and both give the same", async () => {
    await cut("slept");
    server.clock.advance({ hours: 100 });
    const [one, two] = await Promise.all([
      readCatalog(server.registry, "slept"),
      readCatalog(other(), "slept"),
    ]);
    expect(one).toEqual(two);
    expect(Date.parse((await open(one.pointer)).expires)).toBe(now() + 24 * 3_600_000);
  });

  test("a service that wakes renews them at once, without being asked", async () => {
    await cut("woken");
    server.clock.advance({ hours: 100 });
    const stops = [server.registry, other()].map(keepPointersFresh);
    try {
      await expect
        .poll(async () => (await findPointer(server.registry.db, "woken"))?.issuedAt.getTime())
        .toBe(now());
    } finally {
      for (const stop of stops) await stop();
    }
  });

  test("one that is renewed while another release becomes current names that one", async () => {
    await cut("moved");
    const [first] = await listReleases(server.registry.db, "moved", { limit: 1 });
    const { etag = "" } = (await server.client.findEnvironment("moved")) ?? {};
    const entries = [{ recipe: "acme/queue", range: "1.1.0" }];
    await server.client.putEnvironment("moved", { entries, rules: {} }, { ifMatch: etag });
    await server.client.cutRelease("moved");
    const [second] = await listReleases(server.registry.db, "moved", { limit: 1 });
    const { db } = server.registry;
    const back = { environment: "moved", number: 1, digest: first?.digest ?? "" };
    await db.transaction((tx) => pointTo(server.registry, tx, back));
    server.clock.advance({ hours: 100 });
    let asked: ReturnType<typeof readCatalog> | undefined;
    await db.transaction(async (tx) => {
      await pointTo(other(-100 * 3_600_000), tx, {
        ...back,
        number: 2,
        digest: second?.digest ?? "",
      });
      asked = readCatalog(server.registry, "moved");
      asked.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    const catalog = await asked;
    expect(await open(catalog?.pointer ?? "")).toMatchObject({
      number: 2,
      release: second?.digest,
    });
  });

  test("attack 40: one that a clock a day ahead has issued does not outlast the clock's correction", async () => {
    await cut("ahead");
    const trust = await readTrust(server.client);
    server.clock.advance({ hours: 36 });
    await readCatalog(server.registry, "ahead");
    server.clock.advance({ hours: -36 });
    const read = await readVerifiedRelease(server.client, "ahead", trust, {
      now: server.clock.now(),
    });
    expect(read.pointer.number).toBe(1);
    // A clock a day behind does not take an expired one for valid: others renew it.
    server.clock.advance({ hours: 25 });
    await readCatalog(other(-24 * 3_600_000), "ahead");
    const after = await readVerifiedRelease(server.client, "ahead", trust, {
      now: server.clock.now(),
    });
    expect(Date.parse(after.pointer.expires)).toBeGreaterThan(now());
  });
});
