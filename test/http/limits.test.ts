import { describe, expect, onTestFinished, test } from "vitest";
import { refusalOf } from "../helpers/environments.js";
import { startServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const [kind] = STORES;

async function start(limits: { readonly requests: number; readonly failures: number }) {
  if (kind === undefined) throw new Error("no store");
  const server = await startServer(kind, { limits });
  onTestFinished(() => server.close());
  return server;
}

describe("requests", () => {
  test("are counted by who asks; whoever is over is told when to come back", async () => {
    const server = await start({ requests: 5, failures: 0 });
    const [one, two] = [await server.holder("one", "reader"), await server.holder("two", "reader")];
    for (let i = 0; i < 5; i++) expect((await one.call("/v1/recipes")).status).toBe(200);
    const over = await one.call("/v1/recipes");
    expect(refusalOf(over)).toMatchObject({ status: 429, code: "http_rate_limit" });
    expect(over.headers["content-type"]).toContain("application/problem+json");
    expect(Number(over.headers["retry-after"])).toBeGreaterThan(0);
    expect((await two.call("/v1/recipes")).status).toBe(200);
    await server.flush();
    const auditor = (await server.admin("/v1/refusals?actor=one")).json<{ refusals: object[] }>();
    expect(auditor.refusals).toMatchObject([{ code: "http_rate_limit", count: 1 }]);
  });

  test("from this machine without a token are not counted", async () => {
    const server = await start({ requests: 2, failures: 2 });
    for (let i = 0; i < 6; i++) expect((await server.call("/v1/recipes")).status).toBe(200);
  });

  test("have no limit where it is 0", async () => {
    const server = await start({ requests: 0, failures: 0 });
    for (let i = 0; i < 6; i++) expect((await server.admin("/v1/recipes")).status).toBe(200);
    for (let i = 0; i < 6; i++) {
      expect((await server.call("/v1/recipes", { token: "guess" })).status).toBe(401);
    }
  });
});

describe("failed authentications", () => {
  test("are counted by address; tokens that were good before still are", async () => {
    const server = await start({ requests: 0, failures: 3 });
    const [known, late] = [
      await server.holder("known", "reader"),
      await server.holder("late", "reader"),
    ];
    expect((await known.call("/v1/whoami")).status).toBe(200);
    const guess = (i: number) => server.call("/v1/recipes", { token: `guess-${i}` });
    for (let i = 0; i < 3; i++) expect((await guess(i)).status).toBe(401);
    const over = await guess(4);
    expect(refusalOf(over)).toMatchObject({ status: 429, code: "http_rate_limit" });
    expect(Number(over.headers["retry-after"])).toBeGreaterThan(0);
    expect((await known.call("/v1/whoami")).status).toBe(200);
    // Else guessing would go on as fast as before: a good guess looks like a token not seen before.
    expect((await late.call("/v1/whoami")).status).toBe(429);
    expect((await server.call("/v1/recipes")).status).toBe(200);
  });
});
