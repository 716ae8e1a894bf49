/** What the registry says of one version, and its files: read, and not checked yet. */
import { canonicalJsonBytes, type JsonValue } from "../core/codec/canonical-json.js";
import { CodecError } from "../core/codec/error.js";
import { MAX_BUNDLES } from "../core/oci/submission.js";
import { parseRecipeName } from "../core/recipe/names.js";
import { MAX_FILES } from "../core/recipe/recipe-file.js";
import { refuseTime } from "../core/recipe/release-document.js";
import { MAX_JSON_DEPTH, nestsDeeper, type StrictObject } from "../core/recipe/strict-json.js";
import { readAnswer } from "./answer.js";
import type { BackbarClient } from "./client.js";
import { type Notices, readNotices } from "./notices.js";
import { pathOf } from "./transport.js";

export interface VersionName {
  /** `namespace/name` */
  readonly recipe: string;
  readonly version: string;
}

export interface VersionAnswer extends Notices {
  readonly manifest: Uint8Array;
  readonly config: Uint8Array;
  /** RFC 3339, UTC. */
  readonly publishedAt: string;
  /** Of the leaf that publishes it. */
  readonly logIndex: number;
  /** Paths of its files by digest. */
  readonly paths: ReadonlyMap<string, string>;
  /** Sigstore bundles. */
  readonly bundles: readonly Uint8Array[];
}

/** Metadata, manifest, README and signatures together stay far below. */
const MAX_DETAIL_BYTES = 8 * 1024 * 1024;

/** @throws {RecipeError} recipe_name, namespace_name; {ClientError}; {ServerProblem} */
export async function readVersionAnswer(
  client: BackbarClient,
  name: VersionName,
): Promise<VersionAnswer> {
  const answer = await client.send({ path: pathTo(name), maxAnswerBytes: MAX_DETAIL_BYTES });
  return readAnswer(answer, (fields) => ({
    manifest: bytesOf(fields, "manifest"),
    config: bytesOf(fields, "metadata"),
    publishedAt: fields.text("publishedAt", { refuse: refuseTime }),
    logIndex: fields.integer("logIndex", 0),
    paths: new Map(
      fields.objects("files", MAX_FILES).map((file) => [file.text("digest"), file.text("path")]),
    ),
    bundles: fields.objects("signatures", MAX_BUNDLES).map((one) => bytesOf(one, "bundle")),
    ...readNotices(fields),
  }));
}

/** The bytes of a version's file. @throws {ClientError}; {ServerProblem} */
export async function readVersionFile(
  client: BackbarClient,
  name: VersionName,
  file: string,
  maxAnswerBytes: number,
): Promise<Uint8Array> {
  const { body } = await client.send({
    path: `${pathTo(name)}/files${pathOf(...file.split("/"))}`,
    headers: { accept: "*/*" },
    maxAnswerBytes,
  });
  return body;
}

function pathTo({ recipe, version }: VersionName): string {
  const { namespace, name } = parseRecipeName(recipe);
  return pathOf("v1", "recipes", namespace, name, "versions", version);
}

/** The canonical form of a member, which is what its digest names. */
function bytesOf(fields: StrictObject, key: string): Uint8Array {
  const value: JsonValue = fields.raw(key) ?? null;
  try {
    if (!nestsDeeper(value, MAX_JSON_DEPTH)) return canonicalJsonBytes(value);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
  }
  fields.fault([key], "has no canonical form");
  return new Uint8Array();
}
