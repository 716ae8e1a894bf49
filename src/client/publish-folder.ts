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
import { BackbarError } from "../errors.js";
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
  const { files, problems } = await inspectRecipeFolder(folder);
  return named(
    (file) => path.join(folder, file),
    async () => {
      const inspected = inspectFolder(files, options.overrides);
      const recipe = { ...inspected, problems: [...problems, ...inspected.problems] };
      return client.publish(signPackage(demandSound(recipe), key, options));
    },
  );
}

/**
 * Publishes one provisioners file as it is, which lies at `file`.
 * @throws {RecipeError} as `publishFolder`; {ClientError}; {ServerProblem}
 */
export async function publishFile(
  client: BackbarClient,
  file: string,
  bare: BareRecipe,
  key: PrivateKey,
  options: Pick<PublishOptions, "force"> = {},
): Promise<Receipt> {
  const packed = `${bare.target}.provisioners.yaml`;
  return named(
    (name) => (name === packed ? file : name),
    () => publishPackage(client, packProvisionersFile(bare), key, options),
  );
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
  return client.publish(signPackage(demandSound(asInspected(recipe)), key, options));
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

/**
 * The package, where nothing is wrong with it that can be told without a server.
 * @throws {RecipeError}
 */
function demandSound(recipe: InspectedPackage): RecipePackage {
  const { metadata, files } = recipe;
  const subject = metadata === undefined ? "the recipe" : `${metadata.name} ${metadata.version}`;
  throwFindings(subject, checkPackage(recipe).problems);
  if (metadata === undefined) throw new TypeError("metadata without a fault was not read");
  return { metadata, files };
}

/** Runs `work`; files of the recipe are named by `rename` in what it finds, and in its warnings. */
async function named(rename: Rename, work: () => Promise<Receipt>): Promise<Receipt> {
  try {
    const receipt = await work();
    return { ...receipt, warnings: receipt.warnings.map((one) => renameProblem(one, rename)) };
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
