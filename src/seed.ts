/**
 * First content of an empty registry: the recipes and environments that the settings name, sent
 * over HTTP like any publisher's. What is there already stays as it is, so that a start that was
 * interrupted is completed by the next, and later ones change nothing.
 */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { BackbarClient } from "./client/client.js";
import { publishFolder } from "./client/publish-folder.js";
import type { Config } from "./config.js";
import { formatEnvironment, parseEnvironmentYaml } from "./core/recipe/environment.js";
import type { PrivateKey } from "./core/trust/keys.js";
import { formatPublicKey } from "./core/trust/keys.js";

export interface SeedInput {
  readonly url: string;
  readonly token: string;
  /** Signs the recipes; without it nothing is published. */
  readonly publisher: PrivateKey | undefined;
  readonly config: Pick<Config, "catalogDir" | "environmentsDir">;
}

/** How much the seed added. */
export interface Seeded {
  readonly versions: number;
  readonly releases: number;
}

/** @throws {BackbarError} whatever a publisher would be told */
export async function seed(input: SeedInput): Promise<Seeded> {
  const { catalogDir, environmentsDir } = input.config;
  const client = new BackbarClient({ url: input.url, token: input.token });
  const versions =
    catalogDir === undefined || input.publisher === undefined
      ? 0
      : await seedCatalog(client, catalogDir, input.publisher);
  const releases =
    environmentsDir === undefined ? 0 : await seedEnvironments(client, environmentsDir);
  return { versions, releases };
}

async function seedCatalog(
  client: BackbarClient,
  catalogDir: string,
  publisher: PrivateKey,
): Promise<number> {
  let published = 0;
  const known = new Set(await client.listNamespaces());
  for (const namespace of await folders(catalogDir)) {
    const recipes = await folders(path.join(catalogDir, namespace));
    if (!known.has(namespace)) {
      await client.putNamespace(namespace, [formatPublicKey(publisher.publicKey)]);
    }
    const there = await client.searchRecipes({ namespace });
    for (const recipe of recipes) {
      if (there.has(`${namespace}/${recipe}`)) continue;
      await publishFolder(client, path.join(catalogDir, namespace, recipe), publisher);
      published++;
    }
  }
  return published;
}

async function seedEnvironments(client: BackbarClient, environmentsDir: string): Promise<number> {
  let released = 0;
  for (const file of (await readdir(environmentsDir)).sort()) {
    if (!file.endsWith(".yaml")) continue;
    const name = file.slice(0, -".yaml".length);
    if ((await client.findEnvironment(name)) === undefined) {
      const text = await readFile(path.join(environmentsDir, file), "utf8");
      const definition = parseEnvironmentYaml(text, { file });
      await client.putEnvironment(name, formatEnvironment(definition), { create: true });
    }
    if (await client.hasRelease(name)) continue;
    await client.cutRelease(name);
    released++;
  }
  return released;
}

async function folders(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}
