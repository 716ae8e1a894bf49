/**
 * Records: what the registry did and who asked for it, signed by its release key. Each is the
 * envelope of one leaf of the log. A release is its own record, since it is signed already.
 */
import type { JsonValue } from "../codec/canonical-json.js";
import { refuseTime } from "../recipe/release-document.js";
import { type JsonProblem, StrictObject } from "../recipe/strict-json.js";
import { type AcceptedKeys, checkSignerAt, openSigned, readSigned, sign } from "./signed-json.js";
import type { Signer } from "./signer.js";

export const RECORD_KINDS = [
  "publish",
  "yank",
  "deprecate",
  "namespace",
  "key",
  "environment",
  "rule",
  "release",
  "promotion",
  "approval",
  "forced",
  "usage",
  "recovery",
  "token",
] as const;

/** What kind of act a leaf of the log records. */
export type RecordKind = (typeof RECORD_KINDS)[number];

export interface SignedRecord {
  readonly kind: RecordKind;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** Who asked for it. */
  readonly actor: string;
  /** What it is about, in the words of its kind: recipe, version, digest, reason, and so on. */
  readonly details: { readonly [key: string]: JsonValue };
}

const RECORD_TYPE = "vnd.backbar.record.v1+json";

/** `record` as a compact JWS by the release key. */
export function signRecord(record: SignedRecord, signer: Signer): Promise<string> {
  return sign({ ...record }, RECORD_TYPE, signer);
}

/**
 * The record in `jws`, signed by a key that held at the record's time.
 * @throws {TrustError} signed_form, signed_type, signed_signature, signed_payload, key_revoked,
 *   key_expired, key_not_yet
 */
export async function openRecord(jws: string, keys: AcceptedKeys): Promise<SignedRecord> {
  const opened = await openSigned(jws, RECORD_TYPE, keys);
  const record = readSigned("record", opened.payload, readRecord);
  checkSignerAt(opened, record.time);
  return record;
}

function readRecord(value: JsonValue, problems: JsonProblem[]): SignedRecord {
  const fields = new StrictObject(value, [], problems);
  const name = fields.text("kind");
  const kind = RECORD_KINDS.find((known) => known === name);
  if (kind === undefined) fields.fault(["kind"], "is not known");
  const time = fields.text("time", { refuse: refuseTime });
  const actor = fields.text("actor");
  const details = fields.raw("details");
  fields.done();
  if (typeof details !== "object" || details === null || Array.isArray(details)) {
    fields.fault(["details"], "must be an object");
  }
  return {
    kind: kind ?? "forced",
    time,
    actor,
    details: (details ?? {}) as SignedRecord["details"],
  };
}
