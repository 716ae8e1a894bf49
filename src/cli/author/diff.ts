/** `backbar diff`: two versions of recipes, published or as folders. */
import { stat } from "node:fs/promises";
import path from "node:path";
import type { BackbarClient } from "../../client/client.js";
import { inspectRecipeFolder } from "../../client/recipe-folder.js";
import { renameProblem } from "../../client/rename.js";
import { readVersionDiff } from "../../client/version-diff.js";
import { listVersions, readVersion } from "../../client/versions.js";
import { buildManifest } from "../../core/oci/manifest.js";
import { inspectRecipe } from "../../core/recipe/check.js";
import { diffPackages } from "../../core/recipe/diff.js";
import { throwFindings } from "../../core/recipe/findings.js";
import { parseRecipeName } from "../../core/recipe/names.js";
import { inspectFolder, type RecipePackage } from "../../core/recipe/package.js";
import { checkVersion, previousVersion } from "../../core/recipe/version.js";
import { BackbarError } from "../../errors.js";
import { CliError } from "../frame/error.js";
import { splitReference } from "../frame/reference.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";
import { type ShownDiff, showPackageDiff } from "./show-package-diff.js";

interface DiffFlags {
  readonly exitCode?: boolean | undefined;
  readonly stat?: boolean | undefined;
}

/** What an argument names. */
type Named =
  | { readonly kind: "folder"; readonly title: string; readonly at: string }
  | { readonly kind: "version"; readonly recipe: string; readonly version: string };

/** One side of a comparison whose files are at hand. */
interface Side {
  readonly title: string;
  readonly recipe: RecipePackage;
}

/** @throws {UsageError}; {RecipeError} for a faulty folder; {ServerProblem}; {ClientError}; {CliError} */
export async function diffRecipes(
  session: Session,
  first: string,
  second: string | undefined,
  flags: DiffFlags,
): Promise<Outcome> {
  const a = await nameOf(session, first);
  const b = second === undefined ? undefined : await nameOf(session, second);
  const compared = await session.screen.during("Comparing", () => compare(session, a, b));
  const { json, same } = compared;
  return {
    json,
    text: showPackageDiff(session.screen, compared, { stat: flags.stat === true }),
    ...(!same && flags.exitCode === true ? { exitCode: 1 } : {}),
  };
}

interface Compared extends ShownDiff {
  readonly json: unknown;
}

async function compare(session: Session, a: Named, b: Named | undefined): Promise<Compared> {
  if (a.kind === "version" && (b === undefined || isSameRecipe(a, b))) {
    const [from, to] = b?.kind === "version" ? [a.version, b.version] : [undefined, a.version];
    const found = await readVersionDiff(await session.client(), a.recipe, to, from);
    return {
      from: `${a.recipe} ${found.from.version}`,
      to: `${a.recipe} ${found.to.version}`,
      diff: found,
      same: found.from.digest === found.to.digest,
      json: found.json,
    };
  }
  const to = await readSide(session, b ?? a);
  const from = b === undefined ? await publishedBefore(session, to) : await readSide(session, a);
  const diff = diffPackages(from.recipe, to.recipe);
  const [before, after] = [describe(from), describe(to)];
  return {
    from: from.title,
    to: to.title,
    diff,
    same: before.digest === after.digest,
    json: { from: before, to: after, ...diff },
  };
}

function isSameRecipe(a: Named & { readonly kind: "version" }, b: Named): boolean {
  return b.kind === "version" && a.recipe === b.recipe;
}

function describe({ recipe }: Side) {
  const { name, version } = recipe.metadata;
  return { recipe: name, version, digest: buildManifest(recipe).digest };
}

/** A folder that is there, or a version of a registry. @throws {UsageError} */
async function nameOf({ machine }: Session, text: string): Promise<Named> {
  const at = path.resolve(machine.folder, text);
  const stats = await stat(at).catch(() => undefined);
  if (stats?.isDirectory()) return { kind: "folder", title: text, at };
  const { name: recipe, part: version } = splitReference(text) ?? {};
  if (recipe === undefined || version === undefined) {
    throw new UsageError(
      `'${text}' is neither a folder nor a version`,
      "a version is namespace/name@1.2.3",
    );
  }
  try {
    parseRecipeName(recipe);
    checkVersion(version);
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    throw new UsageError(`'${text}' names no version: ${error.message}`, "namespace/name@1.2.3");
  }
  return { kind: "version", recipe, version };
}

async function readSide(session: Session, named: Named): Promise<Side> {
  if (named.kind === "version") {
    return fetchVersion(await session.client(), named.recipe, named.version);
  }
  const { title, at } = named;
  const { files, problems } = await inspectRecipeFolder(at);
  const inspected = inspectFolder(files);
  // Provisioners are compared as they are read: templates and examples may be at fault.
  const unread = inspectRecipe(inspected).problems.filter(
    ({ code }) => inspected.problems.length > 0 || code.startsWith("provisioners_"),
  );
  const rename = (file: string) => path.join(title, file);
  throwFindings(
    title,
    [...problems, ...unread].map((problem) => renameProblem(problem, rename)),
  );
  const { metadata } = inspected;
  if (metadata === undefined) throw new TypeError("metadata without a fault was not read");
  return { title, recipe: { metadata, files: inspected.files } };
}

async function fetchVersion(client: BackbarClient, recipe: string, version: string): Promise<Side> {
  const versions = await listVersions(client, recipe);
  const listed = versions.find((one) => one.version === version);
  if (listed === undefined) {
    throw new CliError("cli_version", `${recipe} has no version ${version}`, {
      hint: `it has ${versions
        .slice(0, 5)
        .map((one) => one.version)
        .join(", ")}`,
    });
  }
  const content = await readVersion(client, { recipe, version, digest: listed.digest });
  return { title: `${recipe} ${version}`, recipe: content.recipe };
}

/** What is published under a folder's version, or else the highest lower version. */
async function publishedBefore(session: Session, { recipe }: Side): Promise<Side> {
  const { name, version } = recipe.metadata;
  const client = await session.client();
  const published = (await listVersions(client, name)).map((one) => one.version);
  const before = published.includes(version) ? version : previousVersion(version, published);
  if (before !== undefined) return fetchVersion(client, name, before);
  throw new CliError("cli_version", `no version of ${name} before ${version} is published`, {
    hint: "name what to compare with: a folder, or namespace/name@1.2.3",
  });
}
