/** The outside that examples of recipes are rendered in: the same each time. */
import { createHash } from "node:crypto";
import type { Host } from "../gotemplate/value.js";

/** Unix time in nanoseconds: 2025-01-01T00:00:00Z. */
const EXAMPLE_TIME = 1_735_689_600_000_000_000n;

/**
 * A host whose random bytes are a fixed stream from its beginning, whose clock stands still, and which
 * knows no variables and no names. Only RSA, EC and DSA keys, which the platform makes, differ.
 */
export function exampleHost(): Host {
  let drawn = 0;
  return {
    randomBytes: (size) => {
      if (size === 0) return new Uint8Array();
      const stream = createHash("shake256", { outputLength: size });
      return new Uint8Array(stream.update(`backbar example ${drawn++}`).digest());
    },
    now: () => EXAMPLE_TIME,
    env: () => undefined,
    lookupHost: () => undefined,
  };
}
