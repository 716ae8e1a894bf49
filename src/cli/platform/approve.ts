/** `backbar approve`. */
import { approveRelease } from "../../client/releases.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { countOf } from "../frame/words.js";
import { tellRefusal } from "./refusal.js";

/** @throws {ServerProblem} approval_own, release_not_waiting, release_changed, and conflicts */
export async function approve(
  session: Session,
  environment: string,
  number: number,
  comment: string | undefined,
): Promise<Outcome> {
  const client = await session.client();
  const { needed, given, current, json } = await approveRelease(
    client,
    environment,
    number,
    comment,
  ).catch((error: unknown) => {
    throw tellRefusal(error, environment);
  });
  const by = given.map(({ actor }) => actor).join(", ");
  if (current) return { json, text: `${environment} ${number} is current: approved by ${by}\n` };
  const left = countOf(Math.max(0, needed - given.length), "more approval");
  return { json, text: `${environment} ${number} waits for ${left}: approved by ${by}\n` };
}
