/**
 * The signed envelopes behind the log's leaves. A leaf tells only the digest of its envelope: who may
 * not see what an envelope is about does not see the envelope.
 */
import { openRecord, type RecordKind, type SignedRecord } from "../core/trust/record.js";
import { openRelease } from "../core/trust/release-signature.js";
import { BackbarError } from "../errors.js";
import { findBlob } from "../store/blobs.js";
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
  const content = await findBlob(registry.db, digest);
  if (content !== undefined && (await isShown(registry, caller, content))) return content;
  throw new FlowError("log_envelope_unknown", `no leaf of the log has the envelope ${digest}`);
}

async function isShown(registry: Registry, caller: Caller, content: Uint8Array): Promise<boolean> {
  const jws = Buffer.from(content).toString("latin1");
  // Whatever a key's dates are: what is in the log is shown, and readers judge it.
  const keys = (await signingKeys(registry, "release")).map(({ publicKey }) => publicKey);
  if ((await opened(openRelease(jws, keys))) !== undefined) return true;
  const record = await opened(openRecord(jws, keys));
  return record !== undefined && mayRead(registry, caller, record);
}

/** Other bytes may be asked for by digest too: what does not open is no envelope. */
function opened<T>(opening: Promise<T>): Promise<T | undefined> {
  return opening.catch((error: unknown) => {
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
