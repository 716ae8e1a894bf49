/** Writes what came out of the cases below a folder, in the form of the golden data. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatYaml } from "../../src/core/codec/yaml-format.js";
import type { ProjectCase } from "./cases.js";
import type { ProjectOutcome } from "./project-case.js";
import type { TemplateOutcome } from "./template-case.js";

export function writeProjectOutcome(
  out: string,
  testCase: ProjectCase,
  outcome: ProjectOutcome,
): void {
  const folder = join(out, testCase.id);
  const put = (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  };
  if ("stage" in outcome) {
    put("error.json", `${JSON.stringify(outcome, null, 2)}\n`);
    return;
  }
  put(testCase.target === "compose" ? "compose.yaml" : "manifests.yaml", outcome.documents);
  put("state.yaml", outcome.state);
  for (const [path, content] of outcome.files) put(join("files", path), content);
  if (outcome.modes.size > 0) put("file-modes.yaml", formatYaml(new Map(outcome.modes)));
  if (outcome.emptyDirectories.length > 0) {
    put("empty-directories.txt", lines(outcome.emptyDirectories));
  }
  if (outcome.infoLogs.length > 0) put("info-logs.txt", lines(outcome.infoLogs));
}

export function writeTemplateOutcomes(out: string, outcomes: readonly TemplateOutcome[]): void {
  if (outcomes.length === 0) return;
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "results.jsonl"), lines(outcomes.map((one) => JSON.stringify(one))));
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}
