/**
 * Compares our template engine with Go's on templates and data made by a seeded generator.
 *
 *     npm run fuzz -- [--seconds S] [--seed N] [--corpus DIR]... [--only WORDS] [--out FILE] [--max N]
 *
 * --seconds  how long (default 60)
 * --seed     makes the same cases in the same order, of the same recorded ones; without it the clock
 *            chooses, and the closing line tells
 * --corpus   folders with recorded cases that are varied, besides test/vectors/gotemplate
 * --only     comma-separated: only templates in which one of these words stands, say a function
 * --out      appends the differences found, reduced, as recorded cases (JSON Lines)
 * --max      stops after so many differences (default 20)
 *
 * Exits 0 without a difference, 1 with one, where nothing could be compared or where the oracle does
 * not build, 2 on wrong usage; where Go is not installed it says so and exits 0.
 */
import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findCases } from "../conformance/cases.js";
import { buildOracle, bundledZones } from "../oracle/build.js";
import { type Died, type Outcome, Peer } from "../oracle/peer.js";
import { generate } from "./generate.js";
import { Corpus, type FuzzCase } from "./mutate.js";
import { Random } from "./random.js";
import { reduce } from "./reduce.js";
import { exceeds, type Verdict, verdictOf } from "./verdict.js";

const BATCH = 250;
/** So often Go repeats a case, to see whether its outcome varies; more often before we report one. */
const RUNS = 2;
const RUNS_TO_REPORT = 40;
const PROGRESS_MS = 30_000;
/** Templates made in search of one with a word of `--only`. */
const MAX_TRIES = 100_000;

const VECTORS = fileURLToPath(new URL("../vectors/gotemplate", import.meta.url));
const ENGINE = fileURLToPath(new URL("./engine.ts", import.meta.url));

interface Options {
  readonly seconds: number;
  readonly seed: number;
  readonly corpus: readonly string[];
  readonly only: readonly string[];
  readonly out: string | undefined;
  readonly max: number;
}

class Tally {
  cases = 0;
  outputs = 0;
  errors = 0;
  differences = 0;
  readonly skipped = new Map<string, number>();

  add(verdict: Verdict): void {
    this.cases++;
    if (verdict.kind === "same") this[verdict.what === "output" ? "outputs" : "errors"]++;
    else if (verdict.kind === "skipped") this.skip(verdict.reason);
  }

  skip(reason: string): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1);
  }

  line(): string {
    const skipped = [...this.skipped].map(([reason, count]) => `${reason} ${count}`);
    return [
      `${this.cases} cases`,
      `${this.outputs} equal outputs`,
      `${this.errors} equal errors`,
      `not compared: ${skipped.join(", ") || 0}`,
      `${this.differences} differences`,
    ].join(", ");
  }
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) return 2;
  const oracle = buildOracle();
  if (oracle === undefined) {
    console.log("fuzz: skipped, Go is not installed");
    return 0;
  }
  const programs = { oracle, engine: ENGINE };
  const [steady, careful] = [pairOf(programs), pairOf(programs)];
  try {
    return await fuzz(options, steady, careful);
  } finally {
    for (const peer of [...Object.values(steady), ...Object.values(careful)]) peer.stop();
  }
}

/** The two programs that are compared. */
interface Pair {
  readonly go: Peer;
  readonly ours: Peer;
}

function pairOf({ oracle, engine }: { oracle: string; engine: string }): Pair {
  const env = { TZ: "UTC" };
  const goEnv = { ...env, ZONEINFO: bundledZones(), GOTRACEBACK: "none" };
  const args = ["--import", "tsx", engine];
  return {
    go: new Peer({ name: "Go", command: oracle, args: [], env: goEnv }),
    ours: new Peer({ name: "backbar", command: process.execPath, args, env }),
  };
}

/** Runs until the time is over; what differs is looked at again by a second pair of programs. */
async function fuzz(options: Options, steady: Pair, careful: Pair): Promise<number> {
  const random = new Random(options.seed);
  const corpus = new Corpus([VECTORS, ...options.corpus].flatMap(recorded));
  const tally = new Tally();
  const start = Date.now();
  let reported = start;
  const batch = () => {
    const cases = random.times(BATCH, BATCH, () =>
      wanted(options.only, () => (random.chance(50) ? corpus.mutate(random) : generate(random))),
    );
    return { cases, answers: steady.ours.answer(cases) };
  };
  // One program answers the next batch while the other answers this one.
  let next = batch();
  while (Date.now() - start < options.seconds * 1000 && tally.differences < options.max) {
    const { cases, answers } = next;
    const mine = await answers;
    next = batch();
    for (const [i, verdict] of (await compare(cases, mine, steady.go, RUNS)).entries()) {
      tally.add(verdict);
      if (verdict.kind === "different" && tally.differences < options.max) {
        const found = await confirm(cases[i] as FuzzCase, careful);
        if (found === undefined) {
          tally.skip("Go's outcome varies");
          continue;
        }
        tally.differences++;
        report(found, tally.differences, options);
      }
    }
    if (Date.now() - reported > PROGRESS_MS) {
      reported = Date.now();
      console.log(`fuzz: ${Math.round((reported - start) / 1000)} s: ${tally.line()}`);
    }
  }
  const seconds = ((Date.now() - start) / 1000).toFixed(0);
  console.log(`fuzz: seed ${options.seed}, ${seconds} s: ${tally.line()}`);
  return tally.differences === 0 && tally.outputs + tally.errors > 0 ? 0 : 1;
}

