/** What `backbar refusals` shows. */
import { listRefusals, type RefusalQuery } from "../../client/refusals.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { parseTime } from "./parse-time.js";

/** @throws {UsageError} */
export async function showRefusals(session: Session, flags: RefusalQuery): Promise<Outcome> {
  const { actor, address, code } = flags;
  const since = flags.since === undefined ? undefined : parseTime(flags.since, "--since", "start");
  const client = await session.client();
  const query = { actor, address, code, since };
  const found = await session.screen.during("Reading", () => listRefusals(client, query));
  const header = ["minute", "actor", "address", "request", "code", "count"];
  const rows = found.map((one) => [
    ...[one.minute.slice(0, 16), one.actor, one.address],
    ...[`${one.method} ${one.route}`, one.code, String(one.count)],
  ]);
  if (found.length === 0) session.screen.note("nothing was refused that fits");
  return {
    json: { refusals: found.map(({ json }) => json) },
    text: found.length === 0 ? "" : await session.screen.table(header, rows),
  };
}
