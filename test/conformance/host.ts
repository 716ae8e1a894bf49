/** The outside as the conformance runner gives it: real randomness and clock, the case's environment. */
import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import type { Host } from "../../src/core/gotemplate/value.js";

export function makeHost(environment: Readonly<Record<string, string>> = {}): Host {
  return {
    randomBytes: (size) => randomBytes(size),
    now: () => BigInt(Date.now()) * 1_000_000n,
    env: (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined),
    lookupHost: (name) => (isIP(name) === 0 ? undefined : name),
  };
}
