/** Unified diffs for people. */
import type { Screen } from "../frame/screen.js";

/** The diff, coloured where the screen shows colours; it ends with a line end. */
export function showDiff(screen: Screen, diff: string): string {
  const lines = diff.replace(/\n$/, "").split("\n");
  return lines.map((line) => `${styled(screen, line)}\n`).join("");
}

function styled(screen: Screen, line: string): string {
  if (/^(?:---|\+\+\+) /.test(line)) return screen.style("bold", line);
  if (line.startsWith("@@")) return screen.style("cyan", line);
  if (line.startsWith("+")) return screen.style("green", line);
  return line.startsWith("-") ? screen.style("red", line) : line;
}
