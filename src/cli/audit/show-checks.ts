/** Checks as a table: the mark, what was checked, what was found. */
import type { Check } from "../../core/audit/checklist.js";
import type { Screen } from "../frame/screen.js";

export async function showChecks(screen: Screen, checks: readonly Check[]): Promise<string> {
  return screen.columns(
    checks.map(({ name, outcome, detail, code }) => [
      markOf(screen, outcome),
      name,
      code === undefined ? detail : `${code}: ${detail}`,
    ]),
  );
}

function markOf(screen: Screen, outcome: Check["outcome"]): string {
  if (outcome === "passed") return screen.style("green", "ok");
  return outcome === "failed" ? screen.style("red", "FAILED") : screen.style("dim", "skipped");
}
