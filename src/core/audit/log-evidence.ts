/**
 * A whole log as one JSON document: its leaves, what lies behind them, and what the registry's API
 * said beside it. With it a log is audited without the registry, as often as anybody likes.
 */
import { canonicalJson, type JsonValue } from "../codec/canonical-json.js";
import { sha256Digest } from "../codec/digest.js";
import { membersOf } from "../codec/members.js";
import { decodeUtf8 } from "../codec/utf8.js";
import { refuseDigest } from "../recipe/names.js";
import type { StrictObject } from "../recipe/strict-json.js";
import type { Leaf } from "../tlog/leaf.js";
import { RECORD_KINDS } from "../trust/record.js";
import { AuditError } from "./error.js";
import {
  formatBlobs,
  formatTrust,
  readBlobs,
  readEvidenceDocument,
  readTrust,
  type TrustEvidence,
} from "./evidence.js";
import type { LogContents } from "./replay.js";
import type { Told, ToldBlob } from "./told.js";
import { readTold } from "./told-form.js";
import { MAX_BATCH_BYTES } from "./usage-batch.js";

export interface LogEvidence extends TrustEvidence {
  /** From the first on: all under the checkpoint, or as many as the registry gave. */
  readonly leaves: readonly Leaf[];
  readonly contents: LogContents;
  readonly told: Told;
  /** Bytes of the files that the registry gave, by the digest that was asked for. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const FORM = 1;
const MAX_LEAVES = 5_000_000;

/** The evidence as canonical JSON. */
export function formatLogEvidence(evidence: LogEvidence): string {
  const { leaves, contents, told, files } = evidence;
  const { blobs, ...rest } = told;
  return canonicalJson({
    backbarLog: FORM,
    ...formatTrust(evidence),
    leaves: leaves.map(({ kind, envelope }) => `${kind} ${envelope}`),
    envelopes: Object.fromEntries(contents.envelopes),
    batches: Object.fromEntries(
      [...contents.batches].map(([digest, bytes]) => [digest, decodeUtf8(bytes) ?? ""]),
    ),
    // What was fetched stands beside it, to be hashed again.
    told: JSON.parse(JSON.stringify({ ...rest, blobs: blobs.map(withoutActual) })) as JsonValue,
    blobs: formatBlobs(files),
  });
}

/** @throws {AuditError} audit_evidence_form */
export function parseLogEvidence(text: string): LogEvidence {
  return readEvidenceDocument(text, (fields) => {
    checkIsLog(fields);
    fields.integer("backbarLog", FORM, FORM);
    const leaves = fields.texts("leaves", MAX_LEAVES).map((line) => readLeaf(fields, line));
    const envelopes = readTexts(fields, "envelopes");
    const batches = new Map(
      [...readTexts(fields, "batches")].map(([digest, batch]) => [
        digest,
        new TextEncoder().encode(batch),
      ]),
    );
    const files = readBlobs(fields);
    const told = readTold(fields);
    const blobs = told.blobs.map((blob) => withActual(blob, files));
    return {
      ...readTrust(fields),
      leaves,
      contents: { envelopes, batches },
      told: { ...told, blobs },
      files,
    };
  });
}

function checkIsLog(fields: StrictObject): void {
  if (fields.has("backbarLog") || !fields.has("backbarEvidence")) return;
  throw new AuditError("audit_evidence_form", "this is the evidence of one subject, not a log", {
    hint: "backbar verify --bundle FILE verifies it",
  });
}

function withoutActual({ digest, of }: ToldBlob): ToldBlob {
  return { digest, of };
}

function withActual(blob: ToldBlob, files: ReadonlyMap<string, Uint8Array>): ToldBlob {
  const bytes = files.get(blob.digest);
  return bytes === undefined ? blob : { ...blob, actual: sha256Digest(bytes) };
}

function readLeaf(fields: StrictObject, line: string): Leaf {
  const [name = "", envelope = "", ...more] = line.split(" ");
  const kind = RECORD_KINDS.find((known) => known === name);
  if (kind !== undefined && more.length === 0 && refuseDigest(envelope) === undefined) {
    return { kind, envelope };
  }
  fields.fault(["leaves"], `holds what is no leaf: ${line.slice(0, 80)}`);
  return { kind: "forced", envelope: sha256Digest("") };
}

function readTexts(fields: StrictObject, key: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [digest, value] of membersOf(fields.raw(key))) {
    const fits = typeof value === "string" && value.length <= MAX_BATCH_BYTES;
    if (fits && refuseDigest(digest) === undefined) texts.set(digest, value);
    else fields.fault([key, digest.slice(0, 80)], "must be text under its digest");
  }
  return texts;
}
