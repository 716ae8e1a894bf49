/** Our engine as a program that answers cases, as the oracle does: see peer.ts. */
import type { TemplateCase } from "../conformance/cases.js";
import { makeHost } from "../conformance/host.js";
import { runTemplateCase } from "../conformance/template-case.js";
import { onLines } from "../oracle/lines.js";

onLines(process.stdin, (line) => {
  const { id: _, ...outcome } = runTemplateCase(JSON.parse(line) as TemplateCase, makeHost());
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
});
