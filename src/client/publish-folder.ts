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
  /** The publisher's key; its public half is on the namespace's list. */
  readonly key: PrivateKey;
  /** Whether a changed `uri` is meant. */
  readonly force?: boolean;
}

/**
 * Publishes the recipe in `folder`. Faults of the recipe are found here, before anything is sent.
 * @throws {RecipeError} what packing and checking find; {ClientError}; {ServerProblem}
 */
export async function publishFolder(
  client: BackbarClient,
  folder: string,
  options: PublishOptions & { readonly overrides?: MetadataOverrides },
): Promise<Receipt> {
  const recipe = packRecipe(await readRecipeFolder(folder), options.overrides);
  return publishPackage(client, recipe, options);
}

/**
 * Publishes a package, e.g. a bare provisioners file.
 * @throws {RecipeError} what checking finds; {ClientError}; {ServerProblem}
 */
export async function publishPackage(
  client: BackbarClient,
  recipe: RecipePackage,
  options: PublishOptions,
): Promise<Receipt> {
  checkRecipe(recipe);
  return client.publish(signPackage(recipe, options));
}

/** The submission of `recipe`, built and signed. */
export function signPackage(recipe: RecipePackage, options: PublishOptions): Submission {
  const artifact = buildManifest(recipe);
  const { name, version } = recipe.metadata;
  const statement = { recipe: name, version, digest: artifact.digest };
  const bundle = signVersion(statement, options.key);
  return buildSubmission(artifact, [bundle], { force: options.force ?? false });
}
