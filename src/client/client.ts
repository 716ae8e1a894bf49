/** The registry's API, one method for each thing that a person or a pipeline does with it. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import { sha256Digest } from "../core/codec/digest.js";
import { parseConfig } from "../core/oci/manifest.js";
import { formatSubmission, type Submission } from "../core/oci/submission.js";
import { type EnvironmentDefinition, formatEnvironment } from "../core/recipe/environment.js";
import { checkEnvironmentName, checkNamespace, parseRecipeName } from "../core/recipe/names.js";
import { parseRelease, type ReleaseDocument } from "../core/recipe/release.js";
import { parseCanonicalJson, StrictObject } from "../core/recipe/strict-json.js";
import type { Target } from "../core/score/project-state.js";
import { formatPublicKey, type PublicKey } from "../core/trust/keys.js";
import type { Problem } from "../errors.js";
import { ClientError } from "./error.js";
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

export interface BackbarClient {
  /** Any request; an answer that is no 2xx is thrown. */
  readonly send: Transport;
  getJson(path: string, query?: Request["query"]): Promise<unknown>;
  /** Publishes a version and checks that the receipt is for it. */
  publish(submission: Submission): Promise<Receipt>;
  /** Makes a namespace, or replaces the keys that may sign its versions. */
  putNamespace(namespace: string, keys: readonly PublicKey[]): Promise<void>;
  getEnvironment(name: string): Promise<StoredEnvironment>;
  /** Makes an environment (`ifMatch` null), changes the one with that etag, or asks for neither. */
  putEnvironment(
    name: string,
    definition: EnvironmentDefinition,
    ifMatch?: string | null,
  ): Promise<StoredEnvironment>;
  cutRelease(environment: string, options?: { readonly preview?: boolean }): Promise<CutAnswer>;
  /** The combined provisioners file as it is served, unverified: `catalog.ts` has the verifying way. */
  getProvisioners(environment: string, target: Target, release?: number): Promise<Uint8Array>;
  getPatchTemplate(
    environment: string,
    target: Target,
    name: string,
    release?: number,
  ): Promise<Uint8Array>;
}

/** @throws {ClientError} client_url */
export function createClient(options: TransportOptions): BackbarClient {
  const send = createTransport(options);
  return {
    send,
    getJson: async (path, query) => jsonOf(await send({ path, ...(query && { query }) })),
    publish: (submission) => publish(send, submission),
    async putNamespace(namespace, keys) {
      checkNamespace(namespace);
      const body = { publisherKeys: keys.map(formatPublicKey) };
      await send({ method: "PUT", path: pathOf("v1", "namespaces", namespace), body });
    },
    async getEnvironment(name) {
      checkEnvironmentName(name);
      return readEnvironment(await send({ path: pathOf("v1", "environments", name) }));
    },
    putEnvironment: (name, definition, ifMatch) => putEnvironment(send, name, definition, ifMatch),
    cutRelease: (environment, { preview = false } = {}) => cutRelease(send, environment, preview),
    getProvisioners: (environment, target, release) =>
      getFile(send, environment, target, ["provisioners.yaml"], release),
    getPatchTemplate: (environment, target, name, release) =>
      getFile(send, environment, target, ["patches", name], release),
  };
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

async function putEnvironment(
  send: Transport,
  name: string,
  definition: EnvironmentDefinition,
  ifMatch: string | null | undefined,
): Promise<StoredEnvironment> {
  checkEnvironmentName(name);
  const headers: Record<string, string> = {};
  if (ifMatch === null) headers["if-none-match"] = "*";
  else if (ifMatch !== undefined) headers["if-match"] = ifMatch;
  const path = pathOf("v1", "environments", name);
  const body = formatEnvironment(definition);
  return readEnvironment(await send({ method: "PUT", path, headers, body }));
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

/** Reads what is known of an answer; a newer server may say more. */
function readAnswer<T>(answer: Answer, read: (fields: StrictObject) => T): T {
  const problems: { path: readonly (string | number)[]; message: string }[] = [];
  const result = read(new StrictObject(jsonOf(answer) as JsonValue, [], problems));
  const [first] = problems;
  if (first === undefined) return result;
  const message = `the server's answer: ${first.path.join(".")} ${first.message}`;
  throw new ClientError("client_answer", message);
}
