/** Publishing from disk: read, pack, check, render the examples, sign, send. */
import path from "node:path";
import { buildManifest } from "../core/oci/manifest.js";
import { buildSubmission, type Submission } from "../core/oci/submission.js";
import { asInspected } from "../core/recipe/check.js";
import { throwFindings } from "../core/recipe/findings.js";
import type { MetadataOverrides } from "../core/recipe/metadata.js";
import {
  type BareRecipe,
  type InspectedPackage,
  inspectFolder,
  packProvisionersFile,
  type RecipePackage,
} from "../core/recipe/package.js";
import { signVersion } from "../core/trust/bundle.js";
import type { PrivateKey } from "../core/trust/keys.js";
import { BackbarError, type Problem } from "../errors.js";
import { checkPackage } from "./check-package.js";
import type { BackbarClient, Receipt } from "./client.js";
import { inspectRecipeFolder } from "./recipe-folder.js";
import { type Rename, renamePlace, renameProblem } from "./rename.js";

export interface PublishOptions {
  /** Whether a changed `uri` is meant. */
  readonly force?: boolean;
  /** What to say instead of `recipe.yaml`. */
  readonly overrides?: MetadataOverrides;
}

/** A recipe from disk, with which nothing is wrong that can be told without a server. */
export interface SoundRecipe {
  readonly recipe: RecipePackage;
  /** Of its manifest. */
  readonly digest: string;
  /** What people should know of it all the same. */
  readonly warnings: readonly Problem[];
  /** Where its files lie, as people know them. */
  readonly rename: Rename;
}

/**
 * Publishes the recipe in `folder`, signed by `key`, whose public half is on the namespace's list.
 * Faults of the recipe are found here, before anything is sent; files in places are named from where
 * the folder is.
 * @throws {RecipeError} what packing, checking and rendering the examples find; {ClientError};
 * {ServerProblem}
 */
export async function publishFolder(
  client: BackbarClient,
  folder: string,
  key: PrivateKey,
  options: PublishOptions = {},
): Promise<Receipt> {
  const sound = await readSoundFolder({ at: folder, title: folder }, options.overrides);
  return publishSound(client, sound, [key], options);
}

/**
 * Publishes a package, signed by `key`.
 * @throws {RecipeError} as `publishFolder`; {ClientError}; {ServerProblem}
 */
export async function publishPackage(
  client: BackbarClient,
  recipe: RecipePackage,
  key: PrivateKey,
  options: Pick<PublishOptions, "force"> = {},
): Promise<Receipt> {
  const sound = demandSound(asInspected(recipe), (file) => file);
  return publishSound(client, sound, [key], options);
}

/**
 * The recipe in the folder `at`, which messages call `title`.
 * @throws {RecipeError} what packing, checking and rendering the examples find; {ClientError}
 */
export async function readSoundFolder(
  { at, title }: { readonly at: string; readonly title: string },
  overrides?: MetadataOverrides,
): Promise<SoundRecipe> {
  const rename = (file: string) => path.join(title, file);
  const { files, problems } = await inspectRecipeFolder(at);
  const inspected = inspectFolder(files, overrides);
  const recipe = { ...inspected, problems: [...problems, ...inspected.problems] };
  return named(rename, () => demandSound(recipe, rename));
}

/**
 * One provisioners file as a recipe, which messages call `title`.
 * @throws {RecipeError} as `readSoundFolder`
 */
export async function readSoundFile(title: string, bare: BareRecipe): Promise<SoundRecipe> {
  const packed = `${bare.target}.provisioners.yaml`;
  const rename = (file: string) => (file === packed ? title : file);
  return named(rename, () => demandSound(asInspected(packProvisionersFile(bare)), rename));
}

/**
 * Publishes a sound recipe, signed by each of `keys`.
 * @throws {ClientError}; {ServerProblem}
 */
export async function publishSound(
  client: BackbarClient,
  { recipe, rename }: SoundRecipe,
  keys: readonly PrivateKey[],
  options: Pick<PublishOptions, "force"> = {},
): Promise<Receipt> {
  return named(rename, async () => {
    const receipt = await client.publish(sign(recipe, keys, options));
    return { ...receipt, warnings: receipt.warnings.map((one) => renameProblem(one, rename)) };
  });
}

/** The submission of `recipe`, built and signed. */
export function signPackage(
  recipe: RecipePackage,
  key: PrivateKey,
  options: Pick<PublishOptions, "force"> = {},
): Submission {
  return sign(recipe, [key], options);
}

function sign(
  recipe: RecipePackage,
  keys: readonly PrivateKey[],
  { force = false }: Pick<PublishOptions, "force">,
): Submission {
  const artifact = buildManifest(recipe);
  const { name, version } = recipe.metadata;
  const statement = { recipe: name, version, digest: artifact.digest };
  const bundles = keys.map((key) => signVersion(statement, key));
  return buildSubmission(artifact, bundles, { force });
}

/**
 * The recipe, where nothing is wrong with it that can be told without a server.
 * @throws {RecipeError}
 */
function demandSound(inspected: InspectedPackage, rename: Rename): SoundRecipe {
  const { metadata, files } = inspected;
  const { problems, warnings } = checkPackage(inspected);
  const subject = metadata === undefined ? "the recipe" : `${metadata.name} ${metadata.version}`;
  throwFindings(subject, problems);
  if (metadata === undefined) throw new TypeError("metadata without a fault was not read");
  const recipe = { metadata, files };
  return {
    recipe,
    digest: buildManifest(recipe).digest,
    warnings: warnings.map((one) => renameProblem(one, rename)),
    rename,
  };
}

/** Runs `work`; in what it throws, files of the recipe are named by `rename`. */
async function named<T>(rename: Rename, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    const problems = error.problems.map((problem) => renameProblem(problem, rename));
    const [first] = error.problems;
    const message = first && error.message.replace(first.message, () => problems[0]?.message ?? "");
    throw Object.assign(error, {
      message: message ?? error.message,
      place: renamePlace(error.place, rename),
      problems,
    });
  }
}
