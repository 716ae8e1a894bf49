/**
 * First content of an empty registry: the recipes and environments that the settings name, sent
 * through the API like any publisher's. What is there already stays as it is, so that a start that
 * was interrupted is completed by the next; folders that were done once are not looked into again
 * until they change.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { BackbarClient } from "./client/client.js";
import { publishFolder } from "./client/publish-folder.js";
import { formatEnvironment, parseEnvironmentYaml } from "./core/recipe/environment.js";
import { formatPublicKey, type PrivateKey } from "./core/trust/keys.js";
import { BackbarError } from "./errors.js";
import type { OpenStore } from "./store/db.js";
import { readSetting, writeSetting } from "./store/settings.js";

export interface SeedInput {
  readonly store: OpenStore;
  /** Speaks to the service that is starting, as its administrator. */
  readonly client: BackbarClient;
  /** Signs the recipes; without it nothing is published. */
  readonly publisher: PrivateKey | undefined;
  readonly catalogDir: string | undefined;
  readonly environmentsDir: string | undefined;
}

/** How much the seed added. */
export interface Seeded {
  readonly versions: number;
  readonly releases: number;
  /** What could not be added, each with the reason: a registry that has content serves all the same. */
  readonly failures: readonly string[];
}

/** The setting that remembers the digest of the folders that were done last. */
const DONE = "seed";
const NOTHING: Seeded = { versions: 0, releases: 0, failures: [] };

/**
 * Adds what is missing; of several processes that start at once, one adds and the others wait. What
 * cannot be added is tried again by the next start.
 */
export async function seed(input: SeedInput): Promise<Seeded> {
  const { store } = input;
  const digest = await digestOfFolders(input);
  if (digest === undefined || (await readSetting(store.db, DONE)) === digest) return NOTHING;
  return store.alone(async () => {
    const seeded = await addMissing(input);
    if (seeded.failures.length > 0) return seeded;
    await store.db.transaction((tx) => writeSetting(tx, DONE, digest));
    return seeded;
  });
}

async function addMissing(input: SeedInput): Promise<Seeded> {
  const { client, publisher, catalogDir, environmentsDir } = input;
  const failures: string[] = [];
  const versions =
    catalogDir === undefined || publisher === undefined
      ? 0
      : await seedCatalog(client, catalogDir, publisher, failures);
  const releases =
    environmentsDir === undefined ? 0 : await seedEnvironments(client, environmentsDir, failures);
  return { versions, releases, failures };
}

async function seedCatalog(
  client: BackbarClient,
  catalogDir: string,
  publisher: PrivateKey,
  failures: string[],
): Promise<number> {
  let published = 0;
  const known = new Set(await client.listNamespaces());
  for (const namespace of await folders(catalogDir)) {
    if (!known.has(namespace)) {
      await client.putNamespace(namespace, [formatPublicKey(publisher.publicKey)]);
    }
    const there = await client.searchRecipes({ namespace });
    for (const recipe of await folders(path.join(catalogDir, namespace))) {
      if (there.has(`${namespace}/${recipe}`)) continue;
      const folder = path.join(catalogDir, namespace, recipe);
      if (await attempt(folder, failures, () => publishFolder(client, folder, publisher))) {
        published++;
      }
    }
  }
  return published;
}

async function seedEnvironments(
  client: BackbarClient,
  environmentsDir: string,
  failures: string[],
): Promise<number> {
  let released = 0;
  for (const file of (await readdir(environmentsDir)).sort()) {
    if (!file.endsWith(".yaml")) continue;
    const name = file.slice(0, -".yaml".length);
    await attempt(path.join(environmentsDir, file), failures, async () => {
      if ((await client.findEnvironment(name)) === undefined) {
        const text = await readFile(path.join(environmentsDir, file), "utf8");
        const definition = parseEnvironmentYaml(text, { file });
        await client.putEnvironment(name, formatEnvironment(definition), { create: true });
      }
      if (await client.hasRelease(name)) return;
      await client.cutRelease(name);
      released++;
    });
  }
  return released;
}

/** Whether `work` succeeded; what a publisher would be told becomes a failure of `source`. */
async function attempt(
  source: string,
  failures: string[],
  work: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    failures.push(`${source}: ${error.message}`);
    return false;
  }
}

async function folders(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

/** Over the names and contents of all files; undefined where there is no folder to look into. */
async function digestOfFolders(input: SeedInput): Promise<string | undefined> {
  const { catalogDir, environmentsDir, publisher } = input;
  if (catalogDir === undefined && environmentsDir === undefined) return undefined;
  const hash = createHash("sha256").update(publisher?.publicKey.fingerprint ?? "");
  for (const folder of [catalogDir, environmentsDir]) {
    for (const file of folder === undefined ? [] : await filesOf(folder)) {
      const content = createHash("sha256")
        .update(await readFile(file))
        .digest("hex");
      hash.update(`\n${JSON.stringify(path.relative(folder ?? "", file))} ${content}`);
    }
    hash.update("\n\n");
  }
  return `sha256:${hash.digest("hex")}`;
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
