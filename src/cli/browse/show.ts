/** The steps of `backbar show`. */
import semver from "semver";
import type { WithJson } from "../../client/answer.js";
import { readExample, readFile, type ShownVersion, showVersion } from "../../client/browse.js";
import type { BackbarClient } from "../../client/client.js";
import { findVersions, type ListedVersion } from "../../client/versions.js";
import { checkRange } from "../../core/recipe/ranges.js";
import type { Target } from "../../core/score/project-state.js";
import { CliError } from "../frame/error.js";
import { namedTarget } from "../frame/flags.js";
import { splitReference } from "../frame/reference.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";
import { describeVersion } from "./version-text.js";

interface Flags {
  readonly file?: string | undefined;
  readonly example?: string | undefined;
  readonly target?: Target | undefined;
  readonly json?: true | undefined;
}

/** @throws {UsageError}; {CliError} cli_unknown; {RecipeError}; {ClientError}; {ServerProblem} */
export async function showRecipe(session: Session, named: string, flags: Flags): Promise<Outcome> {
  checkFlags(flags);
  const client = await session.client();
  const reference = splitReference(named);
  if (reference === undefined) {
    throw new UsageError(
      `'${named}' names no recipe`,
      "it is namespace/name, or namespace/name@1.2.3",
    );
  }
  const { name: recipe, part: range } = reference;
  const listed = flags.file === undefined && flags.example === undefined;
  const exact = range === undefined || semver.valid(range) !== null;
  const versions = listed || !exact ? await findVersions(client, recipe) : [];
  const version = exact ? range : highest(recipe, range, versions);
  const shown = await showVersion(client, recipe, version);
  if (flags.file !== undefined) return { raw: await fileOf(client, shown.value, flags.file) };
  if (flags.example !== undefined) {
    const target = namedTarget(flags.target, session.machine);
    return exampleOf(client, shown.value, flags.example, { target, json: flags.json === true });
  }
  return {
    json: { ...Object(shown.json), versions: versions.map(({ json }) => json) },
    text: await describeVersion(session.screen, shown.value, valuesOf(versions)),
  };
}

/** @throws {UsageError} */
function checkFlags({ file, example, target, json }: Flags): void {
  if (file !== undefined && json) {
    throw new UsageError("--file prints a file as it is", "leave out --json");
  }
  if (file !== undefined && example !== undefined) {
    throw new UsageError("--file and --example exclude each other", "backbar show --help");
  }
  if (target !== undefined && example === undefined) {
    throw new UsageError("--target is for --example", "backbar show --help");
  }
}

/** The highest version in the range; of yanked ones only where it fits no other. */
function highest(
  recipe: string,
  range: string,
  versions: readonly WithJson<ListedVersion>[],
): string {
  checkRange(range);
  const listed = valuesOf(versions);
  const standing = listed.filter(({ yanked }) => yanked === undefined);
  for (const candidates of [standing, listed]) {
    const names = candidates.map(({ version }) => version);
    const found = semver.maxSatisfying(names, range);
    if (found !== null) return found;
  }
  throw unknown(
    `${recipe} has no version in ${range}`,
    listed.map(({ version }) => version),
  );
}

async function fileOf(
  client: BackbarClient,
  version: ShownVersion,
  file: string,
): Promise<Uint8Array> {
  const paths = version.files.map((one) => one.path);
  if (!paths.includes(file)) {
    throw unknown(`${version.recipe} ${version.version} has no file ${file}`, paths);
  }
  return readFile(client, version, file);
}

async function exampleOf(
  client: BackbarClient,
  version: ShownVersion,
  example: string,
  { target, ...as }: { readonly target: string | undefined; readonly json: boolean },
): Promise<Outcome> {
  const { value, json } = await readExample(client, version, { example, target });
  const [rendering, ...others] = value;
  if (rendering === undefined) {
    const known = version.examples.find(({ name }) => name === example);
    throw unknown(`the example ${example} is rendered for no such target`, known?.targets ?? []);
  }
  if (others.length > 0) {
    throw new UsageError(
      `the example ${example} is rendered for ${value.map((one) => one.target).join(" and ")}`,
      "--target says which (BACKBAR_TARGET)",
    );
  }
  if (as.json) return { json, text: "" };
  return { raw: new TextEncoder().encode(rendering.document) };
}

function valuesOf<T>(all: readonly WithJson<T>[]): T[] {
  return all.map(({ value }) => value);
}

function unknown(message: string, known: readonly string[]): CliError {
  return new CliError("cli_unknown", message, {
    hint: `there is ${known.length === 0 ? "none" : known.slice(0, 20).join(", ")}`,
  });
}
