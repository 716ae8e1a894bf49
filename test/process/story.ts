/** The story of the design: five services in four environments, which share what they can. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { readRecipeFolder } from "../../src/client/recipe-folder.js";
import { packRecipe, type RecipePackage } from "../../src/core/recipe/package.js";
import type { RenderJson } from "../helpers/rendering.js";
import { CATALOG, ORDERS } from "./content.js";
import { accepted, type Person } from "./fresh-registry.js";

export const LISTS = {
  platform: {
    title: "What every environment has",
    entries: [
      { recipe: "dapr/subscription", range: "^1.0.0" },
      { recipe: "score/dns", range: "^1.0.0" },
      { recipe: "score/route", range: "^1.0.0" },
    ],
  },
  redis: {
    title: "Redis for everything",
    entries: [
      { recipe: "dapr/redis-state-store", range: "^1.0.0" },
      { recipe: "dapr/redis-pubsub", range: "^1.0.0" },
    ],
  },
};

const NAMESPACES = { namespaces: ["dapr", "score"] };

/** By name, in the order in which versions come to them. */
export const ENVIRONMENTS = {
  local: {
    entries: [{ list: "redis" }, { recipe: "dapr/sidecar", range: "^1.0.0" }, { list: "platform" }],
    rules: NAMESPACES,
  },
  development: { entries: [{ list: "redis" }, { list: "platform" }], rules: NAMESPACES },
  staging: {
    entries: [
      { recipe: "dapr/postgresql-state-store", range: "~1.0.0" },
      { recipe: "dapr/rabbitmq-pubsub", range: "~1.0.0" },
      { list: "platform" },
    ],
    rules: { ...NAMESPACES, promotesFrom: ["development"] },
  },
  production: {
    entries: [
      { recipe: "dapr/managed-redis-state-store", range: "1.0.0" },
      { recipe: "dapr/rabbitmq-quorum-pubsub", range: "1.0.0" },
      { list: "platform" },
    ],
    rules: { ...NAMESPACES, promotesFrom: ["staging"], approvals: 1 },
  },
};

export type EnvironmentName = keyof typeof ENVIRONMENTS;
export const NAMES = Object.keys(ENVIRONMENTS) as EnvironmentName[];

/** The table of the design. */
export const STORES: Readonly<Record<EnvironmentName, Readonly<Record<string, string>>>> = {
  local: { "dapr-state-store": "dapr/redis-state-store", "dapr-pubsub": "dapr/redis-pubsub" },
  development: { "dapr-state-store": "dapr/redis-state-store", "dapr-pubsub": "dapr/redis-pubsub" },
  staging: {
    "dapr-state-store": "dapr/postgresql-state-store",
    "dapr-pubsub": "dapr/rabbitmq-pubsub",
  },
  production: {
    "dapr-state-store": "dapr/managed-redis-state-store",
    "dapr-pubsub": "dapr/rabbitmq-quorum-pubsub",
  },
};

export const SERVICES = ["inventory", "notifications", "order-processor", "payments", "shipping"];

/** Folders of the shipped recipes. */
export function catalogFolders(): string[] {
  return readdirSync(CATALOG).flatMap((namespace) =>
    readdirSync(path.join(CATALOG, namespace)).map((name) => path.join(CATALOG, namespace, name)),
  );
}

/** The next version of a shipped recipe: its Kubernetes provisioner is described anew, and what it makes is labelled. */
export async function raisedRecipe(name: string, version: string): Promise<RecipePackage> {
  const files = new Map(await readRecipeFolder(path.join(CATALOG, name)));
  replace(files, "recipe.yaml", /^version: .*$/m, `version: ${version}`);
  replace(files, "k8s.provisioners.yaml", /description: .*$/m, `description: As of ${version}.`);
  replace(
    files,
    "k8s.provisioners.yaml",
    /^( *)app\.kubernetes\.io\/managed-by: score-k8s$/gm,
    `$&\n$1app.kubernetes.io/version: ${version}`,
  );
  return packRecipe(files);
}

function replace(files: Map<string, Uint8Array>, file: string, pattern: RegExp, by: string): void {
  const text = new TextDecoder().decode(files.get(file));
  files.set(file, new TextEncoder().encode(text.replace(pattern, by)));
}

const workloads = SERVICES.map((name) => ({
  path: `${name}.score.yaml`,
  score: readFileSync(path.join(ORDERS, `${name}.score.yaml`), "utf8"),
}));

/** Renders the five services, unchanged, as the project `orders` with stored state. */
export async function renderOrders(
  { post }: Person,
  environment: EnvironmentName,
): Promise<RenderJson> {
  const reply = await post(`/v1/environments/${environment}/render`, {
    ...{ workloads, project: "orders", target: targetOf(environment) },
    environment: { DNS_DOMAIN: `${environment}.example.com` },
  });
  return accepted(reply).json<RenderJson>();
}

export function targetOf(environment: EnvironmentName): string {
  return environment === "local" ? "compose" : "k8s";
}

/** The stored state of the project, passwords included. */
export async function stateOf({ get }: Person, environment: EnvironmentName): Promise<string> {
  return accepted(await get(`/v1/projects/orders/environments/${environment}/state`)).text;
}

/** Versions by recipe that served a render's resources. */
export function recipesOf({ resources }: RenderJson): Record<string, string> {
  return Object.fromEntries(resources.map(({ recipe }) => [recipe?.name, recipe?.version]));
}

/** Recipes that serve resources of `type`. */
export function recipesFor({ resources }: RenderJson, type: string): string[] {
  const served = resources.filter((resource) => resource.type === type);
  return [...new Set(served.map(({ recipe }) => recipe?.name ?? ""))];
}

/** What a render tells of versions that were yanked or deprecated. */
export function noticesOf({ warnings }: RenderJson): RenderJson["warnings"] {
  return warnings.filter(({ code }) => code.startsWith("version_"));
}
