/** What `backbar token` does and shows. */
import type { BackbarClient } from "../../client/client.js";
import { createToken, listTokens, revokeToken, type TokenEntry } from "../../client/tokens.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";

/**
 * Makes a token. It goes alone to the standard output, so that it can be piped to where secrets are
 * kept. `expires` counts seconds.
 * @throws {UsageError} where no grant is named; {ServerProblem} grant_form, token_name, …
 */
export async function create(
  session: Session,
  name: string,
  flags: { readonly grant?: readonly string[] | undefined; readonly expires?: number | undefined },
): Promise<Outcome> {
  const { grant: grants = [], expires } = flags;
  if (grants.length === 0) {
    throw new UsageError("no grant is named", "--grant publisher:acme, or backbar token --help");
  }
  const lifetime = expires === undefined ? {} : { lifetimeSeconds: expires };
  const made = await createToken(await session.client(), { name, grants, ...lifetime });
  session.screen.note(`token ${made.id} of ${made.name}: ${made.grants.join(" ")}`);
  session.screen.note(`good until ${made.expiresAt}; it is shown this once`);
  return { json: made.json, text: `${made.token}\n` };
}

/** All tokens, also those that are no longer good, as a table. */
export async function list(session: Session): Promise<Outcome> {
  const found = await listTokens(await session.client());
  const now = session.machine.now().toISOString();
  const header = ["id", "name", "grants", "until", "last used", "made by"];
  const rows = found.map((one) => [
    ...[one.id, one.name, one.grants.join(" "), describeEnd(one, now)],
    ...[one.lastUsedAt?.slice(0, 10) ?? "-", one.createdBy],
  ]);
  return {
    json: { tokens: found.map(({ json }) => json) },
    text: found.length === 0 ? "" : await session.screen.table(header, rows),
  };
}

/**
 * Revokes a token by its id, or by the name that one good token has.
 * @throws {UsageError} where no good token has it; {ServerProblem} token_unknown
 */
export async function revoke(session: Session, token: string): Promise<Outcome> {
  const client = await session.client();
  const id = /^[0-9a-f]{16}$/.test(token) ? token : await idOf(session, client, token);
  const { name, json } = await revokeToken(client, id);
  return { json, text: `revoked the token ${id} of ${name}\n` };
}

async function idOf({ machine }: Session, client: BackbarClient, name: string): Promise<string> {
  const now = machine.now().toISOString();
  const found = await listTokens(client);
  const good = found.find(
    (one) => one.name === name && one.revokedAt === undefined && one.expiresAt > now,
  );
  if (good !== undefined) return good.id;
  throw new UsageError(`no good token has the name ${name}`, "backbar token list shows them all");
}

function describeEnd({ revokedAt, expiresAt }: TokenEntry, now: string): string {
  if (revokedAt !== undefined) return `revoked ${revokedAt.slice(0, 10)}`;
  return `${expiresAt <= now ? "expired " : ""}${expiresAt.slice(0, 10)}`;
}
