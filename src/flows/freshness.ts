/**
 * How long what was read of the store holds. Everything that changes what the registry serves
 * appends to the log in the same transaction, so the log's head is the version of all of it: while
 * the head stands, so does what was read. docs/decisions/0005-freshness.md.
 */
import type { OpenStore } from "../store/db.js";
import { remember } from "./recently-used.js";
import type { Registry } from "./registry.js";

/** A time in which nothing changed, as far as this process knows. */
export type Epoch = object;

/** Other processes' changes show within a second: what is not confirmed for this long is not used. */
const MAX_UNCONFIRMED_MS = 750;

/** Knows whether the log's head still is what it was. `close` it before the store. */
export class Freshness {
  #epoch: Epoch = {};
  #head: string | undefined;
  /** When the head was last asked for and stood (`performance.now()`). */
  #confirmedAtMs: number;
  readonly #close: () => Promise<void>;

  /** `store` of one process alone needs no watching: that process tells of its own changes. */
  constructor(store: Pick<OpenStore, "watchLog">) {
    this.#confirmedAtMs =
      store.watchLog === undefined ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    const watch = store.watchLog?.((head, askedAtMs) => this.#confirm(head, askedAtMs));
    this.#close = async () => watch?.close();
  }

  /** The time that now is in; undefined where it is not known whether something has changed. */
  epoch(): Epoch | undefined {
    return performance.now() - this.#confirmedAtMs < MAX_UNCONFIRMED_MS ? this.#epoch : undefined;
  }

  /** Says that something may have changed: what was read, or is being read, is not used again. */
  drop(): void {
    this.#epoch = {};
  }

  close(): Promise<void> {
    return this.#close();
  }

  #confirm(head: string, askedAtMs: number): void {
    if (head !== this.#head) this.drop();
    this.#head = head;
    this.#confirmedAtMs = askedAtMs;
  }
}

const MAX_REMEMBERED = 20_000;

/**
 * `ask`, with its answers remembered by `key` until something changes. Who asks for a key while it
 * is being asked for waits for the same answer; a failure is not remembered. What `ask` reads must
 * change with a leaf of the log only.
 */
export function untilChanged<T>(
  ask: (registry: Registry, key: string) => Promise<T>,
): (registry: Registry, key: string) => Promise<T> {
  const remembered = new WeakMap<Epoch, Map<string, Promise<T>>>();
  return (registry, key) => {
    const epoch = registry.freshness.epoch();
    if (epoch === undefined) return ask(registry, key);
    const known = remembered.get(epoch) ?? new Map<string, Promise<T>>();
    if (known.size === 0) remembered.set(epoch, known);
    if (known.size >= MAX_REMEMBERED) known.clear();
    return remember(known, key, () => ask(registry, key));
  };
}
