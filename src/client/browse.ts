import { sha256Digest } from "../core/codec/digest.js";
import { parseMetadataJson, type RecipeMetadata } from "../core/recipe/metadata.js";
import { checkEnvironmentName, parseRecipeName } from "../core/recipe/names.js";
import { MAX_FILES } from "../core/recipe/recipe-file.js";
import type { StrictObject } from "../core/recipe/strict-json.js";
import { readAnswer, readPages, type WithJson } from "./answer.js";
import type { BackbarClient } from "./client.js";
import { ClientError } from "./error.js";
import { type Notices, readNotice } from "./notices.js";
import { pathOf } from "./transport.js";
import { type ListedVersion, readListed } from "./versions.js";

export interface FoundRecipe extends ListedVersion {
  readonly types: readonly string[];
  readonly targets: readonly string[];
}

export interface RecipeFilter {
  /** Words; each is in the name, title, description or a resource type. */
  readonly q?: string | undefined;
  readonly type?: string | undefined;
  readonly class?: string | undefined;
  readonly target?: string | undefined;
  /** The namespace, or the name of a maintainer. */
  readonly provider?: string | undefined;
}

export interface ShownVersion extends ListedVersion {
  readonly metadata: RecipeMetadata;
  readonly provides: readonly {
    readonly target: string;
    readonly type: string;
    readonly class: string | undefined;
    readonly id: string | undefined;
    readonly uri: string;
  }[];
  /** Whether a provisioner runs a program. */
  readonly commands: boolean;
  readonly files: readonly {
    readonly path: string;
    readonly digest: string;
    readonly size: number;
  }[];
  readonly examples: readonly { readonly name: string; readonly targets: readonly string[] }[];
  /** Fingerprints of the keys that signed it. */
  readonly signers: readonly string[];
  readonly logIndex: number;
}

export interface Rendered {
  readonly target: string;
  readonly document: string;
}

/** A provisioner that was looked at for a resource. */
export interface Candidate {
  readonly uri: string;
  readonly type: string;
  readonly class: string | undefined;
  readonly id: string | undefined;
  readonly recipe: string;
  readonly version: string;
  readonly notices: Notices;
  /** Why it was passed over; undefined for the one that serves. */
  readonly reason: string | undefined;
}

export interface Resolution {
  readonly release: number;
  readonly targets: readonly {
    readonly target: string;
    readonly match: Candidate | undefined;
    /** In the order in which they are asked. */
    readonly candidates: readonly Candidate[];
  }[];
}

export interface ResolveQuestion {
  readonly type: string;
  readonly class?: string | undefined;
  readonly id?: string | undefined;
  readonly target?: string | undefined;
  readonly release?: number | undefined;
}

const MAX_ITEMS = 100_000;
const LONG = { maxLength: 100_000 };

/** The recipes that fit, in order of name. @throws {ClientError}; {ServerProblem} */
export function findRecipes(
  client: BackbarClient,
  filter: RecipeFilter,
): Promise<WithJson<FoundRecipe>[]> {
  const list = { path: "/v1/recipes", member: "recipes", query: { ...filter } };
  return readPages(client.send, list, (fields, json) => ({
    value: {
      ...readListed(fields),
      types: fields.texts("types", MAX_ITEMS),
      targets: fields.texts("targets", MAX_ITEMS),
    },
    json,
  }));
}

/**
 * A version; without a number the one that search shows.
 * @throws {RecipeError}; {ClientError}; {ServerProblem}
 */
export async function showVersion(
  client: BackbarClient,
  recipe: string,
  version: string | undefined,
): Promise<WithJson<ShownVersion>> {
  const path = version === undefined ? pathTo(recipe) : pathTo(recipe, "versions", version);
  return readAnswer(await client.send({ path }), (fields, json) => ({
    value: readShown(fields),
    json,
  }));
}

/**
 * One file of a version, checked against the digest that the version has of it.
 * @throws {ClientError} client_answer; {ServerProblem}
 */
