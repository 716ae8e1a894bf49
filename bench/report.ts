/** How benchmarks print what they find. */
import { cpus, loadavg } from "node:os";
import type { Sample } from "./load.js";

/** The machine, how busy it is, and Node's version. */
export function describeMachine(): string {
  const load = loadavg().map((each) => each.toFixed(2));
  const processor = `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`;
  return `${processor}, load ${load.join(" ")}; node ${process.version}`;
}

/** Prints `p50`, `p99` and the rate of `sample`. */
export function printSample(name: string, sample: Sample): void {
  const figures = [0.5, 0.99].map((q) => `p${q * 100} ${sample.quantileMs(q).toFixed(2)} ms`);
  console.log(`  ${name.padEnd(46)} ${figures.join("  ")}  ${sample.perSecond().toFixed(0)}/s`);
}

/** Prints whether a target is held, and the figure. */
export function printVerdict(target: string, holds: boolean, figure: string): void {
  console.log(`  ${holds ? "holds" : "MISSED"}: ${target}: ${figure}`);
}
