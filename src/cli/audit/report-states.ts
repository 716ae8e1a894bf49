/** `backbar report`: state files in, what was recorded of them and what was not out. */
import path from "node:path";
import {
  type ReportAnswer,
  type ReportedWorkload,
  sendReport,
  type UsageReport,
} from "../../client/usage.js";
import { TARGETS, type Target } from "../../core/score/project-state.js";
import { MAX_STATE_BYTES } from "../../core/score/state.js";
import { decodeFile, readIfThere } from "../files/read-file.js";
import { namedEnvironment, namedProject } from "../frame/flags.js";
import type { Machine } from "../frame/machine.js";
import type { Outcome, Screen } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";
import { readUses, type StateUses } from "./state-uses.js";

interface ReportFlags {
  readonly environment?: string | undefined;
  readonly project?: string | undefined;
  readonly release?: number | undefined;
  readonly target?: Target | undefined;
  readonly gone?: true | undefined;
}

/** @throws {UsageError}; {ScoreError} score_state; {ServerProblem} */
export async function reportStates(
  session: Session,
  files: readonly string[],
  flags: ReportFlags,
): Promise<Outcome> {
  const { machine, screen } = session;
  const reports = await readReports(machine, screen, files, flags);
  const client = await session.client();
  const answers: ReportAnswer[] = [];
  for (const report of reports) {
    const sent = screen.during("Reporting", () => sendReport(client, report));
    answers.push(await sent);
  }
  return {
    json: { reports: answers.map(({ json }) => json) },
    text: await describe(screen, answers, reports[0]?.environment ?? ""),
    hints: answers.some(({ unmatched }) => unmatched.some(({ code }) => code !== "report_patch"))
      ? ["--release NUMBER names the release whose files were used"]
      : [],
  };
}

/** One report for each target. */
async function readReports(
  machine: Machine,
  screen: Screen,
  files: readonly string[],
  flags: ReportFlags,
): Promise<UsageReport[]> {
  const environment = namedEnvironment(flags.environment, machine);
  const project = namedProject(flags.project, machine);
  const { release } = flags;
  const common = {
    environment,
    ...(project === undefined ? {} : { project }),
    ...(release === undefined ? {} : { release }),
  };
  if (flags.gone) return [{ ...common, target: checkGone(files, project, flags), workloads: [] }];
  if (files.length === 0) {
    throw new UsageError(
      "no state file is named",
      "score-compose keeps .score-compose/state.yaml, score-k8s .score-k8s/state.yaml",
    );
  }
  const states = await Promise.all(files.map((file) => readState(machine, file, flags.target)));
  for (const uid of states.flatMap(({ unserved }) => unserved)) {
    screen.warn({ message: `${uid} is not reported: nothing has served it yet` });
  }
  const targets = TARGETS.filter((target) => states.some((state) => state.target === target));
  if (project !== undefined && targets.length > 1) {
    throw new UsageError(
      `one project is of one target, and these states are of ${targets.join(" and ")}`,
      "report them under two names",
    );
  }
  return targets.map((target) => ({ ...common, target, workloads: workloadsOf(states, target) }));
}

async function readState(
  { folder }: Machine,
  file: string,
  target: Target | undefined,
): Promise<StateUses> {
  const bytes = await readIfThere(path.resolve(folder, file), file, MAX_STATE_BYTES);
  if (bytes !== undefined) return readUses(decodeFile(bytes, file), file, target);
  throw new UsageError(`there is no file ${file}`, "the Score CLIs write it when they render");
}

function workloadsOf(states: readonly StateUses[], target: Target): ReportedWorkload[] {
  return states.flatMap((state) => (state.target === target ? state.workloads : []));
}

/** @throws {UsageError} */
function checkGone(
  files: readonly string[],
  project: string | undefined,
  { target = "compose" }: ReportFlags,
): Target {
  if (project !== undefined && files.length === 0) return target;
  throw new UsageError(
    project === undefined
      ? "--gone says it of a project"
      : "--gone and state files exclude each other",
    "backbar report -e ENVIRONMENT --project NAME --gone",
  );
}

async function describe(
  screen: Screen,
  answers: readonly ReportAnswer[],
  environment: string,
): Promise<string> {
  const recorded = answers.flatMap((answer) => answer.recorded);
  const unmatched = answers.flatMap((answer) => answer.unmatched);
  const releases = [...new Set(answers.map(({ release }) => release))].join(", ");
  screen.note(
    `${recorded.length} of ${recorded.length + unmatched.length} recorded, for release ${releases} of ${environment}`,
  );
  if (recorded.length + unmatched.length === 0) return "";
  return screen.table(
    ["workload", "resource", "recorded as"],
    [
      ...recorded.map((one) => [one.workload, one.resource, `${one.recipe}@${one.version}`]),
      ...unmatched.map((one) => [one.workload, titleOf(one), `nothing: ${one.message}`]),
    ],
  );
}

/** Of a patch template that nobody knows there is only the digest. */
function titleOf({ code, resource }: ReportAnswer["unmatched"][number]): string {
  return code === "report_patch" ? `patch template ${resource.slice(0, 19)}…` : resource;
}
