/** What every flow works on: the store, the service's keys, and the outside that core may not touch. */
import type { PrivateKey, PublicKey } from "../core/trust/keys.js";
import type { StateKey } from "../core/trust/sealed-state.js";
import type { Db } from "../store/db.js";
import type { Condition } from "./condition.js";
import type { Freshness } from "./freshness.js";
import type { Renderer } from "./renderer/job.js";

export interface ServerKeys {
  /** Private, ES256: signs the set of the service's public keys. */
  readonly root: PrivateKey;
  /** Private, ES256: signs releases, pointers and statements of the service. */
  readonly release: PrivateKey;
  readonly checkpoint: PublicKey;
  /** Encrypts stored state. */
  readonly state: StateKey;
  /** True for keys that the service made itself: they prove integrity, not origin. */
  readonly local: boolean;
}

export interface Registry {
  readonly db: Db;
  readonly freshness: Freshness;
  readonly condition: Condition;
  readonly keys: ServerKeys;
  readonly renderer: Renderer;
  readonly now: () => Date;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly pointerTtlHours: number;
}
