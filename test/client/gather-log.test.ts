import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { readTrust } from "../../src/client/catalog.js";
import { BackbarClient } from "../../src/client/client.js";
import { gatherLog } from "../../src/client/gather-log.js";
import { auditLog } from "../../src/core/audit/audit-log.js";
import { commitUsage } from "../../src/flows/usage-batch.js";
import { cache, labels, publishAll, release, scoreFile, startWith } from "../helpers/recipes.js";
import { rendered } from "../helpers/rendering.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

let server: TestServer;
/** What happens at the registry each time that its usage is asked for. */
let meanwhile: () => Promise<unknown>;
let asked = 0;
const busyFetch: typeof fetch = async (input, init) => {
  if (new URL(String(input)).pathname === "/v1/usage") {
    asked++;
    await meanwhile();
  }
  return fetch(input, init);
};

const use = async () => {
  const workloads = [{ score: scoreFile("web", { store: { type: "cache" } }) }];
  await rendered(server, "one", { workloads, project: "shop" });
  await server.call("/v1/tokens");
  await server.flush();
  server.clock.advance({ seconds: 60 });
  expect(await commitUsage(server.registry)).toBe(1);
};

beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startWith(kind, [cache()]);
  await release(server, "one", [{ recipe: "acme/cache", range: "*", target: "compose" }]);
  await use();
});
beforeEach(() => {
  asked = 0;
});
afterAll(() => server?.close());

async function audit() {
  const client = new BackbarClient({ url: server.url, token: server.token, fetch: busyFetch });
  const now = server.clock.now();
  const content = { get: () => undefined, add: () => undefined };
  const options = { now, full: false, keepFiles: false, cache: content };
  const evidence = await gatherLog(client, await readTrust(client), options);
  const policy = { now: server.clock.now(), maxAgeSeconds: 3600, witnesses: [], quorum: 0 };
  return auditLog(evidence, policy);
}

test("a log that usage makes grow all the time is audited at once, and nothing is found", async () => {
  meanwhile = use;
  expect(await audit()).toMatchObject({ findings: [] });
  expect(asked).toBe(1);
});

test("a log that grew by something else is asked again", async () => {
  let isLate = true;
  meanwhile = async () => {
    if (isLate) await publishAll(server, [labels()]);
    isLate = false;
  };
  expect(await audit()).toMatchObject({ findings: [] });
  expect(asked).toBe(2);
});
