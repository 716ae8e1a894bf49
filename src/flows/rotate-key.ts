/**
 * The registry's own keys are replaced and revoked: by its operator, not over HTTP, since whoever
 * does it has the keys at hand. Each act is a leaf, signed by the release key that was in use.
 */
import { formatPublicKey } from "../core/trust/keys.js";
import { type SignedRootStep, signRootStep } from "../core/trust/root-chain.js";
import type { Signer } from "../core/trust/signer.js";
import type { Tx } from "../store/db.js";
import { voidPointers } from "../store/environments.js";
import { lockLogHead } from "../store/log.js";
import { writeSetting } from "../store/settings.js";
import {
  listSigningKeys,
  type SigningKeyRow,
  type SigningPurpose,
  writeSigningKey,
} from "../store/signing-keys.js";
import { OPERATOR } from "./caller.js";
import { FlowError } from "./error.js";
import { keyInUse, ROOT_CHAIN, readRootChain, renewKeySet } from "./identity.js";
import { appendRecord, changeRegistry } from "./log.js";
import type { Registry } from "./registry.js";

const HOUR_MS = 3_600_000;
const MIN_OVERLAP_HOURS = 48;

/** When a key that is replaced now is no longer accepted, unless another time is said. */
export function defaultUntil(registry: Registry): Date {
  const hours = Math.max(MIN_OVERLAP_HOURS, 2 * registry.pointerTtlHours);
  return new Date(registry.now().getTime() + hours * HOUR_MS);
}

/**
 * Puts `next` in the place of the release or checkpoint key. What the old one signs is accepted
 * until `until`, so that cached clients and processes not yet restarted go on.
 * @throws {FlowError} signing_key_used, signing_key_date
 * @throws {BackbarError} signer_unavailable
 */
export async function rotateKey(
  registry: Registry,
  purpose: "release" | "checkpoint",
  next: Signer,
  until: Date = defaultUntil(registry),
): Promise<void> {
  await changeRegistry(registry, async (tx) => {
    await lockLogHead(tx);
    const now = registry.now();
    const current = await checkNext(tx, purpose, next);
    const earliest = new Date(now.getTime() + registry.pointerTtlHours * HOUR_MS);
    if (!(until >= earliest)) {
      throw new FlowError(
        "signing_key_date",
        `the old ${purpose} key has to be accepted until ${earliest.toISOString()} at least: pointers that it signed last as long`,
        { hint: "a key that was stolen is revoked, once another is in use" },
      );
    }
    await replace(registry, tx, { current, next, until });
    await renewKeySet(registry, tx);
  });
}

/**
 * Puts `next` in the place of the root key; clients that pinned the old one follow a statement that
 * both signed.
 * @throws {FlowError} signing_key_used
 * @throws {BackbarError} signer_unavailable
 */
export async function rotateRoot(registry: Registry, next: Signer): Promise<void> {
  await changeRegistry(registry, async (tx) => {
    await lockLogHead(tx);
    const now = registry.now();
    const current = await checkNext(tx, "root", next);
    const chain = await readRootChain(tx);
    const step: SignedRootStep = await signRootStep(
      { number: chain.length + 1, time: now.toISOString() },
      registry.keys.root,
      next,
    );
    await writeSetting(tx, ROOT_CHAIN, JSON.stringify([...chain, step]));
    await replace(registry, tx, { current, next, until: now });
    await renewKeySet({ ...registry, keys: { ...registry.keys, root: next } }, tx);
  });
}

/**
 * Revokes a release or checkpoint key that another one took over from, from a time on, which may
 * lie in the past: what it signed since then is no longer accepted. Revoked already, it takes an
 * earlier time.
 * @throws {FlowError} signing_key_unknown, signing_key_in_use, signing_key_date
 */
export async function revokeKey(
  registry: Registry,
  revocation: {
    readonly purpose: "release" | "checkpoint";
    readonly fingerprint: string;
    readonly reason: string;
    readonly at?: Date | undefined;
  },
): Promise<void> {
  const { purpose, fingerprint, reason } = revocation;
  await changeRegistry(registry, async (tx) => {
    await lockLogHead(tx);
    const row = await findRevocable(tx, purpose, fingerprint);
    const latest = row.revokedAt ?? registry.now();
    const at = revocation.at ?? latest;
    if (!(at <= latest)) {
      throw new FlowError(
        "signing_key_date",
        `the key is revoked from ${latest.toISOString()} on at the latest`,
        { hint: "leave the time out to revoke it from now on" },
      );
    }
    const revokedAt = at < row.since ? row.since : at;
    const details = { act: "revoke", purpose, fingerprint, at: revokedAt.toISOString(), reason };
    await appendRecord(registry, tx, { kind: "key", actor: OPERATOR, details });
    await writeSigningKey(tx, { ...row, revokedAt, revokedReason: reason });
    if (purpose === "release") await voidPointers(tx, registry.now());
    await renewKeySet(registry, tx);
  });
}

/** The key in use. @throws {FlowError} signing_key_used where `next` was ever a key here */
async function checkNext(tx: Tx, purpose: SigningPurpose, next: Signer): Promise<SigningKeyRow> {
  const rows = await listSigningKeys(tx);
  const { fingerprint } = next.publicKey;
  const used = rows.find((row) => row.fingerprint === fingerprint);
  if (used !== undefined) {
    throw new FlowError("signing_key_used", `${fingerprint} is or was a ${used.purpose} key here`, {
      hint: "a key has one purpose and never comes back: make a new one",
    });
  }
  const current = keyInUse(rows.filter((row) => row.purpose === purpose));
  if (current !== undefined) return current;
  throw new FlowError("registry_keys", `no ${purpose} key is in use`);
}

async function replace(
  registry: Registry,
  tx: Tx,
  change: { readonly current: SigningKeyRow; readonly next: Signer; readonly until: Date },
): Promise<void> {
  const { current, next, until } = change;
  const { purpose } = current;
  const { fingerprint } = next.publicKey;
  const since = registry.now();
  const details = {
    ...{ act: "rotate", purpose, from: current.fingerprint, to: fingerprint },
    until: until.toISOString(),
  };
  const logIndex = await appendRecord(registry, tx, { kind: "key", actor: OPERATOR, details });
  await writeSigningKey(tx, { ...current, until });
  await writeSigningKey(tx, {
    ...{ purpose, fingerprint, publicKey: formatPublicKey(next.publicKey), since, logIndex },
    ...{ until: null, revokedAt: null, revokedReason: null },
  });
}

/** @throws {FlowError} signing_key_unknown, signing_key_in_use */
async function findRevocable(
  tx: Tx,
  purpose: SigningPurpose,
  fingerprint: string,
): Promise<SigningKeyRow> {
  const rows = (await listSigningKeys(tx)).filter((row) => row.purpose === purpose);
  const row = rows.find((one) => one.fingerprint === fingerprint);
  if (row === undefined) {
    throw new FlowError("signing_key_unknown", `${fingerprint} never was a ${purpose} key here`, {
      hint: "backbar-server keys list shows them",
    });
  }
  if (row !== keyInUse(rows)) return row;
  throw new FlowError("signing_key_in_use", `the ${purpose} key ${fingerprint} is in use`, {
    hint: `put another in its place first: backbar-server keys rotate ${purpose}`,
  });
}
