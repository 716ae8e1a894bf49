/** First start with the shipped content, what it prints, and the starts after it. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ORDERS, readFiles, SHIPPED_CONTENT, shippedLeaves } from "./content.js";
import { DATABASES, readContent, readDatabase, readLog } from "./databases.js";
import { emptyFolder, pause, spawnService, startService, until } from "./service-process.js";

/** Ample: on a busy machine each start takes its time. */
const TIMEOUT_MS = 180_000;

describe.each(DATABASES)("on $name", (database) => {
  test(
    "publishes and releases, and the next start changes nothing",
    async () => {
      const folder = await emptyFolder();
      const settings = { ...(await database.unmade(folder)), ...SHIPPED_CONTENT };
      const { namespace: _, ...expected } = await shippedLeaves();

      const first = await startService(settings, folder);
      expect(first.stdout()).toContain(
        `${expected.publish} recipe versions, ${expected.release} environments`,
      );
      for (const page of ["/docs", "/v1/recipes", "/v1/environments"]) {
        expect(first.stdout()).toContain(first.url + page);
        expect((await fetch(first.url + page)).status).toBe(200);
      }
      await runPrintedCommand(first.stdout(), path.join(folder, "somewhere"));
      expect(await first.end("SIGTERM")).toEqual({ code: 0, signal: null });
      expect(first.stderr()).toBe("");
      await checkModes(path.join(folder, "data"));
      const files = await readFiles(path.join(folder, "data"));
      const [content, log] = await readDatabase(settings, async (db) => [
        await readContent(db),
        await readLog(db),
      ]);
      // What the printed command rendered is a batch of its own.
      const { usage: _rendered, ...kinds } = log.kinds;
      expect(kinds).toEqual(await shippedLeaves());

      const second = await startService(settings, folder);
      expect(second.stdout()).not.toContain("published");
      expect(await second.end("SIGTERM")).toEqual({ code: 0, signal: null });
      expect(await readFiles(path.join(folder, "data"))).toEqual(files);
      expect(await readDatabase(settings, readContent)).toEqual(content);
    },
    TIMEOUT_MS,
  );

  test(
    "completes what an earlier start was killed over",
    async () => {
      const folder = await emptyFolder();
      const settings = { ...(await database.unmade(folder)), ...SHIPPED_CONTENT };
      const data = path.join(folder, "data");
      const moments: (() => boolean)[] = [
        () => existsSync(path.join(data, "pglite")) || existsSync(path.join(data, "keys")),
        () => existsSync(path.join(data, "keys")),
        () => existsSync(path.join(data, "admin-token")),
      ];
      for (const moment of moments) {
        const service = spawnService(settings, folder);
        await until(service, moment);
        await pause(Math.random() * 1500);
        await service.end("SIGKILL");
        expect(service.stderr()).toBe("");
      }

      const last = await startService(settings, folder);
      expect(await last.end("SIGTERM")).toEqual({ code: 0, signal: null });
      const log = await readDatabase(settings, readLog);
      expect(log.kinds).toEqual(await shippedLeaves());
      expect(log.root).toBe(log.rootOfEnvelopes);
      expect(log.root).toBe(log.rootOfLeaves);
    },
    TIMEOUT_MS,
  );
});

/** Runs the command that was printed, as typed, in an empty folder; all that it mounts is there. */
async function runPrintedCommand(greeting: string, folder: string): Promise<void> {
  const command = greeting.slice(greeting.indexOf("  mkdir"));
  await mkdir(folder);
  await promisify(execFile)("bash", ["-c", command], { cwd: folder });
  const project = path.join(folder, "inventory");
  const compose = parse(await readFile(path.join(project, "compose.yaml"), "utf8"));
  const { variables } = parse(await readFile(path.join(ORDERS, "inventory.score.yaml"), "utf8"))
    .containers.main;
  expect(Object.keys(compose.services["inventory-main"].environment).sort()).toEqual(
    Object.keys(variables).sort(),
  );
  const mounted = Object.values<{ volumes?: { type: string; source: string }[] }>(compose.services)
    .flatMap(({ volumes = [] }) => volumes)
    .filter(({ type }) => type === "bind")
    .map(({ source }) => path.resolve(project, source));
  expect(mounted).not.toEqual([]);
  expect(mounted.filter((source) => !existsSync(source))).toEqual([]);
  expect(mounted.every((source) => source.startsWith(project))).toBe(true);
}

async function checkModes(data: string): Promise<void> {
  const mode = async (name: string) =>
    ((await stat(path.join(data, name))).mode & 0o777).toString(8);
  expect(await mode("keys")).toBe("700");
  for (const file of [
    "admin-token",
    "keys/root.pem",
    "keys/release.pem",
    "keys/checkpoint.pem",
    "keys/publisher.pem",
    "keys/state.key",
  ]) {
    expect([file, await mode(file)]).toEqual([file, "600"]);
  }
}
