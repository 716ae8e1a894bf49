/**
 * A recipe as its files: the folder on disk (`recipe.yaml`, `TARGET.provisioners.yaml`,
 * `NAME.TARGET.tpl`, `README.md`, `examples/NAME/…`) and the package made of it. `recipe.yaml`
 * becomes metadata; every other file becomes one layer, in a fixed order, but those in `expected/`.
 */
import { asProblem, type Place, type Problem } from "../../errors.js";
import type { Target } from "../score/project-state.js";
import { RecipeError } from "./error.js";
import { throwFindings } from "./findings.js";
import { inspectRecipeYaml, type MetadataOverrides, type RecipeMetadata } from "./metadata.js";
import { parseRecipeName } from "./names.js";
import { arrangeFiles, decodeText, inspectFiles, type RecipeFile, titleOf } from "./recipe-file.js";
import type { JsonPath } from "./strict-json.js";
import type { StrictDocument } from "./strict-yaml.js";
import { checkVersion } from "./version.js";

export interface RecipePackage {
  readonly metadata: RecipeMetadata;
  /** In the order of the layers. */
  readonly files: readonly RecipeFile[];
}

/** A recipe as far as it could be read, and everything that is wrong with it so far. */
export interface InspectedPackage {
  /** Undefined where it has a fault. */
  readonly metadata: RecipeMetadata | undefined;
  readonly files: readonly RecipeFile[];
  readonly problems: readonly Problem[];
  /** The place of a path into the metadata. */
  readonly locate: (path: JsonPath) => Place;
}

/** A provisioners file that comes without a folder around it. */
export interface BareRecipe {
  /** `namespace/name` */
  readonly name: string;
  readonly version: string;
  readonly target: Target;
  readonly content: Uint8Array;
}

export const METADATA_FILE = "recipe.yaml";
/** Holds what the examples are expected to render; it is the author's and no part of the package. */
export const EXPECTED_FOLDER = "expected";

/**
 * Packs the files of a recipe's folder, given by path relative to it. `overrides` replace what
 * `recipe.yaml` says.
 * @throws {RecipeError} recipe_check, or one code that all faults have: recipe_metadata, recipe_file_*
 */
export function packRecipe(
  files: ReadonlyMap<string, Uint8Array>,
  overrides: MetadataOverrides = {},
): RecipePackage {
  const { metadata, files: packed, problems } = inspectFolder(files, overrides);
  throwFindings("the recipe", problems);
  if (metadata === undefined) throw new TypeError("metadata without a fault was not read");
  return { metadata, files: packed };
}

/** As `packRecipe`, with everything that is wrong with `recipe.yaml` and the files. */
export function inspectFolder(
  files: ReadonlyMap<string, Uint8Array>,
  overrides: MetadataOverrides = {},
): InspectedPackage {
  const { value: metadata, problems, locate } = inspectMetadataFile(files, overrides);
  const titled = [...files].filter(
    ([path]) => path !== METADATA_FILE && !path.startsWith(`${EXPECTED_FOLDER}/`),
  );
  const found = inspectFiles(new Map(titled.map(([path, content]) => [titleOf(path), content])));
  return { metadata, files: found.files, problems: [...problems, ...found.problems], locate };
}

function inspectMetadataFile(
  files: ReadonlyMap<string, Uint8Array>,
  overrides: MetadataOverrides,
): StrictDocument<RecipeMetadata> {
  const locate = () => ({ file: METADATA_FILE });
  const content = files.get(METADATA_FILE);
  if (content === undefined) {
    const message = `the recipe has no ${METADATA_FILE}`;
    const hint = "a bare provisioners file is published with its name, version and target given";
    const problems = [{ code: "recipe_file_missing", message, hint }];
    return { value: undefined, problems, locate };
  }
  try {
    const text = decodeText(content, METADATA_FILE);
    return inspectRecipeYaml(text, { file: METADATA_FILE, overrides });
  } catch (error) {
    if (!(error instanceof RecipeError)) throw error;
    return { value: undefined, problems: [asProblem(error)], locate };
  }
}

/**
 * Packs one provisioners file, unchanged.
 * @throws {RecipeError} recipe_name, namespace_name, recipe_version, recipe_file_limit
 */
export function packProvisionersFile(bare: BareRecipe): RecipePackage {
  parseRecipeName(bare.name);
  checkVersion(bare.version);
  const metadata: RecipeMetadata = {
    name: bare.name,
    version: bare.version,
    maintainers: [],
    links: [],
    resources: new Map(),
  };
  const title = `${bare.target}.provisioners.yaml`;
  return { metadata, files: arrangeFiles(new Map([[title, bare.content]])) };
}

/** The files of a package as they stand in a recipe's folder, `recipe.yaml` aside. */
export function unpackFiles(recipe: RecipePackage): Map<string, Uint8Array> {
  return new Map(
    recipe.files.map(({ title, role, content }) => [
      role.kind === "example" ? role.path : title,
      content,
    ]),
  );
}
