/** Several processes on one Postgres database, and a database that drops its connections. */
import path from "node:path";
import pg from "pg";
import { expect, test } from "vitest";
import { createDatabase } from "../helpers/stores.js";
import { SHIPPED_CONTENT, scoreFile, shippedLeaves, smallContent } from "./content.js";
import { readDatabase, readLog } from "./databases.js";
import { emptyFolder, pause, type RunningService, startService, until } from "./service-process.js";

test("processes that start at once on an empty database make its content once", async () => {
  const folder = await emptyFolder();
  const settings = {
    ...SHIPPED_CONTENT,
    DATABASE_URL: await createDatabase(),
    KEYS_DIR: path.join(folder, "keys"),
  };
  const services = await Promise.all(
    ["one", "two", "three"].map((name) =>
      startService({ ...settings, DATA_DIR: path.join(folder, name) }, folder),
    ),
  );
  expect(services.filter(({ stdout }) => stdout().includes("  published  "))).toHaveLength(1);
  for (const service of services) {
    expect(await service.end("SIGTERM")).toEqual({ code: 0, signal: null });
    expect(service.stderr()).toBe("");
  }
  const log = await readDatabase(settings, readLog);
  expect(log.kinds).toEqual(await shippedLeaves());
  expect(log.root).toBe(log.rootOfEnvelopes);
});

test("a process outlives connections that the database drops", async () => {
  const folder = await emptyFolder();
  const url = await createDatabase();
  const settings = { ...(await smallContent(folder)), DATABASE_URL: url };
  const service = await startService({ ...settings, DATA_DIR: path.join(folder, "data") }, folder);
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const statuses = new Set<number>();
  for (let round = 0; round < 5; round++) {
    const answers = [1, 2, 3].map((n) => render(service, `p${n}`));
    await pause(Math.random() * 60);
    await admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    for (const answer of await Promise.all(answers)) statuses.add(answer.status);
  }
  await admin.end();
  // What was hit may fail; it fails as an answer, and the next requests find the database again.
  expect([...statuses].filter((status) => ![200, 500, 503].includes(status))).toEqual([]);
  await until(service, async () => (await render(service, "p1")).status === 200);
  expect(await service.end("SIGTERM")).toEqual({ code: 0, signal: null });
});

function render({ url }: RunningService, project: string): Promise<Response> {
  const query = `target=compose&project=${project}`;
  return fetch(`${url}/v1/environments/local/render?${query}`, {
    method: "POST",
    headers: { "content-type": "application/yaml" },
    body: scoreFile("app"),
  });
}
