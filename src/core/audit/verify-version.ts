/** Verifies a version: in the log, by its record, to the last byte, signed as its namespace wants it. */
import { sha256Digest } from "../codec/digest.js";
import { blobSizes, type ParsedRecipe, parseManifest } from "../oci/manifest.js";
import { leafHash } from "../tlog/leaf.js";
import { verifyInclusion } from "../tlog/verify-proof.js";
import { openRecord, type RecordKind, type SignedRecord } from "../trust/record.js";
import { verifyVersionSignatures } from "../trust/version-signatures.js";
import type { Checklist } from "./checklist.js";
import { AuditError } from "./error.js";
import type { Inclusion, VersionEvidence } from "./evidence.js";
import type { VerifiedTrust } from "./verify-trust.js";

/**
 * Checks that the leaf of an envelope is in the log under the checkpoint.
 * @throws {TlogError} what `verifyInclusion` throws
 */
export function checkInclusion(
  { checkpoint: { checkpoint } }: VerifiedTrust,
  kind: RecordKind,
  envelope: string,
  { index, hashes }: Inclusion,
) {
  const leaf = leafHash({ kind, envelope: sha256Digest(envelope) });
  verifyInclusion(leaf, { index, treeSize: checkpoint.size, hashes }, checkpoint.root);
  return { value: undefined, detail: `leaf ${index}` };
}

/** The version where every check passed; undefined otherwise. */
export async function verifyVersion(
  checklist: Checklist,
  trust: VerifiedTrust,
  version: VersionEvidence,
  blobs: ReadonlyMap<string, Uint8Array>,
): Promise<ParsedRecipe | undefined> {
  const name = `${version.recipe}@${version.version}`;
  await checklist.run(`${name}: in the log`, () =>
    checkInclusion(trust, "publish", version.record, version),
  );
  const record = await checklist.run(`${name}: record`, async () => {
    const value = await openRecord(version.record, trust.keySet.release);
    checkRecord(value, version);
    return { value, detail: `published ${value.time} by ${value.actor}` };
  });
  const recipe = await checklist.run(`${name}: files`, () => {
    const value = parseManifest(version.manifest, filesOf(version.manifest, blobs));
    checkNamed(value, version);
    return { value, detail: `${value.digest}, ${value.files.length} files` };
  });
  if (record === undefined || recipe === undefined) return undefined;
  await checklist.run(`${name}: as recorded`, () => checkDigest(record, recipe));
  await checklist.run(`${name}: signatures`, () => {
    const { digest } = recipe;
    const about = { recipe: version.recipe, version: version.version, digest };
    checkRecorded(record, version);
    const keys = verifyVersionSignatures(version.bundles, about, trust.keySet, record.time);
    const names = keys.map(({ fingerprint }) => fingerprint).join(", ");
    return { value: undefined, detail: `by ${names}` };
  });
  return recipe;
}

function checkRecord({ kind, details }: SignedRecord, { recipe, version }: VersionEvidence): void {
  if (kind === "publish" && details.recipe === recipe && details.version === version) return;
  throw new AuditError(
    "audit_record",
    `the record is of ${kind} ${String(details.recipe)}@${String(details.version)}`,
  );
}

/** The manifest's own: it is refused for others beside them. */
function filesOf(
  manifest: Uint8Array,
  blobs: ReadonlyMap<string, Uint8Array>,
): Map<string, Uint8Array> {
  const named = blobSizes(manifest);
  return new Map([...blobs].filter(([digest]) => named.has(digest)));
}

function checkNamed({ metadata }: ParsedRecipe, { recipe, version }: VersionEvidence): void {
  if (metadata.name === recipe && metadata.version === version) return;
  const message = `the manifest is that of ${metadata.name}@${metadata.version}`;
  throw new AuditError("audit_manifest", message);
}

function checkDigest({ details }: SignedRecord, { digest }: ParsedRecipe) {
  if (details.digest === digest) return { value: undefined, detail: digest };
  const message = `the record names ${String(details.digest)}; the manifest is ${digest}`;
  throw new AuditError("audit_manifest", message);
}

/** Signatures that came later, by keys that were stolen since, do not count. */
function checkRecorded({ details }: SignedRecord, { bundles }: VersionEvidence): void {
  const { signatures } = details;
  const recorded = Array.isArray(signatures) ? signatures : [];
  const stray = bundles.map(sha256Digest).find((digest) => !recorded.includes(digest));
  if (stray === undefined) return;
  throw new AuditError("audit_record", `the record names no signature ${stray}`);
}
