import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer, type TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { openCommandLine } from "../command-line.js";

let server: TestServer;
beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startServer(kind);
  const climber = await server.holder("climber", "reader");
  for (let i = 0; i < 3; i++) await climber.call("/v1/tokens");
  await server.call("/v1/tokens");
  await server.flush();
});
afterAll(() => server?.close());

const open = () =>
  openCommandLine({ env: { BACKBAR_SERVER: server.url, BACKBAR_TOKEN: server.token } });

test("lists who was refused what, and how often", async () => {
  const { stdout } = await (await open()).backbar("refusals");
  expect(stdout).toMatch(/^MINUTE +ACTOR +ADDRESS +REQUEST +CODE +COUNT$/m);
  expect(stdout).toMatch(
    /^2031-05-06T07:08 +climber +127\.0\.0\.1 +GET \/v1\/tokens +role_missing +3$/m,
  );
});

test.each([
  { args: ["--actor", "climber"], count: 1 },
  { args: ["--code", "http_token_required"], count: 1 },
  { args: ["--since", "2031-05-06"], count: 2 },
  { args: ["--since", "2031-05-07"], count: 0 },
  { args: ["--address", "192.0.2.1"], count: 0 },
])("finds $count of $args", async ({ args, count }) => {
  const found = (await (await open()).json("refusals", ...args)) as { refusals: unknown[] };
  expect(found.refusals).toHaveLength(count);
});

test("refuses what is no time", async () => {
  expect((await (await open()).backbar("refusals", "--since", "soon")).code).toBe(2);
});
