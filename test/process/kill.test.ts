/**
 * SIGKILL while it works: what the service acknowledged is there after the next start. Clients render
 * several projects and publish versions without a pause and note every answer; the process is killed
 * at a random moment and started again, several times.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { BackbarClient } from "../../src/client/client.js";
import { ClientError } from "../../src/client/error.js";
import { publishFolder } from "../../src/client/publish-folder.js";
import { parseCheckpoint } from "../../src/core/tlog/checkpoint-text.js";
import { rootOfHashes } from "../../src/core/tlog/merkle.js";
import { parseNote } from "../../src/core/tlog/note.js";
import { type PrivateKey, parsePrivateKey } from "../../src/core/trust/keys.js";
import { readLogLeaves } from "../../src/store/log.js";
import { STATE_STORE_RECIPE, scoreFile, smallContent } from "./content.js";
import { DATABASES, readDatabase, readLog } from "./databases.js";
import {
  emptyFolder,
  pause,
  type RunningService,
  runCommand,
  type Settings,
  startService,
} from "./service-process.js";

const PROJECTS = 4;
const ROUNDS = 3;
const MAX_ROUND_MS = 800;

type Services = Record<string, unknown>;

/** What the service told its clients. */
interface Acknowledged {
  /** By project: the workloads sent, and the last answer. */
  readonly renders: Map<string, { workloads: number; revision: number; services: Services }>;
  readonly versions: Map<string, string>;
}

/** Ample: on a busy machine each start takes its time. */
const TIMEOUT_MS = 180_000;

describe.each(DATABASES)("on $name", (database) => {
  test(
    "attack 19: what was acknowledged before a kill -9 is there after the next start, and the rest whole or not at all",
    async () => {
      const folder = await emptyFolder();
      const settings = { ...(await database.settings(folder)), ...(await smallContent(folder)) };
      const acknowledged: Acknowledged = { renders: new Map(), versions: new Map() };

      for (let round = 0; round < ROUNDS; round++) {
        const service = await startService(settings, folder);
        // Read-only were one whose database lacks what its checkpoint told.
        expect(await (await fetch(`${service.url}/readyz`)).json()).toEqual({ status: "ok" });
        await checkAcknowledged(service, acknowledged);
        const before = acknowledged.versions.size;
        const work = [
          ...Array.from({ length: PROJECTS }, (_, i) => renderOn(service, `p${i}`, acknowledged)),
          publishOn(service, await clientOf(service, folder), acknowledged),
        ];
        while (acknowledged.versions.size === before || acknowledged.renders.size < PROJECTS) {
          await pause(5);
        }
        await pause(Math.random() * MAX_ROUND_MS);
        await service.end("SIGKILL");
        await Promise.all(work);
      }

      const last = await startService(settings, folder);
      await checkAcknowledged(last, acknowledged);
      await last.end("SIGTERM");
      const log = await readDatabase(settings, readLog);
      expect(log.indexes).toEqual(Array.from({ length: log.size }, (_, index) => index));
      expect(await runCommand(["scrub"], settings, folder)).toMatchObject({ exit: { code: 0 } });
      await checkCheckpoint(settings);
      expect(log.root).toBe(log.rootOfLeaves);
      expect(log.root).toBe(log.rootOfEnvelopes);
      expect(log.kinds.publish).toBeGreaterThan(acknowledged.versions.size);
    },
    TIMEOUT_MS,
  );
});

/** Renders the project again and again, with one more workload each time, until the service is gone. */
async function renderOn(
  service: RunningService,
  project: string,
  { renders }: Acknowledged,
): Promise<void> {
  let sent = renders.get(project)?.workloads ?? 0;
  while (service.running()) {
    sent++;
    const answer = await render(service, project, `w${sent}`).catch(unlessGone);
    if (answer !== undefined) renders.set(project, { workloads: sent, ...answer });
  }
}

async function render(service: RunningService, project: string, workload: string) {
  const query = `target=compose&project=${project}`;
  const answer = await fetch(`${service.url}/v1/environments/local/render?${query}`, {
    method: "POST",
    headers: { "content-type": "application/yaml" },
    body: scoreFile(workload),
  });
  const body = (await answer.json()) as {
    documents: [{ services: Services }];
    stateRevision: number;
  };
  expect(answer.status).toBe(200);
  return { revision: body.stateRevision, services: body.documents[0].services };
}

interface Publisher {
  readonly client: BackbarClient;
  readonly key: PrivateKey;
}

async function clientOf(service: RunningService, folder: string): Promise<Publisher> {
  const read = (name: string) => readFile(path.join(folder, "data", name), "utf8");
  const client = new BackbarClient({ url: service.url, token: (await read("admin-token")).trim() });
  return { client, key: parsePrivateKey(await read("keys/publisher.pem")) };
}

async function publishOn(
  service: RunningService,
  { client, key }: Publisher,
  { versions }: Acknowledged,
): Promise<void> {
  let next = versions.size;
  while (service.running()) {
    next++;
    // A version whose receipt was lost may be there: the next round sends it again.
    const version = `1.1.${next}`;
    const options = { overrides: { version } };
    const receipt = await publishFolder(client, STATE_STORE_RECIPE, key, options).catch(unlessGone);
    if (receipt !== undefined) versions.set(version, receipt.digest);
  }
}

/** A broken connection is what the kill does to clients; anything else is a fault. */
function unlessGone(error: unknown): undefined {
  const isGone =
    error instanceof TypeError ||
    (error instanceof ClientError && error.code === "client_unreachable");
  if (!isGone) throw error;
}

async function checkAcknowledged(
  { url }: RunningService,
  { renders, versions }: Acknowledged,
): Promise<void> {
  const get = async (path: string) => fetch(url + path);
  const listed = (await (await get("/v1/recipes/dapr/redis-state-store/versions")).json()) as {
    versions: { version: string; digest: string }[];
  };
  const there = new Map(listed.versions.map(({ version, digest }) => [version, digest]));
  for (const [version, digest] of versions) {
    expect([version, there.get(version)]).toEqual([version, digest]);
  }
  for (const [project, { workloads, revision, services }] of renders) {
    const state = await get(`/v1/projects/${project}/environments/local/state`);
    expect(state.status).toBe(200);
    expect(Number(state.headers.get("etag")?.replaceAll('"', ""))).toBeGreaterThanOrEqual(revision);
    // Passwords are made once and kept in the state, so a render shows the same services again.
    const again = await render({ url } as RunningService, project, `w${workloads}`);
    expect(again.revision).toBeGreaterThan(revision);
    expect(again.services).toMatchObject(services);

    const usage = (await (await get(`/v1/usage?project=${project}&limit=500`)).json()) as {
      usage: { workload: string; resource: string; current: boolean }[];
    };
    const recorded = new Set(usage.usage.map(({ workload }) => workload));
    const rendered = Object.keys(services).filter((name) => name.endsWith("-main"));
    expect(rendered.filter((name) => !recorded.has(name.replace(/-main$/, "")))).toEqual([]);
  }
}

/** The checkpoint beside the database is of the log in it. */
async function checkCheckpoint(settings: Settings): Promise<void> {
  const note = await readFile(path.join(settings.DATA_DIR ?? "", "checkpoint"), "utf8");
  const { size, root } = parseCheckpoint(parseNote(note).text);
  const leaves = await readDatabase(settings, (db) => readLogLeaves(db, 0, size));
  expect(leaves).toHaveLength(size);
  expect(rootOfHashes(leaves.map(({ hash }) => hash))).toEqual(root);
}
