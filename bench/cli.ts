/**
 * How long the command line takes to start: whole processes, one after the other, from spawn to exit.
 * `npm run bench:cli`, with `-- --runs N` (21). The baselines are Node.js with an empty program, and
 * with one that imports the parser of command lines alone.
 */
import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { Sample } from "./load.js";
import { describeMachine, printVerdict } from "./report.js";

const MAIN = "dist/cli/main.js";
/** Of `backbar --version`. */
const TARGET_MS = 150;

const CASES: readonly { readonly name: string; readonly args: readonly string[] }[] = [
  { name: "node, an empty program", args: ["-e", "0"] },
  {
    name: "node, the parser alone",
    args: ["--input-type=module", "-e", 'import "@commander-js/extra-typings"'],
  },
  { name: "backbar --version", args: [MAIN, "--version"] },
  { name: "backbar --help", args: [MAIN, "--help"] },
  { name: "backbar render --help", args: [MAIN, "render", "--help"] },
  { name: "backbar env --help", args: [MAIN, "env", "--help"] },
  { name: "backbar complete -- re", args: [MAIN, "complete", "--", "re"] },
];

const { values } = parseArgs({ options: { runs: { type: "string", default: "21" } } });
const runs = Number(values.runs);
console.log(`${describeMachine()}; ${runs} runs of each, in turn; from spawn to exit`);
const times = new Map(CASES.map(({ name }) => [name, [] as number[]]));
for (let run = 0; run < runs; run++) {
  for (const { name, args } of CASES) times.get(name)?.push(timeOf(args));
}
const samples = [...times].map(([name, all]) => ({
  name,
  ms: new Sample(Float64Array.from(all), 0),
}));
for (const { name, ms } of samples) {
  console.log(`  ${name.padEnd(26)} median ${inMs(ms, 0.5)}, worst ${inMs(ms, 1)}`);
}
const version = samples.find(({ name }) => name === "backbar --version")?.ms;
if (version !== undefined) {
  const holds = version.quantileMs(0.5) <= TARGET_MS;
  printVerdict(`backbar --version within ${TARGET_MS} ms, median`, holds, inMs(version, 0.5));
}

/** Milliseconds of one run. */
function timeOf(args: readonly string[]): number {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: "ignore" });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}`);
  return performance.now() - start;
}

function inMs(sample: Sample, quantile: number): string {
  return `${sample.quantileMs(quantile).toFixed(0)} ms`;
}
