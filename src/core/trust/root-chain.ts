/**
 * How clients that pinned a root key come to trust its successor: a statement that one key follows
 * the other, signed by both. A registry shows the statements of all its roots, oldest first. A lost
 * or stolen root has no successor that it could vouch for: clients pin anew.
 */
import type { JsonValue } from "../codec/canonical-json.js";
import { membersOf } from "../codec/members.js";
import { refuseTime } from "../recipe/release-document.js";
import { StrictObject } from "../recipe/strict-json.js";
import { TrustError } from "./error.js";
import { formatPublicKey, type PublicKey, parsePublicKey } from "./keys.js";
import { MAX_NUMBER } from "./numbers.js";
import { openSigned, readSigned, sign, unverifiedPayload } from "./signed-json.js";
import type { Signer } from "./signer.js";

interface RootStep {
  /** Of the first rotation, 1. */
  readonly number: number;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly from: PublicKey;
  readonly to: PublicKey;
}

/** The same statement as two compact JWS. */
export interface SignedRootStep {
  readonly byOld: string;
  readonly byNew: string;
}

const ROOT_STEP_TYPE = "vnd.backbar.root-rotation.v1+json";
const MAX_STEPS = 100;

/** @throws {BackbarError} signer_unavailable */
export async function signRootStep(
  { number, time }: Pick<RootStep, "number" | "time">,
  from: Signer,
  to: Signer,
): Promise<SignedRootStep> {
  const statement = {
    ...{ number, time },
    from: formatPublicKey(from.publicKey),
    to: formatPublicKey(to.publicKey),
  };
  const byOld = await sign(statement, ROOT_STEP_TYPE, from);
  return { byOld, byNew: await sign(statement, ROOT_STEP_TYPE, to) };
}

/**
 * Follows `chain`, which is untrusted, from the pinned root to the one that the registry shows.
 * @throws {TrustError} root_chain where it does not lead there; signed_*, key_form
 */
export async function followRoots(chain: unknown, pinned: string, shown: PublicKey): Promise<void> {
  const signed = Array.isArray(chain) ? chain.slice(0, MAX_STEPS) : [];
  let current = pinned;
  for (const one of signed) {
    if (current === shown.fingerprint) break;
    const { byOld, byNew } = Object.fromEntries(membersOf(one));
    if (typeof byOld !== "string" || typeof byNew !== "string") continue;
    const step = await openStep(byOld, byNew, current);
    if (step === undefined) continue;
    current = step.to.fingerprint;
  }
  if (current === shown.fingerprint) return;
  throw new TrustError(
    "root_chain",
    `no signed step leads from the root ${pinned} to the one shown`,
  );
}

/** Undefined for a step that starts from another key. */
async function openStep(
  byOld: string,
  byNew: string,
  pinned: string,
): Promise<RootStep | undefined> {
  // Tells only which key to verify with; the key itself is held against the pinned fingerprint.
  const claimed = readStep(unverifiedPayload(byOld) ?? null);
  if (claimed.from.fingerprint !== pinned) return undefined;
  const step = readStep((await openSigned(byOld, ROOT_STEP_TYPE, claimed.from)).payload);
  const confirmed = readStep((await openSigned(byNew, ROOT_STEP_TYPE, step.to)).payload);
  const isSame =
    confirmed.number === step.number &&
    confirmed.from.fingerprint === step.from.fingerprint &&
    confirmed.to.fingerprint === step.to.fingerprint;
  if (isSame) return step;
  throw new TrustError("root_chain", "the old root and the new one signed different statements");
}

function readStep(payload: JsonValue): RootStep {
  return readSigned("root rotation", payload, (value, problems) => {
    const fields = new StrictObject(value, [], problems);
    const number = fields.integer("number", 1, MAX_NUMBER);
    const time = fields.text("time", { refuse: refuseTime });
    const from = fields.text("from", { maxLength: 4096 });
    const to = fields.text("to", { maxLength: 4096 });
    fields.done();
    return { number, time, from: parsePublicKey(from), to: parsePublicKey(to) };
  });
}
