/** What `backbar usage` shows. */
import { ENVIRONMENTS, readDefinition } from "../../client/environments.js";
import { listUsage, type UsageQuery } from "../../client/usage.js";
import { splitReference } from "../frame/reference.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";

/** The flags, as they are given. */
export type UsageFlags = UsageQuery;

/** @throws {UsageError}; {ServerProblem} environment_unknown, … */
export async function showUsage(session: Session, flags: UsageFlags): Promise<Outcome> {
  const { recipe, version } = splitRecipe(flags);
  const { workload, project, environment } = flags;
  const at = flags.at === undefined ? undefined : timeOf(flags.at);
  const client = await session.client();
  const query = { recipe, version, workload, project, environment, at };
  const found = await session.screen.during("Reading", () => listUsage(client, query));
  // Nothing is a comfort to an auditor: a misspelt name must not give it.
  if (found.length === 0 && environment !== undefined) {
    await readDefinition(client, ENVIRONMENTS, environment);
  }
  const header = ["environment", "project", "workload", "resource", "recipe", "rel", "last", "by"];
  const rows = found.map((one) => [
    one.environment,
    one.project ?? "-",
    one.workload,
    one.resource,
    `${one.recipe}@${one.version}`,
    String(one.release),
    one.lastUsedAt.slice(0, 10),
    one.actor,
  ]);
  if (found.length === 0) session.screen.note("nothing is recorded that fits");
  return {
    json: { usage: found.map(({ json }) => json) },
    text: found.length === 0 ? "" : await session.screen.table(header, rows),
  };
}

function splitRecipe({ recipe, version }: UsageFlags): Pick<UsageQuery, "recipe" | "version"> {
  if (recipe === undefined) return { recipe, version };
  const { name = "", part: own } = splitReference(recipe) ?? {};
  if (!/^[^/]+\/[^/]+$/.test(name)) {
    throw new UsageError(
      `--recipe: '${recipe}' names no recipe`,
      "it is namespace/name, or namespace/name@1.2.3",
    );
  }
  if (own === undefined) return { recipe, version };
  if (version === undefined || version === own) {
    return { recipe: name, version: own };
  }
  throw new UsageError(`--recipe ${recipe} has a version of its own`, "leave out --version");
}

/** A day means its end: what was in use that day and not taken away on it. */
function timeOf(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const time = new Date(isDay ? `${text}T23:59:59.999Z` : text);
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  if ((isDay || isTime) && !Number.isNaN(time.getTime())) return time.toISOString();
  throw new UsageError(`--at ${text} is no time`, "write 2026-06-01 or 2026-06-01T12:00:00Z");
}
