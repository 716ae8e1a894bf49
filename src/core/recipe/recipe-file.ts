/**
 * The files of a recipe: which there may be, what each is for, how large they may be, and their
 * order in a package.
 */
import type { Problem } from "../../errors.js";
import { compareBytes } from "../codec/key-order.js";
import { decodeUtf8 } from "../codec/utf8.js";
import { TARGETS, type Target } from "../score/project-state.js";
import { RecipeError } from "./error.js";
import { findNameTwins, findPathFaults, shownPath } from "./file-path.js";
import { throwFindings } from "./findings.js";

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

/** What the files of a package are, as far as they can be files of one, and everything wrong with them. */
export interface InspectedFiles {
  /** In the order of the layers. */
  readonly files: readonly RecipeFile[];
  readonly problems: readonly Problem[];
}

/** Hides examples from clients that take the first layer whose title ends in `.yaml`. */
const EXAMPLE_SUFFIX = ".example";
const KNOWN_FILES =
  "known are recipe.yaml, compose.provisioners.yaml, k8s.provisioners.yaml, NAME.compose.tpl, NAME.k8s.tpl, README.md, CHANGELOG.md, LICENSE, NOTICE, examples/NAME/… and, for the author alone, expected/…";
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
 * The files of a package by title, with their roles and in the order of the layers: provisioners by
 * target, patch templates, documents, examples, each by title.
 */
export function inspectFiles(titles: ReadonlyMap<string, Uint8Array>): InspectedFiles {
  const problems = findPathFaults([...titles.keys()].map(pathOf));
  const files: RecipeFile[] = [];
  const refused = new Set(problems.map(({ place }) => place?.file));
  for (const [title, content] of titles) {
    const path = pathOf(title);
    const role = classify(title);
    if (content.length > MAX_FILE_BYTES) problems.push(tooLarge(path, content.length));
    if (role !== undefined) files.push({ title, role, content });
    else if (!refused.has(shownPath(path))) {
      const message = `${path} is no file that a recipe can have`;
      problems.push({
        code: "recipe_file_unknown",
        message,
        place: { file: path },
        hint: KNOWN_FILES,
      });
    }
  }
  const total = files.reduce((sum, { content }) => sum + content.length, 0);
  if (files.length > MAX_FILES || total > MAX_PACKAGE_BYTES) {
    const message = `${files.length} files of ${total} bytes: a version has up to ${MAX_FILES} files and ${MAX_PACKAGE_BYTES} bytes`;
    problems.push({ code: "recipe_file_limit", message });
  }
  problems.push(...findTwins(files));
  const useful = files.some(({ role }) => role.kind === "provisioners" || role.kind === "patch");
  if (!useful && problems.length === 0) {
    const message = "the recipe has neither a provisioners file nor a patch template";
    problems.push({ code: "recipe_file_missing", message, hint: KNOWN_FILES });
  }
  return { files: files.sort(compareFiles), problems };
}

/**
 * As `inspectFiles`, for files that must have no fault.
 * @throws {RecipeError} recipe_check, or one code that all faults have: recipe_file_*
 */
export function arrangeFiles(titles: ReadonlyMap<string, Uint8Array>): readonly RecipeFile[] {
  const { files, problems } = inspectFiles(titles);
  throwFindings("the recipe", problems);
  return files;
}

/** That a file takes more than one may. */
export function tooLarge(path: string, sizeBytes: number): Problem {
  const message = `${path} takes ${sizeBytes} bytes; a file may take up to ${MAX_FILE_BYTES}`;
  return { code: "recipe_file_limit", message, place: { file: path } };
}

/** The title under which a file of the folder is packed: examples never look like a provisioners file. */
export function titleOf(path: string): string {
  return path.startsWith("examples/") ? path + EXAMPLE_SUFFIX : path;
}

/** The path in the recipe's folder of a file that is packed as `title`. */
function pathOf(title: string): string {
  const hidden = title.startsWith("examples/") && title.endsWith(EXAMPLE_SUFFIX);
  return hidden ? title.slice(0, -EXAMPLE_SUFFIX.length) : title;
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
  const path = pathOf(title);
  return path !== title && path.split("/").length >= 3 ? { kind: "example", path } : undefined;
}

const KIND_ORDER: readonly FileRole["kind"][] = ["provisioners", "patch", "document", "example"];

function compareFiles(a: RecipeFile, b: RecipeFile): number {
  const kinds = KIND_ORDER.indexOf(a.role.kind) - KIND_ORDER.indexOf(b.role.kind);
  return kinds === 0 ? compareBytes(a.title, b.title) : kinds;
}

/** Patch templates and examples are told apart by names that their author chose. */
function findTwins(files: readonly RecipeFile[]): Problem[] {
  const roles = files.map(({ role }) => role);
  const patches = TARGETS.flatMap((target) =>
    findNameTwins(
      "patch template",
      roles.flatMap((role) =>
        role.kind === "patch" && role.target === target ? `${role.name}.${target}.tpl` : [],
      ),
    ),
  );
  const examples = roles.flatMap((role) =>
    role.kind === "example" ? role.path.split("/").slice(0, 2).join("/") : [],
  );
  return [...patches, ...findNameTwins("example", examples)];
}

/**
 * Text of a file that must be UTF-8.
 * @throws {RecipeError} recipe_file_unknown
 */
export function decodeText(content: Uint8Array, title: string): string {
  const text = decodeUtf8(content);
  if (text !== undefined) return text;
  throw new RecipeError("recipe_file_unknown", `${title} is not UTF-8 text`, {
    place: { file: title },
  });
}
