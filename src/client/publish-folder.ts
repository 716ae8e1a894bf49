/** Publishing from disk: read, pack, check, sign, send. */
import { buildManifest } from "../core/oci/manifest.js";
import { buildSubmission, type Submission } from "../core/oci/submission.js";
import { checkRecipe } from "../core/recipe/check.js";
import type { MetadataOverrides } from "../core/recipe/metadata.js";
import { packRecipe, type RecipePackage } from "../core/recipe/package.js";
import { signVersion } from "../core/trust/bundle.js";
import type { PrivateKey } from "../core/trust/keys.js";
import type { BackbarClient, Receipt } from "./client.js";
import { readRecipeFolder } from "./recipe-folder.js";

export interface PublishOptions {
  /** Whether a changed `uri` is meant. */
  readonly force?: boolean;
  /** What to say instead of `recipe.yaml`. */
  readonly overrides?: MetadataOverrides;
}

/**
 * Publishes the recipe in `folder`, signed by `key`, whose public half is on the namespace's list.
 * Faults of the recipe are found here, before anything is sent.
 * @throws {RecipeError} what packing and checking find; {ClientError}; {ServerProblem}
 */
export async function publishFolder(
  client: BackbarClient,
  folder: string,
  key: PrivateKey,
  options: PublishOptions = {},
): Promise<Receipt> {
  const recipe = packRecipe(await readRecipeFolder(folder), options.overrides);
  return publishPackage(client, recipe, key, options);
}

/**
 * Publishes a package, e.g. a bare provisioners file, signed by `key`.
 * @throws {RecipeError} what checking finds; {ClientError}; {ServerProblem}
 */
export async function publishPackage(
  client: BackbarClient,
  recipe: RecipePackage,
  key: PrivateKey,
  options: Pick<PublishOptions, "force"> = {},
): Promise<Receipt> {
  checkRecipe(recipe);
  return client.publish(signPackage(recipe, key, options));
}

/** The submission of `recipe`, built and signed. */
export function signPackage(
  recipe: RecipePackage,
  key: PrivateKey,
  options: Pick<PublishOptions, "force"> = {},
): Submission {
  const artifact = buildManifest(recipe);
  const { name, version } = recipe.metadata;
  const bundle = signVersion({ recipe: name, version, digest: artifact.digest }, key);
  return buildSubmission(artifact, [bundle], { force: options.force ?? false });
}
