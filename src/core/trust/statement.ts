/**
 * What a publisher states when publishing: an in-toto statement (v1) whose subject is the manifest
 * of one version, by name and digest.
 */
import { canonicalJsonBytes, type JsonValue } from "../codec/canonical-json.js";
import { isSha256Digest, parseRecipeName } from "../recipe/names.js";
import { refuseWhere, StrictObject } from "../recipe/strict-json.js";
import { checkVersion } from "../recipe/version.js";
import { TrustError } from "./error.js";

/** The version that a statement is about. */
export interface PublishStatement {
  /** `namespace/name` */
  readonly recipe: string;
  readonly version: string;
  /** Digest of the manifest. */
  readonly digest: string;
}

const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
export const PUBLISH_PREDICATE = "urn:backbar:predicate:publish:v1";
export const STATEMENT_MEDIA_TYPE = "application/vnd.in-toto+json";

const MAX_STATEMENT_BYTES = 16 * 1024;

/** The statement as canonical JSON. */
export function formatStatement({ recipe, version, digest }: PublishStatement): Uint8Array {
  return canonicalJsonBytes({
    _type: STATEMENT_TYPE,
    subject: [{ name: recipe, digest: { sha256: digest.replace("sha256:", "") } }],
    predicateType: PUBLISH_PREDICATE,
    predicate: { recipe, version },
  });
}

/**
 * Reads a signed statement. Any JSON that says it is accepted: the bytes are signed, so their form
 * needs not be ours, but nothing more than this may be said.
 * @throws {TrustError} bundle_statement
 */
export function parseStatement(payload: Uint8Array): PublishStatement {
  const problems: { path: readonly (string | number)[]; message: string }[] = [];
  const fields = new StrictObject(parseJson(payload), [], problems);
  if (fields.raw("_type") !== STATEMENT_TYPE) fields.fault(["_type"], `must be ${STATEMENT_TYPE}`);
  if (fields.raw("predicateType") !== PUBLISH_PREDICATE) {
    fields.fault(["predicateType"], `must be ${PUBLISH_PREDICATE}`);
  }
  const subjects = fields.objects("subject", 1);
  const name = subjects[0]?.text("name");
  const digests = subjects[0]?.object("digest");
  const digest = `sha256:${digests?.text("sha256")}`;
  digests?.done();
  subjects[0]?.done();
  if (!isSha256Digest(digest)) fields.fault(["subject"], "must be one manifest by its sha256");
  const predicate = fields.object("predicate") ?? new StrictObject(null, ["predicate"], problems);
  const recipe = predicate.text("recipe", { refuse: refuseWhere(parseRecipeName) });
  const version = predicate.text("version", { refuse: refuseWhere(checkVersion) });
  predicate.done();
  fields.done();
  if (name !== recipe) fields.fault(["subject", 0, "name"], "must be the recipe's name");
  const [first] = problems;
  if (first !== undefined) {
    const message = `the signed statement: ${first.path.join(".")} ${first.message}`;
    throw new TrustError("bundle_statement", message);
  }
  return { recipe, version, digest };
}

function parseJson(payload: Uint8Array): JsonValue {
  if (payload.length > MAX_STATEMENT_BYTES) {
    throw new TrustError("bundle_statement", "the signed statement is too long");
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload)) as JsonValue;
  } catch (cause) {
    throw new TrustError("bundle_statement", "the signed statement is no JSON", { cause });
  }
}
