/**
 * Evidence: one JSON document with all that it takes to verify a version, a release or an environment
 * without the registry. Nothing in it is trusted but by the root key that the reader pinned.
 * docs/decisions/0012-evidence.md.
 */
import { canonicalJson, type JsonValue } from "../codec/canonical-json.js";
import { membersOf } from "../codec/members.js";
import { MAX_BUNDLES } from "../oci/submission.js";
import { MAX_ENTRIES } from "../recipe/environment.js";
import { checkEnvironmentName, parseRecipeName, refuseDigest } from "../recipe/names.js";
import { type JsonProblem, optional, refuseWhere, StrictObject } from "../recipe/strict-json.js";
import { checkVersion } from "../recipe/version.js";
import { decodeBase64, decodeHash, encodeBase64 } from "../tlog/base64.js";
import { MAX_PROOF_HASHES } from "../tlog/proof-lines.js";
import type { SignedRootStep } from "../trust/root-chain.js";
import { MAX_SIGNED_LENGTH } from "../trust/signed-json.js";
import { AuditError } from "./error.js";

export type Subject =
  | { readonly kind: "version"; readonly recipe: string; readonly version: string }
  /** One release, current or not. */
  | { readonly kind: "release"; readonly environment: string; readonly number: number }
  /** The release that a pointer says is current. */
  | { readonly kind: "environment"; readonly environment: string };

/** Whom the registry's root vouches for. */
export interface TrustEvidence {
  /** SPKI PEM. */
  readonly root: string;
  /** Statements by which each root named the next, oldest first. */
  readonly rootChain: readonly SignedRootStep[];
  /** Compact JWS by the root. */
  readonly keySet: string;
  /** Signed note. */
  readonly checkpoint: string;
}

/** A leaf under the checkpoint. */
export interface Inclusion {
  readonly index: number;
  /** The leaf's sibling first, 32 bytes each. */
  readonly hashes: readonly Uint8Array[];
}

export interface VersionEvidence extends Inclusion {
  readonly recipe: string;
  readonly version: string;
  /** The record of its publishing: compact JWS, the leaf's envelope. */
  readonly record: string;
  readonly manifest: Uint8Array;
  /** Sigstore bundles. */
  readonly bundles: readonly Uint8Array[];
}

export interface ReleaseEvidence extends Inclusion {
  /** The release: compact JWS, the leaf's envelope. */
  readonly signed: string;
}

export interface Evidence extends TrustEvidence {
  readonly subject: Subject;
  /** Compact JWS; of an environment. */
  readonly pointer?: string;
  /** Of a release or an environment. */
  readonly release?: ReleaseEvidence;
  /** The version, or all that the release names. */
  readonly versions: readonly VersionEvidence[];
  /** Configs and files of the versions, by digest. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

/** Of a document of evidence. */
export const MAX_EVIDENCE_BYTES = 256 * 1024 * 1024;
const MAX_ROOTS = 100;
const FORM = 1;

/** The evidence as canonical JSON. */
export function formatEvidence(evidence: Evidence): string {
  const { subject, pointer, release, versions, blobs } = evidence;
  return canonicalJson({
    backbarEvidence: FORM,
    ...formatTrust(evidence),
    subject: { ...subject },
    ...optional("pointer", pointer),
    ...(release === undefined
      ? {}
      : { release: { signed: release.signed, ...formatInclusion(release) } }),
    versions: versions.map((one) => ({
      ...{ recipe: one.recipe, version: one.version, record: one.record },
      manifest: encodeBase64(one.manifest),
      bundles: one.bundles.map(encodeBase64),
      ...formatInclusion(one),
    })),
    blobs: formatBlobs(blobs),
  });
}

/** @throws {AuditError} audit_evidence_form */
export function parseEvidence(text: string): Evidence {
  return readEvidenceDocument(text, (fields) => {
    checkIsNoLog(fields);
    fields.integer("backbarEvidence", FORM, FORM);
    const subject = readSubject(fields);
    const pointer = fields.optionalText("pointer", { maxLength: MAX_SIGNED_LENGTH });
    const release = fields.object("release");
    const evidence = {
      ...readTrust(fields),
      subject,
      ...optional("pointer", pointer),
      ...optional("release", release && readRelease(release)),
      versions: fields.objects("versions", MAX_ENTRIES).map(readVersion),
      blobs: readBlobs(fields),
    };
    if (!fields.has("versions")) fields.fault(["versions"], "is missing");
    return evidence;
  });
}

function checkIsNoLog(fields: StrictObject): void {
  if (fields.has("backbarEvidence") || !fields.has("backbarLog")) return;
  throw new AuditError(
    "audit_evidence_form",
    "this is a whole log, not the evidence of a subject",
    {
      hint: "backbar log audit --bundle FILE audits it",
    },
  );
}

/** What a document of evidence is made of beside its own members. */
export function formatTrust({ root, rootChain, keySet, checkpoint }: TrustEvidence) {
  return { root, rootChain: rootChain.map((step) => ({ ...step })), keySet, checkpoint };
}

/** What `formatTrust` wrote. */
export function readTrust(fields: StrictObject): TrustEvidence {
  return {
    root: fields.text("root", { maxLength: 4096 }),
    rootChain: fields.objects("rootChain", MAX_ROOTS).map(readStep),
    keySet: fields.text("keySet", { maxLength: 64 * 1024 * 1024 }),
    checkpoint: fields.text("checkpoint", { maxLength: MAX_SIGNED_LENGTH }),
  };
}

function readStep(fields: StrictObject): SignedRootStep {
  const step = {
    byOld: fields.text("byOld", { maxLength: MAX_SIGNED_LENGTH }),
    byNew: fields.text("byNew", { maxLength: MAX_SIGNED_LENGTH }),
  };
  fields.done();
  return step;
}

/** Base64 by digest. */
export function formatBlobs(blobs: ReadonlyMap<string, Uint8Array>): JsonValue {
  return Object.fromEntries([...blobs].map(([digest, bytes]) => [digest, encodeBase64(bytes)]));
}

/** The member `blobs`, as `formatBlobs` wrote it; whether digests are true is not asked. */
export function readBlobs(fields: StrictObject): Map<string, Uint8Array> {
  const value = fields.raw("blobs");
  const blobs = new Map<string, Uint8Array>();
  for (const [digest, encoded] of membersOf(value)) {
    const bytes = typeof encoded === "string" ? decodeBase64(encoded) : undefined;
    if (bytes === undefined || refuseDigest(digest) !== undefined) {
      fields.fault(["blobs", digest], "must be base64 under its digest");
    } else blobs.set(digest, bytes);
  }
  return blobs;
}

/**
 * Reads a document of evidence with `read`, which reports what is wrong.
 * @throws {AuditError} audit_evidence_form
 */
export function readEvidenceDocument<T>(text: string, read: (fields: StrictObject) => T): T {
  if (text.length > MAX_EVIDENCE_BYTES) throw noEvidence(`is longer than ${MAX_EVIDENCE_BYTES}`);
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw new AuditError("audit_evidence_form", "this is no evidence: it is no JSON", { cause });
  }
  const problems: JsonProblem[] = [];
  const fields = new StrictObject(value, [], problems);
  const document = read(fields);
  fields.done();
  const [first] = problems;
  if (first === undefined) return document;
  throw noEvidence(`says at ${first.path.join(".")} what ${first.message}`);
}

