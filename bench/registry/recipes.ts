/** The recipes of the benchmark: a shipped one under a thousand names, in fifty versions each. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { packRecipe, type RecipePackage } from "../../src/core/recipe/package.js";

export const RECIPES = 1000;
export const NAMESPACES = 20;
/** `1.MINOR.PATCH`, from 1.0.0 on. */
export const MINORS = 5;
export const PATCHES = 10;

const FOLDER = path.resolve("catalog/dapr/redis-state-store");
const FILES = [
  "recipe.yaml",
  "README.md",
  "compose.provisioners.yaml",
  "k8s.provisioners.yaml",
  "examples/counter/score.yaml",
  "examples/two-stores/score.yaml",
];
const TEXTS = FILES.map((file) => [file, readFileSync(path.join(FOLDER, file), "utf8")] as const);

/** The namespace of a recipe, `team-NN`. */
export function namespaceOf(recipe: number): string {
  return `team-${pad(recipe % NAMESPACES, 2)}`;
}

/** `team-NN/store-NNN`. */
export function recipeName(recipe: number): string {
  return `${namespaceOf(recipe)}/${resourceType(recipe)}`;
}

/** The type that the recipe serves, which is no other's. */
export function resourceType(recipe: number): string {
  return `store-${pad(recipe, 3)}`;
}

/** A version as its author packs it. Its files change with each minor version, its metadata with each. */
export function recipeOf(recipe: number, minor: number, patch = 0): RecipePackage {
  const replaced = TEXTS.map(([file, text]) => {
    const own = text
      .replaceAll("dapr/redis-state-store", recipeName(recipe))
      .replaceAll("dapr-state-store", resourceType(recipe))
      .replaceAll("redis:7.4.6", `redis:7.4.${minor}`)
      .replace(/^version: .*$/m, `version: 1.${minor}.${patch}`);
    return [file, new TextEncoder().encode(own)] as const;
  });
  return packRecipe(new Map(replaced));
}

/** `recipe`, packed, as another patch of its minor version. */
export function patched(recipe: RecipePackage, minor: number, patch: number): RecipePackage {
  return { ...recipe, metadata: { ...recipe.metadata, version: `1.${minor}.${patch}` } };
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}
