/** Findings as lines that editors and CI systems read: `FILE:LINE:COLUMN: error: message`. */
import type { Problem } from "../../errors.js";
import { placeOf } from "../frame/describe.js";
import type { Screen } from "../frame/screen.js";

/** One line for each finding, and one for each hint; a hint is said once. */
export function showFindings(
  screen: Screen,
  kind: "error" | "warning",
  findings: readonly Problem[],
): string {
  const said = new Set<string>();
  const lead = screen.style(kind === "error" ? "red" : "yellow", `${kind}:`);
  return findings
    .map(({ message, place, hint }) => {
      const file = place?.file ?? "";
      // A message may begin with the file that it is about: a place comes first in every line.
      const about = file !== "" && message.startsWith(`${file} `);
      const { at, bare } = about
        ? { at: file, bare: message.slice(file.length + 1) }
        : placeOf(message, place);
      const line = `${at === "" ? "" : `${at}: `}${lead} ${bare}\n`;
      if (hint === undefined || said.has(hint)) return line;
      said.add(hint);
      return `${line}  hint: ${hint}\n`;
    })
    .join("");
}
