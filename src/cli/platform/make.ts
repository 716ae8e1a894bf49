/** Makes a release: by a cut, a promotion or a rollback. */
import type { BackbarClient } from "../../client/client.js";
import type { ReleaseAnswer } from "../../client/release-answer.js";
import {
  makeRelease,
  previewRelease,
  type ReleaseAsk,
  type ReleaseOrigin,
} from "../../client/releases.js";
import { BackbarError, withDetails } from "../../errors.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { countOf } from "../frame/words.js";
import { sourceOf, tellRefusal } from "./refusal.js";
import { approvalHint, describeRecipes, replaceFlags } from "./release-text.js";

/** @throws {ServerProblem} with every workload, resource and entry that is in the way */
export async function showMade(
  session: Session,
  environment: string,
  origin: ReleaseOrigin,
  ask: ReleaseAsk,
): Promise<Outcome> {
  const client = await session.client();
  const { screen } = session;
  const made = await screen
    .during(`Making a release of ${environment}`, () =>
      makeRelease(client, environment, origin, ask),
    )
    .catch(async (error: unknown) => {
      throw await tellConflicts(client, environment, origin, ask, error);
    });
  for (const warning of made.warnings) screen.warn(warning);
  const { release, status } = made;
  const text = `${describe(environment, made)}${describeRecipes(environment, origin, made).join("")}`;
  const hints = status === "waiting" ? [approvalHint(environment, release)] : [];
  return { json: made.json, text, hints };
}

/** A refusal; stored resources in the way are named as the flags that would drop their state. */
async function tellConflicts(
  client: BackbarClient,
  environment: string,
  origin: ReleaseOrigin,
  ask: ReleaseAsk,
  error: unknown,
): Promise<unknown> {
  const told = tellRefusal(error, environment, sourceOf(environment, origin));
  if (!(told instanceof BackbarError)) return told;
  if (!told.problems.some(({ code }) => code === "uri_in_use")) return told;
  const preview = await previewRelease(client, environment, origin, ask).catch(() => undefined);
  const flags = preview === undefined ? [] : replaceFlags(preview.touched);
  if (flags.length === 0) return told;
  const hint = `keep the order of entries, or drop that state with ${flags.join(" ")}`;
  return withDetails(told, { hint: told.code === "uri_in_use" ? hint : `${told.hint}; ${hint}` });
}

function describe(environment: string, made: ReleaseAnswer): string {
  const { release, digest = "", status, unchanged } = made;
  const name = `${environment} ${release.number}`;
  const what =
    status === "waiting"
      ? `waits for ${countOf(release.approvals ?? 0, "approval")}`
      : "is current";
  const said = unchanged ? `nothing to do: ${name} says the same, and ${what}` : `${name} ${what}`;
  return `${said}${unchanged ? "" : originOf(made)}\n${digest}\n`;
}

function originOf({ release: { promotion, rollback } }: ReleaseAnswer): string {
  if (promotion !== undefined)
    return `: promoted from ${promotion.environment} ${promotion.number}`;
  return rollback === undefined ? "" : `: rolled back to ${rollback.number}`;
}
