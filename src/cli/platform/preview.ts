/** What a cut, a promotion or a rollback would do: changes, workloads, conflicts. */
import type { PreviewAnswer } from "../../client/release-answer.js";
import { previewRelease, type ReleaseAsk, type ReleaseOrigin } from "../../client/releases.js";
import { describeFault } from "../frame/describe.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { countOf } from "../frame/words.js";
import type { PreviewFlags } from "./ask.js";
import { describeChanges } from "./changes-text.js";
import { sourceOf, tellRefusal } from "./refusal.js";
import { describeRecipes, replaceFlags } from "./release-text.js";

/** Conflicts that `--force` overrides. */
const FORCEABLE = new Set(["entry_in_use", "release_not_promoted", "version_yanked"]);

/** @throws {ServerProblem} for what is no conflict, such as an environment that is not there */
export async function showPreview(
  session: Session,
  environment: string,
  origin: ReleaseOrigin,
  ask: ReleaseAsk,
  { diff = false, exitCode = false }: PreviewFlags,
): Promise<Outcome> {
  const client = await session.client();
  const preview = await session.screen
    .during(`Previewing a release of ${environment}`, () =>
      previewRelease(client, environment, origin, ask),
    )
    .catch((error: unknown) => {
      throw tellRefusal(error, environment, sourceOf(environment, origin));
    });
  for (const warning of preview.warnings) session.screen.warn(warning);
  const parts = [
    headOf(environment, preview),
    describeChanges(session.screen, preview.changes, { files: diff }),
    ...describeRecipes(environment, origin, preview),
    await describeTouched(session, preview),
    describeConflicts(session, preview),
  ];
  const failed = exitCode && preview.conflictsTotal > 0;
  return { json: preview.json, text: parts.join(""), ...(failed ? { exitCode: 1 } : {}) };
}

function headOf(environment: string, preview: PreviewAnswer): string {
  const { release, unchanged, conflictsTotal } = preview;
  const { number, approvals = 0 } = release;
  if (unchanged) return `${environment} ${number - 1} says the same already\n`;
  if (conflictsTotal > 0) {
    return `${environment} ${number} would be refused: ${countOf(conflictsTotal, "conflict")}\n`;
  }
  const waits = approvals === 0 ? "" : `, waiting for ${countOf(approvals, "approval")}`;
  return `${environment} ${number} would be made${waits}\n`;
}

async function describeTouched({ screen }: Session, { touched, touchedTotal }: PreviewAnswer) {
  if (touchedTotal === 0) return "\nno known workload is touched\n";
  const header = ["workload", "project", "resource", "now", "then", "state"];
  const rows = touched.map((use) => [
    use.workload,
    use.project ?? "-",
    use.resource,
    `${use.before.name} ${use.before.version}`,
    use.after === undefined ? "-" : `${use.after.name} ${use.after.version}`,
    use.losesState ? "lost" : "",
  ]);
  const more = touchedTotal > touched.length ? `and ${touchedTotal - touched.length} more\n` : "";
  const uses = countOf(touchedTotal, "use");
  return `\n${uses} of ${touchedTotal === 1 ? "a workload" : "workloads"} touched:\n${await screen.table(header, rows)}${more}`;
}

function describeConflicts({ screen }: Session, preview: PreviewAnswer): string {
  const { conflicts, conflictsTotal, touched } = preview;
  if (conflictsTotal === 0) return "";
  const lines = conflicts.map(({ code, message, place }) => {
    return `  ${describeFault(message, place)} [${code}]\n`;
  });
  const more =
    conflictsTotal > conflicts.length ? `  and ${conflictsTotal - conflicts.length} more\n` : "";
  const flags = conflicts.some(({ code }) => code === "uri_in_use") ? replaceFlags(touched) : [];
  const helps = [
    ...(flags.length === 0 ? [] : [`to drop that state: ${flags.join(" ")}\n`]),
    ...(conflicts.some(({ code }) => FORCEABLE.has(code))
      ? ["to go on all the same: --force\n"]
      : []),
  ].join("");
  return `\n${screen.style("red", "conflicts:")}\n${lines.join("")}${more}${helps}`;
}
