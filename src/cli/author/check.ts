/** `backbar check`: the findings of every folder that a command line names. */
import path from "node:path";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";
import { countOf } from "../frame/words.js";
import { type CheckedFolder, checkFolder, readOlderCopy } from "./check-folder.js";
import { demandFolder, findRecipeFolders } from "./recipe-folders.js";
import { showFindings } from "./show-findings.js";

interface CheckFlags {
  readonly previous?: string | undefined;
  readonly force?: boolean | undefined;
}

/** @throws {UsageError}; {ClientError} client_folder */
export async function checkFolders(
  session: Session,
  named: readonly string[],
  { previous, force = false }: CheckFlags,
): Promise<Outcome> {
  const folders = await findRecipeFolders(session.machine, named);
  const older = previous === undefined ? undefined : await readPrevious(session, previous, folders);
  const checked = await session.screen.during("Checking", async (update) => {
    const done: CheckedFolder[] = [];
    for (const folder of folders) {
      update(`Checking ${folder.title}`);
      done.push(await checkFolder(folder, { older, force }));
    }
    return done;
  });
  const failed = checked.some(({ problems }) => problems.length > 0);
  return {
    json: { recipes: checked.map(asJson) },
    text: checked.map((one) => show(session, one)).join("") + summary(checked),
    ...(failed ? { exitCode: 1 } : {}),
  };
}

async function readPrevious(session: Session, title: string, folders: readonly unknown[]) {
  if (folders.length > 1) {
    throw new UsageError(
      `--previous is for one recipe, and these are ${folders.length}`,
      "name the folder of one recipe, and of its older copy",
    );
  }
  const at = path.resolve(session.machine.folder, title);
  await demandFolder(at, title, "it is an older copy of the recipe's folder");
  return readOlderCopy({ title, at });
}

/** What is unknown of a faulty recipe is left out. */
function asJson({ folder, recipe, version, digest, problems, warnings }: CheckedFolder) {
  return { folder: folder.title, recipe, version, digest, problems, warnings };
}

function show({ screen }: Session, checked: CheckedFolder): string {
  const { recipe, version, digest, problems, warnings, rendered } = checked;
  const findings =
    showFindings(screen, "error", problems) + showFindings(screen, "warning", warnings);
  if (digest === undefined) return findings;
  const examples = new Set(rendered.map(({ job }) => job.example)).size;
  const tail = screen.style("dim", `${digest}, ${countOf(examples, "example")}`);
  return `${findings}${screen.style("green", "ok")} ${recipe} ${version} ${tail}\n`;
}

function summary(checked: readonly CheckedFolder[]): string {
  const errors = checked.reduce((sum, { problems }) => sum + problems.length, 0);
  if (checked.length === 1) return errors === 0 ? "" : `${countOf(errors, "error")}\n`;
  const faulty = checked.filter(({ problems }) => problems.length > 0).length;
  return errors === 0
    ? `${countOf(checked.length, "recipe")} fit to publish\n`
    : `${countOf(errors, "error")} in ${faulty} of ${countOf(checked.length, "recipe")}\n`;
}
