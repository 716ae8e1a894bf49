/**
 * The signed envelopes behind the log's leaves. A leaf tells only the digest of its envelope: who may
 * not see what an envelope is about does not see the envelope.
 */
import type { PublicKey } from "../core/trust/keys.js";
import { openRecord, type RecordKind, type SignedRecord } from "../core/trust/record.js";
import { openRelease } from "../core/trust/release-signature.js";
import { BackbarError } from "../errors.js";
import { getBlob } from "../store/blobs.js";
import { StoreError } from "../store/error.js";
import { type Caller, may } from "./caller.js";
import { FlowError } from "./error.js";
import { signingKeys } from "./own-keys.js";
import type { Registry } from "./registry.js";
import { sees, seesUses } from "./visible.js";

/** Records for auditors alone: they tell who works on what, and who may what. */
const FOR_AUDITORS = new Set<RecordKind>(["usage", "token"]);

/**
 * The envelope with this digest: a record or a release of this registry, compact JWS.
 * @throws {FlowError} log_envelope_unknown, also where the caller may not see it
 */
export async function readEnvelope(
  registry: Registry,
  caller: Caller,
  digest: string,
): Promise<Uint8Array> {
  const content = await getBlob(registry.db, digest).catch((error: unknown) => {
    const isMissing = error instanceof StoreError && error.code === "store_blob_missing";
    throw isMissing ? unknownEnvelope(digest) : error;
  });
  const jws = Buffer.from(content).toString("latin1");
  const isShown =
    (await isRelease(registry, jws)) || (await isVisibleRecord(registry, caller, jws));
  if (!isShown) throw unknownEnvelope(digest);
  return content;
}

async function isRelease(registry: Registry, jws: string): Promise<boolean> {
  const keys = await everyReleaseKey(registry);
  return (await opened(() => openRelease(jws, keys))) !== undefined;
}

async function isVisibleRecord(registry: Registry, caller: Caller, jws: string): Promise<boolean> {
  const keys = await everyReleaseKey(registry);
  const record = await opened(() => openRecord(jws, keys));
  return record !== undefined && mayRead(registry, caller, record);
}

/** Whatever a key's dates are: what is in the log is shown, and readers judge it. */
async function everyReleaseKey(registry: Registry): Promise<PublicKey[]> {
  return (await signingKeys(registry, "release")).map(({ publicKey }) => publicKey);
}

/** Other bytes may be asked for by digest too: what does not open is no envelope. */
async function opened<T>(open: () => Promise<T>): Promise<T | undefined> {
  return open().catch((error: unknown) => {
    if (error instanceof BackbarError) return undefined;
    throw error;
  });
}

async function mayRead(
  registry: Registry,
  caller: Caller,
  { kind, details }: SignedRecord,
): Promise<boolean> {
  if (may(caller, "auditor")) return true;
  if (FOR_AUDITORS.has(kind)) return false;
  // It names whose use was broken.
  if (kind === "forced") return seesUses(caller, String(details.environment), "");
  for (const about of [details.recipe, details.namespace]) {
    if (typeof about === "string" && !(await sees(registry, caller, about))) return false;
  }
  return true;
}

function unknownEnvelope(digest: string): FlowError {
  return new FlowError("log_envelope_unknown", `no leaf of the log has the envelope ${digest}`);
}
