/** Who one is, in lines. */
import type { WhoAmI } from "../../client/tokens.js";

export function describeSelf({ actor, grants, expiresAt }: WhoAmI): string[] {
  return [
    `you are:  ${actor}`,
    `you may:  ${grants.length === 0 ? "nothing" : grants.join(" ")}`,
    ...(expiresAt === undefined ? [] : [`until:    ${expiresAt}`]),
  ];
}
