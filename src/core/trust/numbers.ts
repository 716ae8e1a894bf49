/**
 * Numbers that only grow: of key sets and releases. Readers remember the highest that they saw and
 * refuse lower ones, so a number out of all reason would shut out every true one after it
 * (fast-forward, as the TUF specification calls it): numbers are capped, and so are jumps.
 */
import { TrustError } from "./error.js";

/** No registry comes near it in its time. */
export const MAX_NUMBER = 1_000_000_000;

/** How far a number may be above the one seen before; nobody stays away for so many changes. */
const MAX_JUMP = 1_000_000;

/**
 * Refuses a number that is too far above `seen`; 0 where none was seen.
 * @throws {TrustError} number_jump
 */
export function checkJump(what: string, number: number, seen: number): void {
  if (number - seen <= MAX_JUMP) return;
  throw new TrustError(
    "number_jump",
    `${what} has number ${number}, after ${seen}: more than ${MAX_JUMP} at once`,
    { hint: "somebody else may sign with the registry's key: ask its operator" },
  );
}
