/** What processes are started with: the shipped catalog and example, or one recipe and environment. */
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Settings } from "./service-process.js";

export const CATALOG = path.resolve("catalog");
export const ORDERS = path.resolve("examples/orders");

/** As `npm start` sets them. */
export const SHIPPED_CONTENT: Settings = {
  CATALOG_DIR: CATALOG,
  ENVIRONMENTS_DIR: path.join(ORDERS, "environments"),
};

export const STATE_STORE_RECIPE = path.join(CATALOG, "dapr/redis-state-store");

const ENVIRONMENT = `title: Local
entries:
  - {recipe: dapr/redis-state-store, range: ^1.0.0, target: compose}
rules:
  namespaces: [dapr]
`;

/** One recipe, which makes a password, and one environment, `local`: enough to render, and soon there. */
export async function smallContent(folder: string): Promise<Settings> {
  const settings = {
    CATALOG_DIR: path.join(folder, "catalog"),
    ENVIRONMENTS_DIR: path.join(folder, "environments"),
  };
  await cp(STATE_STORE_RECIPE, path.join(settings.CATALOG_DIR, "dapr/redis-state-store"), {
    recursive: true,
  });
  await mkdir(settings.ENVIRONMENTS_DIR);
  await writeFile(path.join(settings.ENVIRONMENTS_DIR, "local.yaml"), ENVIRONMENT);
  return settings;
}

/** A Score file that needs one state store of its own. */
export function scoreFile(workload: string): string {
  return `apiVersion: score.dev/v1b1
metadata: {name: ${workload}}
containers:
  main: {image: "registry.example/app:1", variables: {STORE: "\${resources.store.name}"}}
resources:
  store: {type: dapr-state-store}
`;
}

/** The log's leaves by kind after a first start with the shipped content. */
export async function shippedLeaves(): Promise<Record<string, number>> {
  const namespaces = await readdir(CATALOG);
  const recipes = await Promise.all(namespaces.map((name) => readdir(path.join(CATALOG, name))));
  const environments = await readdir(path.join(ORDERS, "environments"));
  return {
    namespace: namespaces.length,
    publish: recipes.flat().length,
    environment: environments.length,
    release: environments.length,
  };
}

/** Names, modes and contents of the files below `folder`, the database's own left out. */
export async function readFiles(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files: Record<string, string> = {};
  for (const entry of entries) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file);
    if (name.split(path.sep).includes("pglite")) continue;
    files[name] = entry.isFile() ? await readFile(file, "utf8") : "";
  }
  return files;
}
