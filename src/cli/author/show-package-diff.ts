/** The difference of two packages for people: what it means, what it touches, and the lines. */
import type { FileChange, PackageDiff } from "../../core/recipe/diff.js";
import { changeSign, colourDiff } from "../frame/diff-text.js";
import type { Screen } from "../frame/screen.js";
import { countOf } from "../frame/words.js";

export interface ShownDiff {
  /** What is compared, for people. */
  readonly from: string;
  readonly to: string;
  readonly diff: PackageDiff;
  /** Whether both have one digest: the diff does not tell all of recipe.yaml. */
  readonly same: boolean;
}

const SAME = "no difference";
const METADATA_ALONE = "no difference but in recipe.yaml: the version, or more of a schema";

/** With `stat` without the lines themselves. */
export function showPackageDiff(
  screen: Screen,
  { from, to, diff, same }: ShownDiff,
  options: { readonly stat: boolean },
): string {
  const { files, metadata } = diff;
  const head = screen.style("bold", `${from} -> ${to}`);
  if (files.length + metadata.length === 0) return `${head}\n${same ? SAME : METADATA_ALONE}\n`;
  const said = metadata.map(({ change, text }) => `  ${changeSign(screen, change)} ${text}\n`);
  const lines = options.stat ? [] : files.map((file) => showLines(screen, file));
  return [`${head}\n`, ...said, showStat(screen, files), ...lines].join("");
}

function showStat(screen: Screen, files: readonly FileChange[]): string {
  if (files.length === 0) return "";
  const width = Math.max(...files.map(({ path }) => path.length));
  const rows = files.map((file) => ` ${file.path.padEnd(width)} | ${showCounts(screen, file)}\n`);
  const totals = files.map(countLines);
  const [plus, minus] = [0, 1].map((i) => totals.reduce((sum, one) => sum + (one[i] ?? 0), 0));
  return `${rows.join("")} ${countOf(files.length, "file")} changed, +${plus} -${minus} lines\n`;
}

function showCounts(screen: Screen, file: FileChange): string {
  const { change, sizeBefore = 0, sizeAfter = 0, diff } = file;
  if (change === "added") return `${screen.style("green", "new")}, ${sizeAfter} bytes`;
  if (change === "removed") return `${screen.style("red", "deleted")}, ${sizeBefore} bytes`;
  if (diff === undefined) return `${sizeBefore} -> ${sizeAfter} bytes`;
  const [plus, minus] = countLines(file);
  return [screen.style("green", `+${plus}`), screen.style("red", `-${minus}`)].join(" ");
}

/** Lines added and removed. */
function countLines({ diff = "" }: FileChange): [number, number] {
  const lines = diff.split("\n").filter((line) => !/^(?:---|\+\+\+) [ab]\//.test(line));
  const number = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
  return [number("+"), number("-")];
}

function showLines(screen: Screen, { diff }: FileChange): string {
  return diff === undefined ? "" : `\n${colourDiff(screen, diff)}`;
}
