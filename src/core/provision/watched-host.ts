/** Whether a render could come out otherwise another time: only the host's random bytes and clock differ then. */
import type { Host } from "../gotemplate/value.js";

export class WatchedHost implements Host {
  /** The host that does the work, for what is not to be noted. */
  readonly unwatched: Host;
  #asked = false;

  constructor(host: Host) {
    this.unwatched = host;
  }

  /** Whether anybody has asked for random bytes or the time. */
  get asked(): boolean {
    return this.#asked;
  }

  randomBytes(size: number): Uint8Array {
    this.#asked = true;
    return this.unwatched.randomBytes(size);
  }

  now(): bigint {
    this.#asked = true;
    return this.unwatched.now();
  }

  env(name: string): string | undefined {
    return this.unwatched.env(name);
  }

  lookupHost(name: string): string | undefined {
    return this.unwatched.lookupHost(name);
  }
}
