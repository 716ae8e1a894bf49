/** Unified diffs for people. */
import type { Screen } from "./screen.js";

/** What a text needs of the screen. */
export type Styles = Pick<Screen, "style">;

const SIGNS = { added: "+", removed: "-", changed: "~" } as const;
const COLOURS = { added: "green", removed: "red", changed: "yellow" } as const;

/** The sign of what came, went or changed. */
export function changeSign(screen: Styles, change: keyof typeof SIGNS): string {
  return screen.style(COLOURS[change], SIGNS[change]);
}

/** `diff` in the colours that people know, where the screen shows colours. */
export function colourDiff(screen: Styles, diff: string): string {
  const lines = diff.replace(/\n$/, "").split("\n");
  return lines.map((line) => `${colourLine(screen, line)}\n`).join("");
}

function colourLine(screen: Styles, line: string): string {
  if (line.startsWith("+++") || line.startsWith("---")) return screen.style("bold", line);
  if (line.startsWith("+")) return screen.style("green", line);
  if (line.startsWith("-")) return screen.style("red", line);
  return line.startsWith("@@") ? screen.style("cyan", line) : line;
}
