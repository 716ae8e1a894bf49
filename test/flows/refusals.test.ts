import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Refusal, Refusals, startOfMinute } from "../../src/flows/refusals.js";
import { listRefusals } from "../../src/store/refusals.js";
import { startServer, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const FLOOD = 450;
const refusal: Refusal = {
  ...{ actor: "anonymous", address: "192.0.2.1", method: "GET", route: "/v1/tokens" },
  ...{ code: "http_token_required", hasGrants: false },
};

describe.each(STORES)("refusals on $name", (kind) => {
  let server: TestServer;
  let refusals: Refusals;
  beforeAll(async () => {
    server = await startServer(kind);
    refusals = new Refusals(server.registry);
  });
  afterAll(() => server?.close());

  const told = async () => {
    await refusals.flush();
    const since = server.clock.now();
    since.setUTCSeconds(0, 0);
    const rows = await listRefusals(server.registry.db, { since, offset: 0, limit: 10_000 });
    return { rows, sum: rows.reduce((sum, { count }) => sum + count, 0) };
  };
  const from = (i: number) => ({ ...refusal, address: `10.0.${i >> 8}.${i & 255}` });

  test("attack: a flood of them from many addresses takes few rows, and each is counted", async () => {
    for (let i = 0; i < FLOOD; i++) {
      refusals.note(from(i));
      // What was written takes its place in the minute all the same.
      if (i % 50 === 0) await refusals.flush();
    }
    const { rows, sum } = await told();
    expect(sum).toBe(FLOOD);
    expect(rows).toHaveLength(101);
    expect(rows.find(({ code }) => code === "overflow")).toMatchObject({
      ...{ actor: "", address: "", method: "", route: "", count: FLOOD - 100 },
    });
    // Those that have a row go on in it.
    refusals.note(from(0));
    const again = (await told()).rows;
    expect(again).toHaveLength(101);
    expect(again.find(({ address }) => address === "10.0.0.0")).toMatchObject({ count: 2 });
  });

  test("attack: a flood of them hides nobody who has grants, nor what others of those did", async () => {
    const ann = { ...refusal, actor: "ann", hasGrants: true };
    for (let i = 0; i < FLOOD; i++) refusals.note({ ...ann, route: `/v1/${i}` });
    refusals.note({ ...ann, actor: "bob", code: "role_missing" });
    const { rows } = await told();
    const of = (who: string) => rows.filter(({ actor }) => actor === who);
    expect(of("ann")).toHaveLength(101);
    expect(of("ann").find(({ code }) => code === "overflow")?.count).toBe(FLOOD - 100);
    expect(of("bob")).toMatchObject([{ address: "192.0.2.1", code: "role_missing", count: 1 }]);
  });

  test("all are written after days in which none could be", async () => {
    const minutes = 12_000;
    server.clock.advance({ seconds: 60 });
    const since = startOfMinute(server.clock.now());
    for (let i = 0; i < minutes; i++) {
      refusals.note({ ...refusal, address: "198.51.100.1" });
      server.clock.advance({ seconds: 60 });
    }
    await refusals.flush();
    const { db } = server.registry;
    const some = await listRefusals(db, { since, offset: 0, limit: 2 * minutes });
    expect(some.reduce((sum, { count }) => sum + count, 0)).toBe(minutes);
  });

  test("each minute has its own", async () => {
    server.clock.advance({ seconds: 60 });
    refusals.note(from(FLOOD));
    expect((await told()).rows).toMatchObject([{ address: "10.0.1.194", count: 1 }]);
  });
});
