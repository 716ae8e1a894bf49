/** The registry's API, one method for each thing that a person or a pipeline does with it. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import { sha256Digest } from "../core/codec/digest.js";
import { parseConfig } from "../core/oci/manifest.js";
import { formatSubmission, type Submission } from "../core/oci/submission.js";
import { checkEnvironmentName, checkNamespace, parseRecipeName } from "../core/recipe/names.js";
import { parseRelease, type ReleaseDocument } from "../core/recipe/release-document.js";
import { parseCanonicalJson, StrictObject } from "../core/recipe/strict-json.js";
import type { Target } from "../core/score/project-state.js";
import type { Problem } from "../errors.js";
import { readAnswer, readPages } from "./answer.js";
import { ClientError, ServerProblem } from "./error.js";
import { problemsOf } from "./problem.js";
import {
  type Answer,
  createTransport,
  jsonOf,
  pathOf,
  type Request,
  type Transport,
  type TransportOptions,
} from "./transport.js";

export interface Receipt {
  /** `namespace/name` */
  readonly recipe: string;
  readonly version: string;
  readonly digest: string;
  /** Index of the leaf in the registry's log. */
  readonly logIndex: number;
  /** What the registry took, and tells all the same. */
  readonly warnings: readonly Problem[];
  /** False where this very version was there before. */
  readonly created: boolean;
}

export interface StoredEnvironment {
  readonly name: string;
  readonly definition: JsonValue;
  /** For `If-Match` at the next change. */
  readonly etag: string | undefined;
}

export interface CutAnswer {
  readonly release: ReleaseDocument;
  /** Digest of the signed release; null for a preview. */
  readonly digest: string | null;
  readonly warnings: readonly Problem[];
}

/** Which environment a definition may replace: none at all, or only the one with this etag. */
export type EnvironmentCondition = { readonly create: true } | { readonly ifMatch: string };

export interface RecipeSummary {
  /** `namespace/name` */
  readonly recipe: string;
  readonly version: string;
  readonly digest: string;
}

export interface RecipeQuery {
  readonly namespace?: string;
  readonly type?: string;
  readonly class?: string;
  readonly target?: Target;
  /** Text in the name, title or description. */
  readonly q?: string;
}

/** Holds the way to one registry; every method is one request or, for lists, one per page. */
export class BackbarClient {
  /** Any request; an answer that is no 2xx is thrown. */
  readonly send: Transport;

  /** @throws {ClientError} client_url */
  constructor(options: TransportOptions) {
    this.send = createTransport(options);
  }

  async getJson(path: string, query?: Request["query"]): Promise<unknown> {
    return jsonOf(await this.send({ path, ...(query && { query }) }));
  }

  /** Publishes a version and checks that the receipt is for it. */
  publish(submission: Submission): Promise<Receipt> {
    return publish(this.send, submission);
  }

  /** The newest version of each recipe that fits, by recipe. */
  searchRecipes(query: RecipeQuery = {}): Promise<ReadonlyMap<string, RecipeSummary>> {
    return searchRecipes(this.send, query);
  }

  /** The names of all namespaces, those given up as well. */
  listNamespaces(): Promise<string[]> {
    return listNamespaces(this.send);
  }

  /** Makes a namespace, or replaces the keys (SPKI, PEM) that may sign its versions. */
  async putNamespace(namespace: string, publisherKeys: readonly string[]): Promise<void> {
    checkNamespace(namespace);
    const path = pathOf("v1", "namespaces", namespace);
    await this.send({ method: "PUT", path, body: { publisherKeys } });
  }

  /** Undefined where there is no such environment. */
  async findEnvironment(name: string): Promise<StoredEnvironment | undefined> {
    checkEnvironmentName(name);
    const path = pathOf("v1", "environments", name);
    const answer = await unlessUnknown(this.send({ path }));
    return answer === undefined ? undefined : readEnvironment(answer);
  }

  /** Makes an environment or replaces its definition. */
  async putEnvironment(
    name: string,
    definition: JsonValue,
    condition?: EnvironmentCondition,
  ): Promise<StoredEnvironment> {
    checkEnvironmentName(name);
    const headers = conditionHeaders(condition);
    const path = pathOf("v1", "environments", name);
    return readEnvironment(await this.send({ method: "PUT", path, headers, body: definition }));
  }

  /** Cuts a release, or shows with `preview` what it would be. */
  cutRelease(
    environment: string,
    options: { readonly preview?: boolean } = {},
  ): Promise<CutAnswer> {
    return cutRelease(this.send, environment, options.preview ?? false);
  }

