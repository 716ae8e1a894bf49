/** Seeded choices: the same seed makes the same cases, on every machine. */
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

export class Random {
  private readonly generator;

  constructor(seed: number) {
    this.generator = xoroshiro128plus(seed);
  }

  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number {
    return uniformInt(this.generator, from, to);
  }

  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean {
    return this.int(1, 100) <= percent;
  }

  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    return items[this.int(0, items.length - 1)] as T;
  }

  /** One of the makers, by its weight, called. */
  weighted<T>(makers: readonly (readonly [number, () => T])[]): T {
    let left = this.int(
      1,
      makers.reduce((sum, [weight]) => sum + weight, 0),
    );
    for (const [weight, make] of makers) {
      left -= weight;
      if (left <= 0) return make();
    }
    throw new Error("no maker");
  }

  /** `from` to `to` items, each made anew. */
  times<T>(from: number, to: number, make: () => T): T[] {
    return Array.from({ length: this.int(from, to) }, make);
  }
}