export async function readFile(
  client: BackbarClient,
  { recipe, version, files }: ShownVersion,
  file: string,
): Promise<Uint8Array> {
  const path = `${pathTo(recipe, "versions", version, "files")}${pathOf(...file.split("/"))}`;
  const { body } = await client.send({ path, headers: { accept: "*/*" } });
  const expected = files.find((one) => one.path === file)?.digest;
  if (sha256Digest(body) === expected) return body;
  throw new ClientError("client_answer", `${file} is not the file that ${recipe} ${version} has`);
}

/**
 * What an example rendered when its version was published, for one target or for each.
 * @throws {ClientError}; {ServerProblem} example_unknown
 */
export async function readExample(
  client: BackbarClient,
  { recipe, version }: ShownVersion,
  asked: { readonly example: string; readonly target: string | undefined },
): Promise<WithJson<readonly Rendered[]>> {
  const { example, target } = asked;
  const path = pathTo(recipe, "versions", version, "examples", example);
  const answer = await client.send({ path, query: { target } });
  return readAnswer(answer, (fields, json) => ({
    value: fields.objects("renderings", MAX_ITEMS).map((rendering) => ({
      target: rendering.text("target"),
      document: rendering.text("document", { maxLength: Number.MAX_SAFE_INTEGER }),
    })),
    json,
  }));
}

/**
 * Which provisioner of an environment's release serves a resource, for each target.
 * @throws {ClientError}; {ServerProblem} resolve_no_match, environment_unknown, release_none, …
 */
export async function resolve(
  client: BackbarClient,
  environment: string,
  question: ResolveQuestion,
): Promise<WithJson<Resolution>> {
  checkEnvironmentName(environment);
  const path = pathOf("v1", "environments", environment, "resolve");
  return readAnswer(await client.send({ path, query: { ...question } }), (fields, json) => ({
    value: {
      release: fields.object("release")?.integer("number", 1) ?? 0,
      targets: fields.objects("targets", MAX_ITEMS).map((target) => {
        const match = target.object("match");
        return {
          target: target.text("target"),
          match: match && readCandidate(match),
          candidates: target.objects("candidates", MAX_ITEMS).map(readCandidate),
        };
      }),
    },
    json,
  }));
}

function pathTo(recipe: string, ...rest: readonly string[]): string {
  const { namespace, name } = parseRecipeName(recipe);
  return pathOf("v1", "recipes", namespace, name, ...rest);
}

function readShown(fields: StrictObject): ShownVersion {
  return {
    ...readListed(fields),
    metadata: parseMetadataJson(fields.raw("metadata") ?? null),
    provides: fields.objects("provides", MAX_ITEMS).map((one) => ({
      target: one.text("target"),
      type: one.text("type"),
      class: one.optionalText("class"),
      id: one.optionalText("id"),
      uri: one.text("uri", LONG),
    })),
    commands: fields.boolean("commands", false),
    files: fields.objects("files", MAX_FILES).map((file) => ({
      path: file.text("path"),
      digest: file.text("digest"),
      size: file.integer("size", 0),
    })),
    examples: fields.objects("examples", MAX_ITEMS).map((example) => ({
      name: example.text("name"),
      targets: example.texts("targets", MAX_ITEMS),
    })),
    signers: fields.objects("signatures", MAX_ITEMS).map((one) => one.text("keyFingerprint")),
    logIndex: fields.integer("logIndex", 0),
  };
}

function readCandidate(fields: StrictObject): Candidate {
  const recipe = fields.object("recipe");
  return {
    uri: fields.text("uri", LONG),
    type: fields.text("type"),
    class: fields.optionalText("class"),
    id: fields.optionalText("id"),
    recipe: recipe?.text("name") ?? "",
    version: recipe?.text("version") ?? "",
    notices: Object.fromEntries(
      fields
        .objects("notices", MAX_ITEMS)
        .map((notice) => [
          notice.text("kind") === "yanked" ? "yanked" : "deprecated",
          readNotice(notice),
        ]),
    ),
    reason: fields.optionalText("reason"),
  };
}
