/**
 * Whether this process may still sign with the keys that it holds. Another process, or the operator,
 * may have replaced one: within the overlap both sign, then this one has to be restarted.
 */
import type { DatedKey } from "../core/trust/dated-key.js";
import { type PublicKey, parsePublicKey } from "../core/trust/keys.js";
import { listSigningKeys, type SigningPurpose } from "../store/signing-keys.js";
import { untilChanged } from "./freshness.js";
import { datedKey, keyReplaced } from "./identity.js";
import type { Registry } from "./registry.js";

const HOUR_MS = 3_600_000;

const listed = untilChanged((registry: Registry, _key: string) => listSigningKeys(registry.db));

/** The registry's keys for one purpose, past and present, with their dates. */
export async function signingKeys(
  registry: Registry,
  purpose: SigningPurpose,
): Promise<readonly DatedKey[]> {
  const rows = await listed(registry, "");
  return rows.filter((row) => row.purpose === purpose).map(datedKey);
}

/** The keys whose signatures are accepted now. */
export async function acceptedKeys(registry: Registry): Promise<readonly PublicKey[]> {
  const now = registry.now();
  return (await listed(registry, ""))
    .filter(({ purpose }) => purpose !== "root")
    .filter(({ until, revokedAt }) => revokedAt === null && (until === null || until > now))
    .map(({ publicKey }) => parsePublicKey(publicKey));
}

/**
 * Call it before the transaction in which something is signed. A key that was replaced signs until
 * what it signs last, a pointer, would outlive its acceptance.
 * @throws {FlowError} signing_key_replaced
 */
export async function checkOwnKeys(registry: Registry): Promise<void> {
  const rows = await listed(registry, "");
  const now = registry.now().getTime();
  for (const purpose of ["release", "checkpoint"] as const) {
    const { fingerprint } = registry.keys[purpose].publicKey;
    const own = rows.find((row) => row.purpose === purpose && row.fingerprint === fingerprint);
    const last = (own?.until?.getTime() ?? Infinity) - registry.pointerTtlHours * HOUR_MS;
    if (own?.revokedAt === null && now < last) continue;
    throw keyReplaced(purpose, fingerprint);
  }
}
