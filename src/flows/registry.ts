/** What every flow works on: the store, the service's keys, and the outside that core may not touch. */
import type { StateKey } from "../core/trust/sealed-state.js";
import type { Signer } from "../core/trust/signer.js";
import type { Db } from "../store/db.js";
import type { Checkpoints } from "./checkpoints.js";
import type { Condition } from "./condition.js";
import type { Freshness } from "./freshness.js";
import type { Renderer } from "./renderer/job.js";
import type { OwnWitness } from "./witness.js";
import type { KnownWitness } from "./witnesses.js";

export interface ServerKeys {
  /** ES256: signs the set of the service's public keys. */
  readonly root: Signer;
  /** ES256: signs releases, pointers and statements of the service. */
  readonly release: Signer;
  /** Ed25519: signs the log's checkpoints. */
  readonly checkpoint: Signer;
  /** Encrypts stored state. */
  readonly state: StateKey;
  /** True for keys that the service made itself: they prove integrity, not origin. */
  readonly local: boolean;
}

export interface Registry {
  readonly db: Db;
  readonly freshness: Freshness;
  readonly condition: Condition;
  readonly checkpoints: Checkpoints;
  /** Of this registry's log. */
  readonly witnesses: readonly KnownWitness[];
  /** What this service is for logs of others; undefined where it witnesses none. */
  readonly witness: OwnWitness | undefined;
  readonly keys: ServerKeys;
  readonly renderer: Renderer;
  readonly now: () => Date;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly pointerTtlHours: number;
}