/** Makes cases until one has one of the words, where there are any. */
function wanted(words: readonly string[], make: () => FuzzCase): FuzzCase {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const made = make();
    const parts = words.length === 0 ? [] : made.template.split(/\W+/);
    if (words.length === 0 || words.some((word) => parts.includes(word))) return made;
  }
  throw new Error(`no template has one of the words ${words.join(", ")}`);
}

/** Asks Go about all but what exceeded our budgets: Go has none, and would not come back. */
async function compare(
  cases: readonly FuzzCase[],
  mine: readonly (Outcome | Died)[],
  go: Peer,
  runs: number,
): Promise<Verdict[]> {
  const asked = cases.flatMap((each, i) => (exceeds(mine[i]) ? [] : [{ ...each, runs }]));
  const answers = (await go.answer(asked)).values();
  return cases.map((_, i) => {
    const ours = mine[i];
    if (ours === undefined || exceeds(ours)) return { kind: "skipped", reason: "our budget" };
    const theirs = answers.next();
    if (theirs.done) throw new Error("fewer outcomes than cases");
    return verdictOf(theirs.value, ours);
  });
}

interface Found {
  readonly reduced: FuzzCase;
  readonly how: string;
  readonly go: Outcome | Died;
  readonly ours: Outcome | Died;
}

/** Looks again, with many runs and in another process, and reduces; nothing where Go's outcome varies. */
async function confirm(found: FuzzCase, { go, ours }: Pair): Promise<Found | undefined> {
  const how = async (each: FuzzCase): Promise<string | undefined> => {
    const [verdict] = await compare([each], await ours.answer([each]), go, RUNS_TO_REPORT);
    return verdict?.kind === "different" ? verdict.how : undefined;
  };
  const wanted = await how(found);
  if (wanted === undefined || !(await isSteady(found, go))) return undefined;
  const smallest = await reduce(found, async (smaller) => (await how(smaller)) === wanted);
  const reduced = (await isSteady(smallest, go)) ? smallest : found;
  const [theirs] = await go.answer([{ ...reduced, runs: 1 }]);
  const [mine] = await ours.answer([reduced]);
  if (theirs === undefined || mine === undefined) return undefined;
  return { reduced, how: wanted, go: theirs, ours: mine };
}

/** Whether another process of Go gives the same: addresses differ there, also what was made of them. */
async function isSteady(each: FuzzCase, go: Peer): Promise<boolean> {
  const [here] = await go.answer([{ ...each, runs: 1 }]);
  go.restart();
  const [there] = await go.answer([{ ...each, runs: 1 }]);
  return JSON.stringify(here) === JSON.stringify(there);
}

function report({ reduced, how, go, ours }: Found, number: number, options: Options): void {
  console.log(`DIFFERENT (${how})`);
  console.log(`    template ${JSON.stringify(reduced.template)}`);
  console.log(`    data     ${JSON.stringify(reduced.data)} (${reduced.decoder})`);
  console.log(`    Go       ${JSON.stringify(go)}`);
  console.log(`    ours     ${JSON.stringify(ours)}`);
  if (options.out === undefined) return;
  const id = `fuzz-${options.seed}-${number}`;
  appendFileSync(options.out, `${JSON.stringify({ id, group: "fuzz", ...reduced, ...go })}\n`);
}

function recorded(folder: string): FuzzCase[] {
  return findCases(folder).flatMap((each) => (each.kind === "template" ? [each] : []));
}

function readOptions(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: "string", default: "60" },
        seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
        corpus: { type: "string", multiple: true, default: [] },
        only: { type: "string", default: "" },
        out: { type: "string" },
        max: { type: "string", default: "20" },
      },
    });
    return {
      seconds: wholeNumber(values.seconds),
      seed: wholeNumber(values.seed),
      corpus: values.corpus,
      only: values.only.split(",").filter((word) => word !== ""),
      out: values.out,
      max: wholeNumber(values.max),
    };
  } catch (error) {
    console.error(`fuzz: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`not a whole number: ${text}`);
  return Number(text);
}

process.exitCode = await main(process.argv.slice(2));
