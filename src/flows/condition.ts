/**
 * Whether this process may write. It may not once its database turns out to be behind, or to
 * contradict, what the log has shown the world: whatever were appended then would be a fork.
 */
import type { Tx } from "../store/db.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";

export class Condition {
  #reason: string | undefined;
  #tell: (reason: string) => void = () => {};

  /** Why nothing is written; undefined while all is well. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** The first reason stays: what follows are its consequences. */
  refuseWrites(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#tell(reason);
  }

  /** Calls `tell` once there is a reason. */
  tellRefusal(tell: (reason: string) => void): void {
    this.#tell = tell;
    if (this.#reason !== undefined) tell(this.#reason);
  }

  /** After a recovery, which says in the log what was lost. */
  allowWrites(): void {
    this.#reason = undefined;
  }

  /** @throws {FlowError} registry_read_only */
  checkWritable(): void {
    if (this.#reason === undefined) return;
    throw new FlowError("registry_read_only", `the registry is read-only: ${this.#reason}`, {
      hint: "its operator restores the newest backup and starts it again, or runs backbar log recover",
    });
  }
}

/**
 * Runs `work`, which changes the store but appends nothing to the log, in a transaction.
 * @throws {FlowError} registry_read_only
 */
export function changeStore<T>(registry: Registry, work: (tx: Tx) => Promise<T>): Promise<T> {
  registry.condition.checkWritable();
  return registry.db.transaction(work);
}
