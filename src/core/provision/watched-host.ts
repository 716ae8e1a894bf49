/** What a render took from outside: with other random bytes, or at another time, it may come out otherwise. */
import type { Host } from "../gotemplate/value.js";

export interface Told {
  readonly of: "env" | "lookupHost";
  readonly name: string;
  readonly answer: string | undefined;
}

export class WatchedHost implements Host {
  /** As this one, but what it is asked for at random and of the time is not noted. */
  readonly unwatched: Host;
  readonly #host: Host;
  #asked = false;
  readonly #told: Told[] = [];

  constructor(host: Host) {
    this.#host = host;
    this.unwatched = {
      randomBytes: (size) => host.randomBytes(size),
      now: () => host.now(),
      env: (name) => this.env(name),
      lookupHost: (name) => this.lookupHost(name),
    };
  }

  /** Whether anybody has asked for random bytes or the time. */
  get asked(): boolean {
    return this.#asked;
  }

  /** What variables of the environment and names were asked for, and what the answers were. */
  get told(): readonly Told[] {
    return this.#told;
  }

  /** Whether the answers to the same questions are the same here. */
  wouldTell(told: readonly Told[]): boolean {
    return told.every(({ of, name, answer }) => this[of](name) === answer);
  }

  randomBytes(size: number): Uint8Array {
    this.#asked = true;
    return this.#host.randomBytes(size);
  }

  now(): bigint {
    this.#asked = true;
    return this.#host.now();
  }

  env(name: string): string | undefined {
    const answer = this.#host.env(name);
    this.#told.push({ of: "env", name, answer });
    return answer;
  }

  lookupHost(name: string): string | undefined {
    const answer = this.#host.lookupHost(name);
    this.#told.push({ of: "lookupHost", name, answer });
    return answer;
  }
}
