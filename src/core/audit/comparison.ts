/** A registry's word and its log, side by side. */
import type { KeySet } from "../trust/key-set.js";
import type { PublicKey } from "../trust/keys.js";
import type { Replay } from "./replay.js";
import type { Told } from "./told.js";

export interface Comparison extends Replay {
  readonly told: Told;
  /** Number of leaves of the log that was replayed. */
  readonly size: number;
  readonly keySet: KeySet;
  readonly root: PublicKey;
}

/** Whether both name one time (RFC 3339), or none. */
export function isSameTime(one: string | undefined, other: string | undefined): boolean {
  return one === other || Date.parse(one ?? "") === Date.parse(other ?? "");
}

/** Whether the log may say more of a thing than was shown: then its absence proves nothing. */
export function mayBeHidden({ hidden, told }: Pick<Comparison, "hidden" | "told">): boolean {
  return hidden.length > 0 && !told.auditor;
}
