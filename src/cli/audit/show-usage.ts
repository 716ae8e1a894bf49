/** What `backbar usage` shows. */
import { ENVIRONMENTS, readDefinition } from "../../client/environments.js";
import { listUsage, type UsageQuery } from "../../client/usage.js";
import { splitReference } from "../frame/reference.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";
import { parseTime } from "./parse-time.js";

/** The flags, as they are given. */
export type UsageFlags = UsageQuery;

/** @throws {UsageError}; {ServerProblem} environment_unknown, … */
export async function showUsage(session: Session, flags: UsageFlags): Promise<Outcome> {
  const { recipe, version } = splitRecipe(flags);
  const { workload, project, environment } = flags;
  // A day means its end: what was in use that day and not taken away on it.
  const at = flags.at === undefined ? undefined : parseTime(flags.at, "--at", "end");
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
