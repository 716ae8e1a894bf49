/** What publishing would say of a recipe's folder, as far as it can be told without a server. */
import path from "node:path";
import { checkPackage } from "../../client/check-package.js";
import { inspectRecipeFolder } from "../../client/recipe-folder.js";
import { renameProblem } from "../../client/rename.js";
import { buildManifest } from "../../core/oci/manifest.js";
import { type PreviousVersion, previousVersionOf } from "../../core/recipe/check-previous.js";
import { inspectFolder, type RecipePackage } from "../../core/recipe/package.js";
import { compareVersions } from "../../core/recipe/version.js";
import type { RenderedExample } from "../../core/render/example.js";
import type { Problem } from "../../errors.js";
import { UsageError } from "../frame/usage.js";
import type { NamedFolder } from "./recipe-folders.js";

export interface CheckedFolder {
  readonly folder: NamedFolder;
  /** `namespace/name` and version, where recipe.yaml says them without a fault. */
  readonly recipe: string | undefined;
  readonly version: string | undefined;
  /** Of the manifest as it would be published; undefined where there is a problem. */
  readonly digest: string | undefined;
  /** Their files are named from where the command runs. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly rendered: readonly RenderedExample[];
}

/** An older copy of a recipe, in place of the version before. */
interface OlderCopy {
  readonly folder: NamedFolder;
  readonly package: RecipePackage;
}

/**
 * Reads and checks one folder.
 * @throws {UsageError} where `older` cannot be the version before; {ClientError} client_folder
 */
export async function checkFolder(
  folder: NamedFolder,
  options: { readonly older?: OlderCopy | undefined; readonly force?: boolean } = {},
): Promise<CheckedFolder> {
  const { files, problems } = await inspectRecipeFolder(folder.at);
  const inspected = inspectFolder(files);
  const recipe = { ...inspected, problems: [...problems, ...inspected.problems] };
  const { metadata } = recipe;
  const { older, force = false } = options;
  const previous =
    older === undefined || metadata === undefined
      ? undefined
      : previousOf(older, metadata.name, metadata.version);
  const checked = checkPackage(recipe, { force, ...(previous === undefined ? {} : { previous }) });
  const sound = metadata !== undefined && checked.problems.length === 0;
  const digest = sound ? buildManifest({ metadata, files: recipe.files }).digest : undefined;
  const rename = (file: string) => path.join(folder.title, file);
  const repeated = older === undefined ? [] : findRepeatedVersion(older, metadata?.version, digest);
  return {
    folder,
    recipe: metadata?.name,
    version: metadata?.version,
    digest,
    problems: checked.problems.map((problem) => renameProblem(problem, rename)),
    warnings: [...checked.warnings, ...repeated].map((warning) => renameProblem(warning, rename)),
    rendered: checked.rendered,
  };
}

/**
 * The older copy in `folder`.
 * @throws {UsageError} where it has faults itself
 */
export async function readOlderCopy(folder: NamedFolder): Promise<OlderCopy> {
  const { files, problems } = await inspectRecipeFolder(folder.at);
  const inspected = inspectFolder(files);
  const { metadata } = inspected;
  const [fault] = [...problems, ...inspected.problems, ...checkPackage(inspected).problems];
  if (fault === undefined && metadata !== undefined) {
    return { folder, package: { metadata, files: inspected.files } };
  }
  throw new UsageError(
    `--previous ${folder.title}: it has faults itself: ${fault?.message}`,
    `backbar check ${folder.title} tells them all`,
  );
}

/** @throws {UsageError} */
function previousOf(
  { folder, package: older }: OlderCopy,
  name: string,
  version: string,
): PreviousVersion {
  const { metadata } = older;
  if (metadata.name !== name) {
    throw new UsageError(
      `--previous ${folder.title}: it is of ${metadata.name}, not of ${name}`,
      "name an older copy of the same recipe",
    );
  }
  if (compareVersions(metadata.version, version) > 0) {
    throw new UsageError(
      `--previous ${folder.title}: its version ${metadata.version} is higher than ${version}`,
      "name an older copy of the recipe",
    );
  }
  return previousVersionOf(older);
}

function findRepeatedVersion(
  { package: older }: OlderCopy,
  version: string | undefined,
  digest: string | undefined,
): Problem[] {
  if (version !== older.metadata.version || digest === buildManifest(older).digest) return [];
  return [
    {
      code: "recipe_version",
      message: `${version} is the version of the older copy too, which has other content`,
      place: { file: "recipe.yaml" },
      hint: "a published version never changes: raise the version",
    },
  ];
}