  /** Whether the environment has a release. */
  async hasRelease(environment: string): Promise<boolean> {
    checkEnvironmentName(environment);
    const path = pathOf("v1", "environments", environment, "releases");
    const answer = await this.send({ path, query: { limit: 1 } });
    return readAnswer(answer, (fields) => fields.objects("releases", 1).length > 0);
  }

  /** The combined provisioners file as it is served, unverified: catalog.ts has the verifying way. */
  getProvisioners(environment: string, target: Target, release?: number): Promise<Uint8Array> {
    return getFile(this.send, environment, target, ["provisioners.yaml"], release);
  }

  getPatchTemplate(
    environment: string,
    target: Target,
    name: string,
    release?: number,
  ): Promise<Uint8Array> {
    return getFile(this.send, environment, target, ["patches", name], release);
  }
}

async function publish(send: Transport, submission: Submission): Promise<Receipt> {
  const { name: recipe, version } = nameOf(submission);
  const digest = sha256Digest(submission.manifest);
  const { namespace, name } = parseRecipeName(recipe);
  const answer = await send({
    method: "PUT",
    path: pathOf("v1", "recipes", namespace, name, "versions", version),
    body: formatSubmission(submission),
  });
  const receipt = readAnswer(answer, (fields) => ({
    recipe: fields.text("recipe"),
    version: fields.text("version"),
    digest: fields.text("digest"),
    logIndex: fields.integer("logIndex", 0),
    warnings: problemsOf(fields.raw("warnings")),
  }));
  for (const [mine, theirs] of [
    [recipe, receipt.recipe],
    [version, receipt.version],
    [digest, receipt.digest],
  ]) {
    if (mine === theirs) continue;
    throw new ClientError("client_receipt", `the receipt is for ${theirs}, not for ${mine}`);
  }
  return { ...receipt, created: answer.status === 201 };
}

/** Name and version that the submission's own config binds. */
function nameOf({ manifest, blobs }: Submission): { name: string; version: string } {
  const parsed = parseCanonicalJson(manifest);
  const fields = new StrictObject("value" in parsed ? parsed.value : null, [], []);
  const config = blobs.get(fields.object("config")?.text("digest") ?? "");
  if (config === undefined) {
    throw new ClientError("client_receipt", "the submission lacks the config of its manifest");
  }
  return parseConfig(config).metadata;
}

function listNamespaces(send: Transport): Promise<string[]> {
  return readPages(send, { path: "/v1/namespaces", member: "namespaces" }, (namespace) =>
    namespace.text("name"),
  );
}

async function searchRecipes(
  send: Transport,
  { namespace, ...query }: RecipeQuery,
): Promise<Map<string, RecipeSummary>> {
  const found = await readPages(
    send,
    { path: "/v1/recipes", member: "recipes", query },
    (recipe) => ({
      recipe: recipe.text("recipe"),
      version: recipe.text("version"),
      digest: recipe.text("digest"),
    }),
  );
  const wanted = found.filter(
    ({ recipe }) => namespace === undefined || recipe.startsWith(`${namespace}/`),
  );
  return new Map(wanted.map((recipe) => [recipe.recipe, recipe]));
}

function conditionHeaders(condition: EnvironmentCondition | undefined): Record<string, string> {
  if (condition === undefined) return {};
  return "create" in condition ? { "if-none-match": "*" } : { "if-match": condition.ifMatch };
}

async function unlessUnknown(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ServerProblem && error.status === 404) return undefined;
    throw error;
  }
}

async function cutRelease(
  send: Transport,
  environment: string,
  preview: boolean,
): Promise<CutAnswer> {
  checkEnvironmentName(environment);
  const answer = await send({
    method: "POST",
    path: pathOf("v1", "environments", environment, "releases"),
    ...(preview ? { query: { preview: true } } : {}),
  });
  return readAnswer(answer, (fields) => ({
    release: parseRelease(fields.raw("release") ?? null),
    digest: fields.raw("digest") === null ? null : fields.text("digest"),
    warnings: fields.objects("warnings", 10_000).map((warning) => ({
      code: warning.text("code"),
      message: warning.text("message", { maxLength: 4000 }),
    })),
  }));
}

async function getFile(
  send: Transport,
  environment: string,
  target: Target,
  file: readonly string[],
  release: number | undefined,
): Promise<Uint8Array> {
  checkEnvironmentName(environment);
  const { body } = await send({
    path: pathOf("v1", "environments", environment, target, ...file),
    query: { release },
    headers: { accept: "*/*" },
  });
  return body;
}

function readEnvironment(answer: Answer): StoredEnvironment {
  const etag = answer.headers.get("etag") ?? undefined;
  return readAnswer(answer, (fields) => ({
    name: fields.text("name"),
    definition: fields.raw("definition") ?? null,
    etag,
  }));
}
