import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatPublicKey } from "../src/core/trust/keys.js";
import { seed } from "../src/seed.js";
import { readLogHead } from "../src/store/log.js";
import { writeSetting } from "../src/store/settings.js";
import { passwordsIn, type RenderJson, rendered } from "./helpers/rendering.js";
import { startServer, type TestServer } from "./helpers/server.js";
import { STORES } from "./helpers/stores.js";

const CATALOG = "catalog";
const ORDERS = "examples/orders";
const scores = readdirSync(ORDERS)
  .filter((file) => file.endsWith(".score.yaml"))
  .map((file) => ({ path: file, score: readFileSync(`${ORDERS}/${file}`, "utf8") }));
const SERVICES = ["inventory", "notifications", "order-processor", "payments", "shipping"];
const ENVIRONMENTS = ["development", "local", "production", "staging"];

/** The story of the README: five services, unchanged, in four environments. */
describe.each(STORES)("the first content on $name", (kind) => {
  let server: TestServer;
  const run = () =>
    seed({
      store: server.store,
      client: server.client,
      publisher: server.publisher,
      catalogDir: CATALOG,
      environmentsDir: `${ORDERS}/environments`,
    });
  beforeAll(async () => {
    server = await startServer(kind);
  });
  afterAll(() => server?.close());

  test("is published and released once", async () => {
    const versions = readdirSync(CATALOG).flatMap((name) => readdirSync(`${CATALOG}/${name}`));
    expect(await run()).toEqual({ versions: versions.length, releases: 4, failures: [] });
    const { size } = await readLogHead(server.registry.db);
    expect(await run()).toEqual({ versions: 0, releases: 0, failures: [] });
    expect(await server.logSize()).toBe(size);
  });

  test("is completed after a start that was interrupted, and leaves what people changed", async () => {
    const definition = await server.client.findEnvironment("local");
    const changed = { entries: [] };
    await server.client.putEnvironment("local", changed, { ifMatch: definition?.etag ?? "" });
    const keys = [formatPublicKey(server.publisher.publicKey)];
    await server.client.putNamespace("dapr", keys);
    await server.store.db.transaction((tx) => writeSetting(tx, "seed", "interrupted"));
    expect(await run()).toEqual({ versions: 0, releases: 0, failures: [] });
    expect((await server.client.findEnvironment("local"))?.definition).toMatchObject(changed);
  });

  test.each([
    ["local", "dapr/redis-state-store", "dapr/redis-pubsub"],
    ["development", "dapr/redis-state-store", "dapr/redis-pubsub"],
    ["staging", "dapr/postgresql-state-store", "dapr/rabbitmq-pubsub"],
    ["production", "dapr/managed-redis-state-store", "dapr/rabbitmq-quorum-pubsub"],
  ])("renders the same Score files in %s with %s and %s", async (environment, store, bus) => {
    const answer: RenderJson = await rendered(server, environment, {
      workloads: scores,
      project: "orders",
      environment: { DNS_DOMAIN: "example.com" },
    });
    const recipes = (type: string) =>
      new Set(answer.resources.filter((one) => one.type === type).map((one) => one.recipe?.name));
    expect(recipes("dapr-state-store")).toEqual(new Set([store]));
    expect(recipes("dapr-pubsub")).toEqual(new Set([bus]));
    expect(new Set(answer.resources.flatMap(({ workloads }) => workloads))).toEqual(
      new Set(SERVICES),
    );
    if (environment === "local") {
      const services = Object.keys(answer.documents[0]?.services as object);
      expect(services).toEqual(expect.arrayContaining(SERVICES.map((name) => `${name}-main`)));
    } else {
      const deployments = answer.documents
        .filter((document) => document.kind === "Deployment")
        .map((document) => (document.metadata as { name: string }).name);
      expect(deployments).toEqual(expect.arrayContaining(SERVICES));
    }
    expect(passwordsIn(answer)).toEqual([]);
  });

  test("remembers which workload uses which recipe", async () => {
    const find = async (query: string) =>
      (await server.call(`/v1/usage?${query}`)).json<{
        usage: { environment: string; workload: string; recipe: string }[];
      }>().usage;
    const users = await find("recipe=dapr/rabbitmq-pubsub&version=1.0.0");
    expect(new Set(users.map(({ environment }) => environment))).toEqual(new Set(["staging"]));
    expect(new Set(users.map(({ workload }) => workload))).toEqual(new Set(SERVICES));
    const used = await find("workload=inventory");
    expect(new Set(used.map(({ environment }) => environment))).toEqual(new Set(ENVIRONMENTS));
  });
});
