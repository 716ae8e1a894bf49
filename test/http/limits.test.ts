import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf } from "../helpers/environments.js";
import { queue, type RecipeText, startWith } from "../helpers/recipes.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const LIMITS = { requests: 30, failures: 3, cosignatures: 5 };
const RECIPES: readonly RecipeText[] = [queue("1.0.0")];

let server: TestServer;
beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startWith(kind, RECIPES, {}, { limits: LIMITS });
});
afterAll(() => server?.close());

test("requests are counted by who asks; whoever is over is told when to come back", async () => {
  const [one, two] = [await server.holder("one", "reader"), await server.holder("two", "reader")];
  for (let i = 0; i < LIMITS.requests; i++) {
    expect((await one.call("/v1/recipes")).status).toBe(200);
  }
  const over = await one.call("/v1/recipes");
  expect(refusalOf(over)).toMatchObject({ status: 429, code: "http_rate_limit" });
  expect(over.headers["content-type"]).toContain("application/problem+json");
  expect(Number(over.headers["retry-after"])).toBeGreaterThan(0);
  expect((await two.call("/v1/recipes")).status).toBe(200);
  await server.flush();
  const told = await server.admin("/v1/refusals?actor=one");
  expect(told.json()).toMatchObject({ refusals: [{ code: "http_rate_limit", count: 1 }] });
});

test("requests from this machine without a token are not counted", async () => {
  for (let i = 0; i < LIMITS.requests + 5; i++) {
    expect((await server.call("/v1/recipes")).status).toBe(200);
  }
});

test("failed authentications are counted by address; tokens that were good before still are", async () => {
  const [known, late] = [
    await server.holder("known", "reader"),
    await server.holder("late", "reader"),
  ];
  expect((await known.call("/v1/whoami")).status).toBe(200);
  const guess = (i: number) => server.call("/v1/recipes", { token: `guess-${i}` });
  for (let i = 0; i < LIMITS.failures; i++) expect((await guess(i)).status).toBe(401);
  const over = await guess(LIMITS.failures);
  expect(refusalOf(over)).toMatchObject({ status: 429, code: "http_rate_limit" });
  expect(Number(over.headers["retry-after"])).toBeGreaterThan(0);
  expect((await known.call("/v1/whoami")).status).toBe(200);
  // Else guessing would go on as fast as before: a good guess looks like a token not seen before.
  expect((await late.call("/v1/whoami")).status).toBe(429);
  expect((await server.call("/v1/recipes")).status).toBe(200);
});

test("attack: requests for cosignatures, which need no token, are counted by address", async () => {
  const add = () => server.call("/witness/add-checkpoint", { method: "POST", body: "old 0\n" });
  for (let i = 0; i < LIMITS.cosignatures; i++) expect((await add()).status).toBe(400);
  const over = await add();
  expect(refusalOf(over)).toMatchObject({ status: 429, code: "http_rate_limit" });
  expect(Number(over.headers["retry-after"])).toBeGreaterThan(0);
  expect((await server.call("/witness/forks")).status).toBe(200);
  await server.flush();
  const told = (await server.admin("/v1/refusals?code=http_rate_limit")).json<{
    refusals: { route: string; count: number }[];
  }>();
  expect(told.refusals).toContainEqual(
    expect.objectContaining({ route: "/witness/add-checkpoint", count: 1 }),
  );
});
