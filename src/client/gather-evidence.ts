/**
 * Gathers the evidence for a version, a release or an environment: whatever the registry shows. What
 * it is worth is for `verifyEvidence` to say; here nothing is believed, and little is checked.
 */
import type {
  Evidence,
  ReleaseEvidence,
  Subject,
  TrustEvidence,
  VersionEvidence,
} from "../core/audit/evidence.js";
import { openLogCheckpoint } from "../core/audit/verify-trust.js";
import { membersOf } from "../core/codec/members.js";
import { blobSizes } from "../core/oci/manifest.js";
import type { OpenedCheckpoint } from "../core/tlog/checkpoint.js";
import { proveInclusion } from "../core/tlog/proof.js";
import type { HashReader } from "../core/tlog/subtree.js";
import { openRelease } from "../core/trust/release-signature.js";
import { MAX_SIGNED_LENGTH, unverifiedPayload } from "../core/trust/signed-json.js";
import { readAnswer } from "./answer.js";
import type { RegistryTrust } from "./catalog.js";
import type { BackbarClient } from "./client.js";
import { ClientError } from "./error.js";
import { inTurns } from "./in-turns.js";
import { logReader, readCheckpointNote, readEnvelope, readLeaf } from "./log-content.js";
import { pathOf } from "./transport.js";
import { readTrustDocuments } from "./trust-documents.js";
import { readVersionAnswer, readVersionFile, type VersionName } from "./version-answer.js";

/** Proves leaves of the log under one checkpoint. */
interface LogAsked {
  readonly client: BackbarClient;
  readonly checkpoint: OpenedCheckpoint;
  readonly reader: HashReader;
}

/**
 * The evidence for `subject`, under the newest checkpoint.
 * @throws {ServerProblem} version_unknown, release_unknown, environment_unknown, …
 * @throws {ClientError}; {TlogError}; {TrustError}
 */
export async function gatherEvidence(
  client: BackbarClient,
  subject: Subject,
  trust: RegistryTrust,
): Promise<Evidence> {
  const told = subject.kind === "version" ? undefined : await readReleaseTold(client, subject);
  const versionsTold =
    subject.kind === "version"
      ? [await readVersionTold(client, subject)]
      : await readEntries(client, told?.signed ?? "", trust);
  // After what it has to cover.
  const note = await readCheckpointNote(client);
  const { checkpoint } = openLogCheckpoint(note, trust.keySet);
  const log = { client, checkpoint, reader: logReader(client, checkpoint) };
  const versions = await inTurns(versionsTold, (one) => proveVersion(log, one));
  const release = told === undefined ? undefined : await proveRelease(log, told);
  const documents: TrustEvidence = { ...(await readTrustDocuments(client)), checkpoint: note };
  return {
    ...documents,
    subject,
    ...(told?.pointer === undefined ? {} : { pointer: told.pointer }),
    ...(release === undefined ? {} : { release }),
    versions,
    blobs: new Map(versionsTold.flatMap(({ blobs }) => [...blobs])),
  };
}

interface ReleaseTold {
  readonly signed: string;
  readonly logIndex: number;
  readonly pointer?: string;
}

async function readReleaseTold(
  client: BackbarClient,
  subject: Exclude<Subject, { readonly kind: "version" }>,
): Promise<ReleaseTold> {
  const { environment } = subject;
  const path = (...parts: (string | number)[]) =>
    pathOf("v1", "environments", environment, ...parts);
  if (subject.kind === "release") return readRelease(client, path("releases", subject.number));
  const catalog = membersOf(await client.getJson(path("catalog")));
  const [pointer, signed] = [catalog.get("pointer"), catalog.get("release")];
  if (typeof pointer !== "string" || typeof signed !== "string") {
    throw new ClientError("client_answer", "the server's catalog lacks pointer or release");
  }
  const number = numberOf(pointer);
  const { logIndex } = await readRelease(client, path("releases", number));
  return { signed, logIndex, pointer };
}

async function readRelease(client: BackbarClient, path: string): Promise<ReleaseTold> {
  return readAnswer(await client.send({ path }), (fields) => ({
    signed: fields.text("signed", { maxLength: MAX_SIGNED_LENGTH }),
    logIndex: fields.integer("logIndex", 0),
  }));
}

/** Which release to ask for; the pointer's signature is checked with the evidence. */
function numberOf(pointer: string): number {
  const number = membersOf(unverifiedPayload(pointer)).get("number");
  if (typeof number === "number") return number;
  throw new ClientError("client_answer", "the server's pointer names no release");
}

interface VersionTold extends Pick<VersionEvidence, "recipe" | "version" | "manifest" | "bundles"> {
  readonly logIndex: number;
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

async function readEntries(
  client: BackbarClient,
  signed: string,
  { keySet }: RegistryTrust,
): Promise<VersionTold[]> {
  const { entries } = await openRelease(signed, keySet.release);
  const named = new Map(entries.map((entry) => [entry.digest, entry]));
  return inTurns([...named.values()], (entry) => readVersionTold(client, entry));
}

async function readVersionTold(
  client: BackbarClient,
  { recipe, version }: VersionName,
): Promise<VersionTold> {
  const name = { recipe, version };
  const { manifest, config, paths, bundles, logIndex } = await readVersionAnswer(client, name);
  const blobs = new Map<string, Uint8Array>();
  await inTurns([...blobSizes(manifest)], async ([digest, sizeBytes]) => {
    const file = paths.get(digest);
    const content =
      file === undefined ? config : await readVersionFile(client, name, file, sizeBytes);
    blobs.set(digest, content);
  });
  return { ...name, manifest, bundles, logIndex, blobs };
}

async function proveVersion(
  log: LogAsked,
  { logIndex, blobs: _blobs, ...version }: VersionTold,
): Promise<VersionEvidence> {
  const { client, checkpoint } = log;
  const { envelope } = await readLeaf(client, logIndex, checkpoint.checkpoint.size);
  const record = await readEnvelope(client, envelope);
  if (record === undefined) {
    throw new ClientError(
      "client_answer",
      `the server does not show the record of ${version.recipe}@${version.version} (leaf ${logIndex})`,
    );
  }
  return { ...version, record, ...(await prove(log, logIndex)) };
}

async function proveRelease(
  log: LogAsked,
  { signed, logIndex }: ReleaseTold,
): Promise<ReleaseEvidence> {
  return { signed, ...(await prove(log, logIndex)) };
}

async function prove({ checkpoint, reader }: LogAsked, index: number) {
  const hashes = await proveInclusion(index, checkpoint.checkpoint.size, reader);
  return { index, hashes };
}