function readSubject(fields: StrictObject): Subject {
  const subject = fields.object("subject") ?? new StrictObject(null, ["subject"], []);
  const kind = subject.text("kind");
  const environment = { refuse: refuseWhere(checkEnvironmentName) };
  const read: Subject =
    kind === "version"
      ? {
          kind,
          recipe: subject.text("recipe", { refuse: refuseWhere(parseRecipeName) }),
          version: subject.text("version", { refuse: refuseWhere(checkVersion) }),
        }
      : kind === "release"
        ? {
            kind,
            environment: subject.text("environment", environment),
            number: subject.integer("number", 1),
          }
        : { kind: "environment", environment: subject.text("environment", environment) };
  if (read.kind !== kind) fields.fault(["subject", "kind"], "is not known");
  subject.done();
  return read;
}

function readRelease(fields: StrictObject): ReleaseEvidence {
  const read = {
    signed: fields.text("signed", { maxLength: MAX_SIGNED_LENGTH }),
    ...readInclusion(fields),
  };
  fields.done();
  return read;
}

function readVersion(fields: StrictObject): VersionEvidence {
  const read = {
    recipe: fields.text("recipe", { refuse: refuseWhere(parseRecipeName) }),
    version: fields.text("version", { refuse: refuseWhere(checkVersion) }),
    record: fields.text("record", { maxLength: MAX_SIGNED_LENGTH }),
    manifest: readBase64(
      fields,
      "manifest",
      fields.text("manifest", { maxLength: MAX_SIGNED_LENGTH }),
    ),
    bundles: fields
      .texts("bundles", MAX_BUNDLES, { maxLength: MAX_SIGNED_LENGTH })
      .map((text) => readBase64(fields, "bundles", text)),
    ...readInclusion(fields),
  };
  fields.done();
  return read;
}

function formatInclusion({ index, hashes }: Inclusion) {
  return { index, hashes: hashes.map(encodeBase64) };
}

function readInclusion(fields: StrictObject): Inclusion {
  const index = fields.integer("index", 0);
  const hashes = fields.texts("hashes", MAX_PROOF_HASHES).map((text) => {
    const hash = decodeHash(text);
    if (hash === undefined) fields.fault(["hashes"], "must be hashes in base64");
    return hash ?? new Uint8Array();
  });
  if (!fields.has("hashes")) fields.fault(["hashes"], "is missing");
  return { index, hashes };
}

function readBase64(fields: StrictObject, key: string, text: string): Uint8Array {
  const bytes = decodeBase64(text);
  if (bytes === undefined) fields.fault([key], "must be padded base64");
  return bytes ?? new Uint8Array();
}

function noEvidence(why: string): AuditError {
  return new AuditError("audit_evidence_form", `this is no evidence that can be read: it ${why}`);
}
