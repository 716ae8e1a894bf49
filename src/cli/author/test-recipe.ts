/** One recipe's examples, rendered as the registry renders them and compared with what is recorded. */
import { FileDiffer } from "../../core/recipe/file-diff.js";
import { type RenderedExample, renderExample } from "../../core/render/example.js";
import type { Target } from "../../core/score/project-state.js";
import type { Problem } from "../../errors.js";
import { checkFolder } from "./check-folder.js";
import type { NamedFolder } from "./recipe-folders.js";
import { listRecorded, readRecorded, replaceRecorded } from "./recorded.js";
import { type Recording, recordingFolder, recordingOf } from "./recording.js";

export type Result =
  /** As recorded. */
  | "ok"
  | "changed"
  | "missing"
  /** Recorded by this run, for the first time or anew. */
  | "recorded"
  | "updated"
  /** Something else each time, which cannot be recorded. */
  | "unrepeatable";

export interface TestedExample {
  readonly example: string;
  readonly target: Target;
  readonly result: Result;
  /** What differs from the recording; empty where none is. */
  readonly files: readonly FileDifference[];
}

export interface FileDifference {
  /** In the recipe's folder. */
  readonly path: string;
  readonly change: "added" | "removed" | "changed";
  /** From what is recorded to what is rendered; absent for what is no text, or too different. */
  readonly diff?: string;
}

export interface TestedRecipe {
  readonly folder: NamedFolder;
  readonly recipe: string | undefined;
  readonly version: string | undefined;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly examples: readonly TestedExample[];
  /** Recorded files of examples that are no more, in the recipe's folder. */
  readonly stale: readonly string[];
  /** Those that this run deleted. */
  readonly removed: readonly string[];
}

/**
 * Tests one recipe; with `update` it records what is rendered.
 * @throws {ClientError} client_folder; {CliError} cli_file, cli_file_limit, cli_link
 */
export async function testRecipe(
  folder: NamedFolder,
  options: { readonly update: boolean },
): Promise<TestedRecipe> {
  const { recipe, version, problems, warnings, rendered } = await checkFolder(folder);
  const all = await listRecorded(folder);
  const compared: Compared[] = [];
  for (const one of rendered) compared.push(await compare(folder, one, all));
  const expected = new Set(compared.flatMap(({ recording }) => [...recording.keys()]));
  const live = compared.map(({ tested: { example, target } }) => recordingFolder(example, target));
  // An example that fails now may render again tomorrow, as it is recorded.
  const gone = all.filter((file) => !live.some((own) => file.startsWith(`${own}/`)));
  const stale = problems.length > 0 ? [] : gone;
  const tested = { folder, recipe, version, problems, warnings };
  if (!options.update) {
    return { ...tested, examples: compared.map((one) => one.tested), stale, removed: [] };
  }
  const left = all.filter((file) => !expected.has(file) && !gone.includes(file));
  const recording = new Map(compared.flatMap((one) => [...one.recording]));
  const { removed } = await replaceRecorded(folder, recording, [...stale, ...left]);
  const examples = compared.map((one) => asRecorded(one.tested));
  return { ...tested, examples, stale: [], removed };
}

interface Compared {
  readonly tested: TestedExample;
  /** What is to be recorded; empty for what renders something else each time. */
  readonly recording: Recording;
}

async function compare(
  folder: NamedFolder,
  rendered: RenderedExample,
  all: readonly string[],
): Promise<Compared> {
  const { example, target } = rendered.job;
  const recording = recordingOf(rendered);
  const recorded = await readRecorded(folder, recording);
  const own = all.filter((file) => file.startsWith(`${recordingFolder(example, target)}/`));
  const left = own.filter((file) => !recording.has(file));
  const isMissing = recorded.size === 0;
  const isSame = left.length === 0 && sameFiles(recorded, recording);
  if (isSame) return { tested: { example, target, result: "ok", files: [] }, recording };
  if (!isRepeatable(rendered, recording)) {
    const tested: TestedExample = { example, target, result: "unrepeatable", files: [] };
    return { tested, recording: new Map() };
  }
  const result = isMissing ? "missing" : "changed";
  const files = isMissing ? [] : differences(folder, recorded, recording, left);
  return { tested: { example, target, result, files }, recording };
}

function sameFiles(a: Recording, b: Recording): boolean {
  return (
    a.size === b.size &&
    [...b].every(([file, content]) => Buffer.compare(content, a.get(file) ?? Buffer.alloc(0)) === 0)
  );
}

/** Keys of RSA, EC and DSA differ from one render to the next: nothing else does. */
function isRepeatable({ job }: RenderedExample, recording: Recording): boolean {
  const again = recordingOf({ job, rendering: renderExample(job).rendering });
  return sameFiles(again, recording);
}

function differences(
  folder: NamedFolder,
  recorded: Recording,
  recording: Recording,
  left: readonly string[],
): FileDifference[] {
  const differ = new FileDiffer();
  const nothing = new Uint8Array();
  const changed = [...recording].flatMap(([file, content]): FileDifference[] => {
    const before = recorded.get(file);
    if (before !== undefined && Buffer.compare(before, content) === 0) return [];
    const diff = differ.diff(titleOf(folder, file), before ?? nothing, content);
    const change = before === undefined ? "added" : "changed";
    return [{ path: file, change, ...(diff === undefined ? {} : { diff }) }];
  });
  const removed = left.map((file): FileDifference => ({ path: file, change: "removed" }));
  return [...changed, ...removed];
}

/** As version control names it, from where the command runs. */
function titleOf({ title }: NamedFolder, file: string): string {
  return title === "." ? file : `${title}/${file}`;
}

function asRecorded(tested: TestedExample): TestedExample {
  if (tested.result === "missing") return { ...tested, result: "recorded" };
  return tested.result === "changed" ? { ...tested, result: "updated" } : tested;
}
