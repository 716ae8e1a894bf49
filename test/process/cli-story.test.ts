/** The story of the design, played from an empty folder by the command line alone. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTrust } from "../../src/client/catalog.js";
import { DATABASES } from "./databases.js";
import { type FreshRegistry, startFreshRegistry, TOKENS } from "./fresh-registry.js";
import { playScript } from "./play-script.js";

const SCRIPT = path.resolve("test/process/cli/story.txt");
const TIMEOUT_MS = 300_000;

let registry: FreshRegistry;
let folder: string;

beforeAll(async () => {
  const [database] = DATABASES;
  if (database === undefined) throw new Error("no database");
  registry = await startFreshRegistry(database);
  folder = await mkdtemp(path.join(tmpdir(), "backbar-story-"));
  for (const [name, token] of Object.entries(TOKENS)) {
    await writeFile(path.join(folder, `${name}.token`), `${token}\n`, { mode: 0o600 });
  }
});

afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true, force: true });
});

describe("the command line", () => {
  // The snapshot is the script itself: it plays to what it says. `vitest run -u` records it anew.
  test("tells the story from an empty folder", { timeout: TIMEOUT_MS }, async () => {
    const { url } = registry.service;
    const { root } = await readTrust(registry.anyone.client);
    const played = await playScript(await readFile(SCRIPT, "utf8"), {
      folder: path.join(folder, "work"),
      backstage: folder,
      env: { REGISTRY: url, ROOT: root.fingerprint },
      names: new Map([
        [url, "http://127.0.0.1:18080"],
        [folder, "/home/you"],
      ]),
    });
    await expect(played).toMatchFileSnapshot(SCRIPT);
  });
});
