/** Which recipes of a lock have higher versions, or something said against theirs. */
import type { Notices } from "../../client/notices.js";
import { listVersions } from "../../client/versions.js";
import { isInRange } from "../../core/recipe/ranges.js";
import { optional } from "../../core/recipe/strict-json.js";
import { compareVersions } from "../../core/recipe/version.js";
import { describeNotices } from "../browse/notices.js";
import type { Session } from "../frame/session.js";
import type { ServerFlags } from "../frame/settings.js";
import { latestVersion } from "./ask.js";
import { chooseRecipes, connect, openLockedProject } from "./project.js";

/** With what was said of the current version. */
interface Outdated extends Notices {
  /** `namespace/name` */
  readonly recipe: string;
  readonly range: string;
  readonly current: string;
  /** The highest in the range that is not yanked; absent where there is none. */
  readonly wanted?: string;
  /** The highest stable one that is not yanked; absent where there is none. */
  readonly latest?: string;
}

/**
 * The recipes, of all or of those that are named, that are not as they could be.
 * @throws {CliError} cli_lock_missing, cli_lock_recipe; {ClientError} {TrustError} {ServerProblem}
 */
export async function findOutdated(
  session: Session,
  flags: ServerFlags,
  names: readonly string[],
): Promise<Outdated[]> {
  const project = await openLockedProject(session, flags);
  const chosen = chooseRecipes(project.found.lock, names);
  const { client } = await connect(project);
  const found: Outdated[] = [];
  for (const { recipe, range, version: current } of chosen) {
    const versions = await listVersions(client, recipe);
    // Highest first.
    const wanted = versions
      .filter(({ yanked, version }) => yanked === undefined && isInRange(version, range))
      .sort((a, b) => compareVersions(b.version, a.version))[0]?.version;
    const latest = latestVersion(versions)?.version;
    const { yanked, deprecated } = versions.find(({ version }) => version === current) ?? {};
    const isBehind = latest !== undefined && compareVersions(latest, current) > 0;
    if (wanted === current && !isBehind && yanked === undefined && deprecated === undefined) {
      continue;
    }
    found.push({
      ...{ recipe, range, current },
      ...optional("wanted", wanted),
      ...optional("latest", latest),
      ...optional("yanked", yanked),
      ...optional("deprecated", deprecated),
    });
  }
  return found;
}

/** A table of them, and what programs read. */
export async function showOutdated({ screen }: Session, found: readonly Outdated[]) {
  const json = { outdated: found };
  if (found.length === 0) return { json, text: "everything is up to date\n" };
  const rows = found.map(({ recipe, current, wanted = "-", latest = "-", ...said }) => [
    recipe,
    said.yanked === undefined ? current : screen.style("red", current),
    wanted === current ? wanted : screen.style("green", wanted),
    latest,
    describeNotices(said),
  ]);
  const text = await screen.table(["recipe", "current", "wanted", "latest", "notice"], rows);
  return { json, text };
}
