/**
 * Our template engine beside Go's on the same templates and data: `npm run bench:gotemplate`, with
 * `-- --rounds N` (7), `--seconds S` (0.05) for each operation of a round and `--only TEXT` for the
 * cases with TEXT in their name. Both engines take turns, so that what else the machine does meets
 * both. Targets, for templates of provisioners: warm within 3 times Go's time, parse and execute
 * together under a millisecond. "Cold" keeps no template between two operations; "first" is the one
 * time when the engine's own code is not compiled yet.
 */
import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { buildOracle } from "../test/oracle/build.js";
import { type BenchCase, microCases, typicalCases } from "./gotemplate/cases.js";
import { GoEngine, measureFirst, measureOurs, type Timing } from "./gotemplate/timing.js";

const MAX_RATIO = 3;
const MAX_COLD_NS = 1e6;
/** Rounds that are not counted: code is compiled in them. */
const WARM_UP_ROUNDS = 2;

interface Row {
  readonly name: string;
  readonly firstNs: number;
  readonly ours: readonly Timing[];
  readonly go: readonly Timing[];
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    seconds: { type: "string", default: "0.05" },
    only: { type: "string", default: "" },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);

const binary = buildOracle();
const go = binary === undefined ? undefined : new GoEngine(binary);
console.log(machine());
if (go === undefined) console.log("notice: Go is not installed; only our engine is measured");
const chosen = (cases: BenchCase[]) => cases.filter(({ name }) => name.includes(values.only));
const typical = await measureCases(chosen(typicalCases()));
const micro = await measureCases(chosen(microCases()));
go?.close();
report("templates of provisioners", typical);
report("one feature each", micro);
if (typical.length > 0) judge(typical);

function machine(): string {
  const [cpu] = cpus();
  const load = loadavg().map((each) => each.toFixed(2));
  const goVersion = go === undefined ? "no Go" : execFileSync("go", ["env", "GOVERSION"]);
  return [
    `${cpus().length} × ${cpu?.model ?? "unknown processor"}, load ${load.join(" ")}`,
    `node ${process.version}, ${String(goVersion).trim()}`,
    `${rounds} rounds of ${seconds} s for each operation`,
  ].join("; ");
}

/** All cases once a round, our engine and Go's in turn. */
async function measureCases(cases: readonly BenchCase[]): Promise<Row[]> {
  const rows = cases.map((each) => ({
    name: each.name,
    firstNs: measureFirst(each),
    ours: [] as Timing[],
    go: [] as Timing[],
  }));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [i, each] of cases.entries()) {
      const ours = measureOurs(each, seconds);
      const theirs = await go?.measure(each, seconds);
      if (theirs !== undefined && ours.output !== theirs.output) {
        throw new Error(`${each.name}: ours gives\n${ours.output}\nGo gives\n${theirs.output}`);
      }
      if (round < 0) continue;
      rows[i]?.ours.push(ours);
      if (theirs !== undefined) rows[i]?.go.push(theirs);
    }
  }
  return rows;
}

function report(title: string, rows: readonly Row[]): void {
  if (rows.length === 0) return;
  console.log(`\n${title}: µs by operation, median (least) of all rounds`);
  const widest = Math.max(...rows.map(({ name }) => name.length));
  const heads = ["warm", "Go warm", "ratio", "cold", "Go cold", "ratio", "first"];
  console.log(`${" ".repeat(widest)} ${heads.map((head) => head.padStart(17)).join("")}`);
  for (const row of rows) {
    const cells = [
      ...compared(row, "executeNs"),
      ...compared(row, "coldNs"),
      microseconds(row.firstNs),
    ];
    console.log(`${row.name.padEnd(widest)} ${cells.map((cell) => cell.padStart(17)).join("")}`);
  }
}

type Operation = "executeNs" | "coldNs";

function compared(row: Row, operation: Operation): string[] {
  const ours = row.ours.map((each) => each[operation]);
  const theirs = row.go.map((each) => each[operation]);
  if (theirs.length === 0) return [spread(ours), "", ""];
  return [spread(ours), spread(theirs), ratio(row, operation).toFixed(2)];
}

function spread(times: readonly number[]): string {
  return `${microseconds(median(times))} (${microseconds(Math.min(...times))})`;
}

function microseconds(nanoseconds: number): string {
  return (nanoseconds / 1000).toFixed(2);
}

/** How many times Go's time ours is, by the medians. */
function ratio(row: Row, operation: Operation): number {
  const ours = median(row.ours.map((each) => each[operation]));
  return ours / median(row.go.map((each) => each[operation]));
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** Says whether the targets hold for the templates of provisioners. */
function judge(rows: readonly Row[]): void {
  const colds = rows.map((row) => median(row.ours.map((each) => each.coldNs)));
  const cold = Math.max(...colds);
  console.log(
    `\nparse and execute under 1 ms: ${verdict(cold < MAX_COLD_NS)}, the slowest takes ${microseconds(cold)} µs`,
  );
  if (go === undefined) return;
  const ratios = rows.map((row) => ratio(row, "executeNs"));
  const within = ratios.filter((each) => each <= MAX_RATIO).length;
  console.log(
    `warm within ${MAX_RATIO} × Go's time: ${verdict(within === rows.length)}, ${within} of ${rows.length} templates; ` +
      `median ratio ${median(ratios).toFixed(2)}, greatest ${Math.max(...ratios).toFixed(2)}`,
  );
}

function verdict(holds: boolean): string {
  return holds ? "holds" : "MISSED";
}
