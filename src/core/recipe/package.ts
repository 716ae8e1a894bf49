/**
 * A recipe as its files: the folder on disk (`recipe.yaml`, `TARGET.provisioners.yaml`,
 * `NAME.TARGET.tpl`, `README.md`, `examples/NAME/…`) and the package made of it. `recipe.yaml`
 * becomes metadata; every other file becomes one layer, in a fixed order.
 */
import type { Problem } from "../../errors.js";
import { compareBytes } from "../codec/key-order.js";
import { TARGETS, type Target } from "../score/project-state.js";
import { RecipeError, type RecipeErrorCode } from "./error.js";
import { checkFilePaths } from "./file-path.js";
import { type MetadataOverrides, parseRecipeMetadata, type RecipeMetadata } from "./metadata.js";
import { parseRecipeName } from "./names.js";
import { checkVersion } from "./version.js";

export const MAX_FILE_BYTES = 1024 * 1024;
/** All files of one version together. */
export const MAX_PACKAGE_BYTES = 8 * 1024 * 1024;
export const MAX_FILES = 200;

/** What a file of a package is for. */
export type FileRole =
  | { readonly kind: "provisioners"; readonly target: Target }
  /** `name` is what stands before `.TARGET.tpl`. */
  | { readonly kind: "patch"; readonly target: Target; readonly name: string }
  | { readonly kind: "document" }
  /** `path` is the path in the recipe's folder, which the title hides from clients looking for `.yaml`. */
  | { readonly kind: "example"; readonly path: string };

export interface RecipeFile {
  /** Path in the package; the layer's `org.opencontainers.image.title`. */
  readonly title: string;
  readonly role: FileRole;
  readonly content: Uint8Array;
}

export interface RecipePackage {
  readonly metadata: RecipeMetadata;
  /** In the order of the layers. */
  readonly files: readonly RecipeFile[];
}

/** A provisioners file that comes without a folder around it. */
export interface BareRecipe {
  /** `namespace/name` */
  readonly name: string;
  readonly version: string;
  readonly target: Target;
  readonly content: Uint8Array;
}

const METADATA_FILE = "recipe.yaml";
const EXAMPLE_SUFFIX = ".example";
const DOCUMENTS = new Set([
  "README.md",
  "CHANGELOG.md",
  "LICENSE",
  "LICENSE.md",
  "LICENSE.txt",
  "NOTICE",
]);
const PATCH_FILE = /^([A-Za-z0-9_][A-Za-z0-9_-]{0,63})\.(compose|k8s)\.tpl$/;

/**
 * Packs the files of a recipe's folder, given by path relative to it. `overrides` replace what
 * `recipe.yaml` says.
 * @throws {RecipeError} recipe_file_missing, recipe_file_unknown, recipe_file_path,
 * recipe_file_limit, recipe_metadata; all faulty files are in `problems`
 */
export function packRecipe(
  files: ReadonlyMap<string, Uint8Array>,
  overrides: MetadataOverrides = {},
): RecipePackage {
  const text = files.get(METADATA_FILE);
  if (text === undefined) {
    throw new RecipeError("recipe_file_missing", `the recipe has no ${METADATA_FILE}`, {
      hint: "a bare provisioners file is published with its name, version and target given",
    });
  }
  const metadata = parseRecipeMetadata(decodeText(text, METADATA_FILE), {
    file: METADATA_FILE,
    overrides,
  });
  const titled = [...files].filter(([path]) => path !== METADATA_FILE);
  const titles = titled.map(([path, content]) => [titleOf(path), content] as const);
  return { metadata, files: arrangeFiles(new Map(titles)) };
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

/**
 * The files of a package by title, checked, with their roles and in the order of the layers:
 * provisioners by target, patch templates, documents, examples, each by title.
 * @throws {RecipeError} recipe_file_path, recipe_file_limit, recipe_file_unknown,
 * recipe_file_missing where there is neither a provisioners file nor a patch template
 */
export function arrangeFiles(titles: ReadonlyMap<string, Uint8Array>): RecipeFile[] {
  checkFilePaths(titles.keys());
  const problems: Problem[] = [];
  const files: RecipeFile[] = [];
  for (const [title, content] of titles) {
    const role = classify(title);
    if (role === undefined) {
      problems.push(fault("recipe_file_unknown", title, "is no file that a recipe can have"));
    } else files.push({ title, role, content });
    if (content.length > MAX_FILE_BYTES) {
      const message = `takes ${content.length} bytes; a file may take up to ${MAX_FILE_BYTES}`;
      problems.push(fault("recipe_file_limit", title, message));
    }
  }
  const total = files.reduce((sum, { content }) => sum + content.length, 0);
  if (files.length > MAX_FILES || total > MAX_PACKAGE_BYTES) {
    const message = `${files.length} files of ${total} bytes: a version has up to ${MAX_FILES} files and ${MAX_PACKAGE_BYTES} bytes`;
    problems.push({ code: "recipe_file_limit", message });
  }
  const useful = files.some(({ role }) => role.kind === "provisioners" || role.kind === "patch");
  if (!useful && problems.length === 0) {
    const message = "the recipe has neither a provisioners file nor a patch template";
    problems.push({ code: "recipe_file_missing", message });
  }
  throwFirst(problems);
  return files.sort(compareFiles);
}

function throwFirst(problems: readonly Problem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const hint =
    first.code === "recipe_file_unknown"
      ? "known are recipe.yaml, compose.provisioners.yaml, k8s.provisioners.yaml, NAME.compose.tpl, NAME.k8s.tpl, README.md, CHANGELOG.md, LICENSE, NOTICE and examples/NAME/…"
      : undefined;
  throw new RecipeError(first.code as RecipeErrorCode, first.message, {
    ...(first.place === undefined ? {} : { place: first.place }),
    ...(hint === undefined ? {} : { hint }),
    problems,
  });
}

/** The title under which a file of the folder is packed: examples never look like a provisioners file. */
function titleOf(path: string): string {
  return path.startsWith("examples/") ? path + EXAMPLE_SUFFIX : path;
}

function classify(title: string): FileRole | undefined {
  for (const target of TARGETS) {
    if (title === `${target}.provisioners.yaml`) return { kind: "provisioners", target };
  }
  const [, name, target] = PATCH_FILE.exec(title) ?? [];
  if (name !== undefined && target !== undefined) {
    return { kind: "patch", target: target as Target, name };
  }
  if (DOCUMENTS.has(title)) return { kind: "document" };
  const isExample = title.startsWith("examples/") && title.endsWith(EXAMPLE_SUFFIX);
  if (isExample && title.split("/").length >= 3) {
    return { kind: "example", path: title.slice(0, -EXAMPLE_SUFFIX.length) };
  }
  return undefined;
}

const KIND_ORDER: readonly FileRole["kind"][] = ["provisioners", "patch", "document", "example"];

function compareFiles(a: RecipeFile, b: RecipeFile): number {
  const kinds = KIND_ORDER.indexOf(a.role.kind) - KIND_ORDER.indexOf(b.role.kind);
  return kinds === 0 ? compareBytes(a.title, b.title) : kinds;
}

/**
 * Text of a file that must be UTF-8.
 * @throws {RecipeError} recipe_file_unknown
 */
export function decodeText(content: Uint8Array, title: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch (cause) {
    throw new RecipeError("recipe_file_unknown", `${title} is not UTF-8 text`, {
      place: { file: title },
      cause,
    });
  }
}

function fault(code: RecipeErrorCode, file: string, message: string): Problem {
  return { code, message: `${file} ${message}`, place: { file } };
}
