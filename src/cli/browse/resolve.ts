/** The steps of `backbar resolve`. */
import { type Candidate, type Resolution, resolve } from "../../client/browse.js";
import type { Target } from "../../core/score/project-state.js";
import { namedEnvironment, namedTarget } from "../frame/flags.js";
import type { Outcome, Screen } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { describeNotices, nameOfVersion } from "./notices.js";

interface Flags {
  readonly class?: string | undefined;
  readonly id?: string | undefined;
  readonly environment?: string | undefined;
  readonly target?: Target | undefined;
  readonly release?: number | undefined;
  readonly explain?: true | undefined;
}

/** @throws {UsageError}; {ClientError}; {ServerProblem} resolve_no_match and others */
export async function resolveResource(
  session: Session,
  type: string,
  flags: Flags,
): Promise<Outcome> {
  const { machine, screen } = session;
  const environment = namedEnvironment(flags.environment, machine);
  const target = namedTarget(flags.target, machine);
  const { class: className, id, release } = flags;
  const asked = { type, class: className, id, target, release };
  const { value, json } = await resolve(await session.client(), environment, asked);
  const text = flags.explain ? await explain(screen, value) : await tell(screen, value);
  const uid = `${type}.${className ?? "default"}${id === undefined ? "" : `#${id}`}`;
  screen.note(`${uid} in release ${value.release} of ${environment}`);
  return { json, text };
}

function tell(screen: Screen, { targets }: Resolution): Promise<string> {
  const rows = targets.map(({ target, match }) =>
    match === undefined
      ? [target, screen.style("dim", "-"), screen.style("dim", "nothing serves it"), ""]
      : [target, nameOfVersion(match), match.uri, describeNotices(match.notices)],
  );
  return screen.table(["target", "recipe", "provisioner", ""], rows);
}

function explain(screen: Screen, { targets }: Resolution): Promise<string> {
  const rows = targets.flatMap(({ target, match, candidates }) =>
    candidates.map((candidate, i) => [
      target,
      String(i + 1),
      nameOfVersion(candidate),
      `${candidate.type}.${candidate.class ?? "*"}#${candidate.id ?? "*"}`,
      candidate.uri,
      verdict(screen, candidate, match),
    ]),
  );
  return screen.table(["target", "", "recipe", "for", "provisioner", "verdict"], rows);
}

function verdict(
  screen: Screen,
  { reason, notices, ...candidate }: Candidate,
  match: Candidate | undefined,
): string {
  switch (reason) {
    case undefined:
      return [screen.style("green", "serves it"), describeNotices(notices)].join("  ").trimEnd();
    case "class":
      return `is for the class ${candidate.class}`;
    case "id":
      return `is for the id ${candidate.id}`;
    case "shadowed":
      return `would fit, ${match === undefined ? "an earlier one" : nameOfVersion(match)} comes first`;
    default:
      return reason;
  }
}
