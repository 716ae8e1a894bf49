/** A cache of the values that were used last. */
export class RecentlyUsed<T> {
  readonly #max: number;
  readonly #values = new Map<string, T>();

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): T | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) this.#touch(key, value);
    return value;
  }

  /** Takes in `value`; what was not used for longest goes when there are too many. */
  set(key: string, value: T): void {
    this.#touch(key, value);
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.#max) break;
      this.#values.delete(oldest);
    }
  }

  #touch(key: string, value: T): void {
    this.#values.delete(key);
    this.#values.set(key, value);
  }
}
