/**
 * Keys with the time in which they hold: from when they were listed, until another took over or
 * they were revoked. Keys that no longer hold stay listed, so that what they signed before can
 * still be told from what they signed after. Times are RFC 3339, UTC.
 */
import { TrustError } from "./error.js";
import type { PublicKey } from "./keys.js";

export interface Revocation {
  /** From then on nothing that the key signed is accepted; earlier than the revocation itself where the key was stolen. */
  readonly at: string;
  readonly reason?: string;
}

export interface DatedKey {
  readonly publicKey: PublicKey;
  readonly since: string;
  /** Set where another key took over: what this one signs is accepted until then. */
  readonly until?: string;
  readonly revoked?: Revocation;
}

/**
 * How far clocks may be apart: those of a service's processes, where who listed a key may be ahead of
 * who used it, and those of clients, which may be behind the service's.
 */
export const CLOCK_SKEW_MS = 300_000;

/**
 * Checks that `key` held at `time`.
 * @throws {TrustError} key_revoked, key_expired, key_not_yet
 */
export function checkKeyAt(key: DatedKey, time: string): void {
  const { publicKey, since, until, revoked } = key;
  const at = Date.parse(time);
  const { fingerprint } = publicKey;
  if (revoked !== undefined && at >= Date.parse(revoked.at)) {
    const reason = revoked.reason === undefined ? "" : ` (${revoked.reason})`;
    throw new TrustError(
      "key_revoked",
      `the key ${fingerprint} is revoked since ${revoked.at}${reason}; it was used at ${time}`,
    );
  }
  if (until !== undefined && at >= Date.parse(until)) {
    throw new TrustError(
      "key_expired",
      `the key ${fingerprint} was replaced and held until ${until}; it was used at ${time}`,
    );
  }
  if (at + CLOCK_SKEW_MS < Date.parse(since)) {
    throw new TrustError(
      "key_not_yet",
      `the key ${fingerprint} holds since ${since}; it was used at ${time}`,
    );
  }
}

/** Whether `key` held at `time`. */
export function holdsAt(key: DatedKey, time: string): boolean {
  try {
    checkKeyAt(key, time);
    return true;
  } catch (error) {
    if (error instanceof TrustError) return false;
    throw error;
  }
}
