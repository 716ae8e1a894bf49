interface Entry<T> {
  readonly key: string;
  readonly value: T;
  readonly size: number;
}

/** A cache of the values that were used last. */
export class RecentlyUsed<T> {
  readonly #capacity: number;
  readonly #entries = new Map<string, Entry<T>>();
  #size = 0;

  /** `capacity` is what the sizes of all values add up to at most, in any unit. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    // Under the key that is kept already: a long one must not be held anew each time.
    this.#entries.delete(entry.key);
    this.#entries.set(entry.key, entry);
    return entry.value;
  }

  /** Takes in `value`; what was not used for longest goes where it needs the room. */
  set(key: string, value: T, size: number): void {
    this.delete(key);
    if (size > this.#capacity) return;
    this.#entries.set(key, { key, value, size });
    this.#size += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#capacity) break;
      this.delete(oldest);
    }
  }

  delete(key: string): boolean {
    this.#size -= this.#entries.get(key)?.size ?? 0;
    return this.#entries.delete(key);
  }
}

/**
 * The value of `key`, made by `make` where `cache` has none. Who asks while it is made waits for the
 * same one; a failure is not kept.
 */
export function remember<T>(
  cache: Pick<Map<string, Promise<T>>, "get" | "delete"> & {
    set(key: string, value: Promise<T>, size: number): unknown;
  },
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made, 1);
  made.catch(() => cache.delete(key));
  return made;
}
