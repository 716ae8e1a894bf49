/** Provisioners that the command line names, or that lie in the project's folder. */
import { stat } from "node:fs/promises";
import path from "node:path";
import { readRecipeFolder } from "../../client/recipe-folder.js";
import { buildManifest } from "../../core/oci/manifest.js";
import { withMetadata } from "../../core/recipe/metadata.js";
import { METADATA_FILE, packRecipe } from "../../core/recipe/package.js";
import type { Provisioner } from "../../core/recipe/provisioner.js";
import { parseProvisionersFile } from "../../core/recipe/provisioners-file.js";
import { decodeText, MAX_FILE_BYTES } from "../../core/recipe/recipe-file.js";
import type { Target } from "../../core/score/project-state.js";
import type { Outside } from "../frame/machine.js";
import { UsageError } from "../frame/usage.js";
import { readNamed } from "./named-file.js";

/**
 * The provisioners of a file, or of a recipe's folder with what its metadata says of them.
 * @throws {UsageError}; {CliError}; {RecipeError}; {ClientError}
 */
export async function readProvisioners(
  name: string,
  target: Target,
  outside: Outside,
): Promise<Provisioner[]> {
  const at = path.resolve(outside.folder, name);
  const stats = await stat(at).catch(() => undefined);
  if (stats?.isDirectory()) {
    const metadata = await stat(path.join(at, METADATA_FILE)).catch(() => undefined);
    if (metadata !== undefined) return readRecipe(at, name, target);
    throw new UsageError(
      `--provisioners ${name}: the folder has no ${METADATA_FILE}`,
      "name a provisioners file, or the folder of one recipe",
    );
  }
  const text = await readNamed(name, "--provisioners", MAX_FILE_BYTES, outside);
  return parseProvisionersFile(text, { file: name, target });
}

async function readRecipe(folder: string, name: string, target: Target): Promise<Provisioner[]> {
  const files = await readRecipeFolder(folder);
  const recipe = packRecipe(files);
  const { metadata } = recipe;
  const found = recipe.files.find(
    ({ role }) => role.kind === "provisioners" && role.target === target,
  );
  if (found === undefined) {
    throw new UsageError(
      `--provisioners ${name}: the recipe has no ${target}.provisioners.yaml`,
      "a recipe's patch templates are named by --patch-template",
    );
  }
  const file = path.join(name, found.title);
  const { digest } = buildManifest(recipe);
  const ref = { name: metadata.name, version: metadata.version, digest };
  const options = { file, target, recipe: ref };
  return parseProvisionersFile(decodeText(found.content, file), options).map((provisioner) =>
    withMetadata(provisioner, metadata.resources.get(provisioner.type)),
  );
}
