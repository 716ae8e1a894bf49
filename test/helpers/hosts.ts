/** Outsides for renders in tests, the same each time. */
import type { Host } from "../../src/core/gotemplate/value.js";

/** Its random bytes are zeros, it is always 1970, and it knows no names. */
export const STILL_HOST: Host = {
  randomBytes: (size) => new Uint8Array(size),
  now: () => 0n,
  env: () => undefined,
  lookupHost: () => undefined,
};

/** As `STILL_HOST`, but its random bytes count up, so that what they make differs within one render. */
export function countingHost(environment: Readonly<Record<string, string | undefined>> = {}): Host {
  let next = 0;
  return {
    ...STILL_HOST,
    randomBytes: (size) => Uint8Array.from({ length: size }, () => next++ % 251),
    env: (name) => environment[name],
  };
}
