import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readTemplateCases, type TemplateCase } from "../../conformance/cases.js";
import { makeHost } from "../../conformance/host.js";
import { runTemplateCase } from "../../conformance/template-case.js";
import { verdictOf } from "../../fuzz/verdict.js";
import type { Outcome } from "../../oracle/peer.js";

const VECTORS = fileURLToPath(new URL("../../vectors/gotemplate", import.meta.url));
const GROUPS = readdirSync(VECTORS).filter((name) => name.endsWith(".jsonl"));

describe("gives what Go gives, and names the same place where it fails", () => {
  // making RSA keys takes its time
  test.each(GROUPS)("%s", { timeout: 180_000 }, (group) => {
    const failures = [...readTemplateCases(`${VECTORS}/${group}`)].flatMap((recorded) => {
      const ours = runTemplateCase(recorded, makeHost());
      const verdict = verdictOf(outcomeOf(recorded), ours);
      return verdict.kind === "same" ? [] : [{ verdict, recorded, ours }];
    });
    expect(failures).toEqual([]);
  });
});

function outcomeOf({ output, outputBase64, error, errorStage }: TemplateCase): Outcome {
  if (errorStage !== undefined) return { error: error ?? "", errorStage };
  return outputBase64 === undefined ? { output: output ?? "" } : { outputBase64 };
}
