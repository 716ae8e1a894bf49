/** `backbar test`: the examples of every recipe that a command line names. */

import { colourDiff } from "../frame/diff-text.js";
import type { Outcome, Screen } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { countOf } from "../frame/words.js";
import { findRecipeFolders } from "./recipe-folders.js";
import { showFindings } from "./show-findings.js";
import { type Result, type TestedExample, type TestedRecipe, testRecipe } from "./test-recipe.js";

/** @throws {UsageError}; {ClientError} client_folder; {CliError} */
export async function testFolders(
  session: Session,
  named: readonly string[],
  options: { readonly update: boolean },
): Promise<Outcome> {
  const folders = await findRecipeFolders(session.machine, named);
  const tested = await session.screen.during("Testing", async (update) => {
    const done: TestedRecipe[] = [];
    for (const folder of folders) {
      update(`Testing ${folder.title}`);
      done.push(await testRecipe(folder, options));
    }
    return done;
  });
  const { screen } = session;
  const totals = tested.map(totalOf).reduce(add, { passed: 0, failed: 0 });
  const text = tested.map((one) => show(screen, one)).join("") + summary(screen, tested, totals);
  return {
    json: { recipes: tested.map(asJson), ...totals },
    text,
    ...(totals.failed > 0 ? { exitCode: 1 } : {}),
  };
}

interface Totals {
  readonly passed: number;
  readonly failed: number;
}

const FAILED: ReadonlySet<Result> = new Set<Result>(["changed", "missing"]);

/** Faults and stale recordings count as one failure each: none of them may go unseen. */
function totalOf({ problems, examples, stale }: TestedRecipe): Totals {
  const failed = examples.filter(({ result }) => FAILED.has(result)).length;
  return {
    passed: examples.length - failed,
    failed: failed + problems.length + stale.length,
  };
}

function add(a: Totals, b: Totals): Totals {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

/** What is unknown of a faulty recipe is left out. */
function asJson({ folder, ...rest }: TestedRecipe) {
  return { folder: folder.title, ...rest };
}

function show(screen: Screen, tested: TestedRecipe): string {
  const { folder, recipe, version, problems, warnings, examples, stale, removed } = tested;
  const name = recipe === undefined ? folder.title : `${recipe} ${version}`;
  const rows = [
    ...examples.map((example) => showExample(screen, example)),
    ...stale.map((file) => row(screen, "red", "stale", `${file} is of no example that renders`)),
    ...removed.map((file) => row(screen, "dim", "removed", file)),
  ];
  const nothing =
    rows.length + problems.length === 0 ? row(screen, "yellow", "none", NO_EXAMPLES) : "";
  return [
    `${screen.style("bold", name)}\n`,
    showFindings(screen, "error", problems),
    showFindings(screen, "warning", warnings),
    ...rows,
    nothing,
    ...examples
      .flatMap(({ result, files }) => (result === "changed" ? files : []))
      .map((file) => showDifference(screen, file)),
  ].join("");
}

const NO_EXAMPLES = "it has no examples: examples/NAME/score.yaml makes one";

const SHOWN: Readonly<Record<Result, { style: "green" | "red" | "yellow"; tail: string }>> = {
  ok: { style: "green", tail: "" },
  changed: { style: "red", tail: ": renders other than recorded" },
  missing: { style: "red", tail: ": nothing is recorded" },
  recorded: { style: "green", tail: "" },
  updated: { style: "green", tail: "" },
  unrepeatable: { style: "yellow", tail: ": a key that it makes differs each time" },
};

function showExample(screen: Screen, { example, target, result }: TestedExample): string {
  const { style, tail } = SHOWN[result];
  return row(screen, style, result, `${example} for ${target}${tail}`);
}

function row(
  screen: Screen,
  style: "green" | "red" | "yellow" | "dim",
  word: string,
  text: string,
): string {
  return `  ${screen.style(style, word.padEnd(8))} ${text}\n`;
}

function showDifference(screen: Screen, { path, change, diff }: TestedExample["files"][number]) {
  if (diff !== undefined) return colourDiff(screen, diff);
  const what =
    change === "removed" ? "is recorded and no longer rendered" : "differs too much to show";
  return `${path} ${what}\n`;
}

function summary(screen: Screen, tested: readonly TestedRecipe[], totals: Totals): string {
  const { passed, failed } = totals;
  const words = [
    ...(failed > 0 ? [screen.style("red", `${failed} failed`)] : []),
    `${passed} passed`,
  ];
  const line = `${words.join(", ")} in ${countOf(tested.length, "recipe")}\n`;
  const unrecorded = tested.some(
    ({ examples, stale }) => stale.length > 0 || examples.some(({ result }) => FAILED.has(result)),
  );
  if (!unrecorded) return line;
  return `${line}hint: --update records what is rendered now; review it as you review code\n`;
}
