/**
 * The conformance runner: takes every golden case below the given folders through the product and
 * compares as the READMEs of the golden data say.
 *
 *     npm run conformance -- DIR… [--out OUT] [--pending FILE] [--list-failed]
 *
 * --out          writes what came out below OUT
 * --pending      ids that may fail, one a line; one of them that passes fails the run
 * --list-failed  prints only the ids of what failed
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Case, findCases } from "./cases.js";
import { makeHost } from "./host.js";
import { writeProjectOutcome, writeTemplateOutcomes } from "./output.js";
import { checkProjectCase, runProjectCase } from "./project-case.js";
import { checkTemplateCase, runTemplateCase, type TemplateOutcome } from "./template-case.js";

const USAGE = "usage: npm run conformance -- DIR… [--out OUT] [--pending FILE] [--list-failed]";

interface Options {
  readonly folders: readonly string[];
  readonly out: string | undefined;
  readonly pending: ReadonlySet<string>;
  readonly listFailed: boolean;
}

interface Counts {
  passed: number;
  failed: number;
  pending: number;
}

function main(args: readonly string[]): number {
  const options = readOptions(args);
  if (options === undefined) {
    console.error(USAGE);
    return 2;
  }
  const counts: Counts = { passed: 0, failed: 0, pending: 0 };
  const outcomes: TemplateOutcome[] = [];
  const stale = new Set(options.pending);
  for (const folder of options.folders) {
    for (const testCase of findCases(folder)) {
      const mark = pendingMark(testCase, options.pending);
      if (mark !== undefined) stale.delete(mark);
      const faults = run(testCase, options, outcomes);
      report(testCase, faults, mark !== undefined, options, counts);
    }
  }
  for (const id of stale) console.log(`note: ${id} is pending, but there is no such case here`);
  if (options.out !== undefined) writeTemplateOutcomes(options.out, outcomes);
  if (counts.pending > 0 && !options.listFailed) console.log(`${counts.pending} pending`);
  if (!options.listFailed) console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0 ? 0 : 1;
}

/** What is wrong with the case. A fault of the product other than its own errors is one, too. */
function run(testCase: Case, options: Options, outcomes: TemplateOutcome[]): string[] {
  try {
    if (testCase.kind === "template") {
      const outcome = runTemplateCase(testCase, makeHost());
      outcomes.push(outcome);
      return checkTemplateCase(testCase, outcome);
    }
    const outcome = runProjectCase(testCase);
    if (options.out !== undefined) writeProjectOutcome(options.out, testCase, outcome);
    return checkProjectCase(testCase, outcome);
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [`broke down: ${stack.split("\n").slice(0, 4).join("\n    ")}`];
  }
}

function report(
  testCase: Case,
  faults: readonly string[],
  pending: boolean,
  options: Options,
  counts: Counts,
): void {
  if (faults.length === 0 && !pending) {
    counts.passed++;
    return;
  }
  if (faults.length > 0 && pending) {
    counts.pending++;
    return;
  }
  counts.failed++;
  if (options.listFailed) {
    console.log(testCase.id);
    return;
  }
  console.log(`FAILED ${testCase.id}`);
  const lines = faults.length > 0 ? faults : ["passes: take it off the pending list"];
  for (const line of lines) console.log(`    ${line}`);
}

/** The line of the pending list that names the case: its id, or the end of its path. */
function pendingMark(testCase: Case, pending: ReadonlySet<string>): string | undefined {
  if (pending.has(testCase.id)) return testCase.id;
  if (testCase.kind === "template") return undefined;
  const parts = testCase.folder.split("/");
  for (let i = parts.length - 1; i >= 0; i--) {
    const end = parts.slice(i).join("/");
    if (pending.has(end)) return end;
  }
  return undefined;
}

function readOptions(args: readonly string[]): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: "string" },
        pending: { type: "string" },
        "list-failed": { type: "boolean" },
      },
    });
    const missing = positionals.find((path) => !existsSync(path) || !statSync(path).isDirectory());
    if (positionals.length === 0 || missing !== undefined) {
      if (missing !== undefined) console.error(`no such folder: ${missing}`);
      return undefined;
    }
    return {
      folders: positionals,
      out: values.out,
      pending: new Set(values.pending === undefined ? [] : readPending(values.pending)),
      listFailed: values["list-failed"] ?? false,
    };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function readPending(path: string): string[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

process.exitCode = main(process.argv.slice(2));
