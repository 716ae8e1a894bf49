/** One run of schemathesis against a service: what was tried, and what failed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";

interface Task {
  /** Path of the program. */
  readonly program: string;
  /** Takes the reports. */
  readonly folder: string;
  readonly url: string;
  readonly seed: string;
  readonly seconds: number;
  /** Sent with every request; undefined: none is. */
  readonly token: string | undefined;
}

export interface Run {
  readonly who: string;
  readonly operations: { readonly tested: number; readonly selected: number };
  readonly cases: number;
  readonly failures: number;
  readonly seconds: number;
  /** Whether every operation was tried and no check failed. */
  readonly passed: boolean;
  /** All that it printed. */
  readonly output: string;
}

/** As schemathesis writes it. */
interface Report {
  readonly exit_code: number;
  readonly running_time: number;
  readonly operations: Run["operations"];
  readonly test_cases: { readonly generated: number; readonly unique_failures: number };
}

const CONFIG = path.resolve("test/fuzz/api/schemathesis.toml");
/** Beyond its own limit, for what it has begun. */
const GRACE_SECONDS = 60;

export async function runSchemathesis(task: Task): Promise<Run> {
  const who = task.token === undefined ? "anonymous" : "administrator";
  const report = path.join(task.folder, `${who}.json`);
  const { output, code } = await collect(task, [
    ...["--config-file", CONFIG, "run", `${task.url}/openapi.json`, "--no-color"],
    ...["--max-time", String(task.seconds), "--seed", task.seed],
    ...["--continue-on-failure", "--generation-database", "none"],
    ...["--report", "json", "--report-json-path", report],
    ...(task.token === undefined ? [] : ["--header", `Authorization: Bearer ${task.token}`]),
  ]);
  if (code !== 0 && code !== 1) throw new Error(`schemathesis ended with ${code}:\n${output}`);
  const found = JSON.parse(readFileSync(report, "utf8")) as Report;
  const { tested, selected } = found.operations;
  return {
    who,
    operations: { tested, selected },
    cases: found.test_cases.generated,
    failures: found.test_cases.unique_failures,
    seconds: found.running_time,
    passed: code === 0 && found.exit_code === 0 && tested === selected,
    output,
  };
}

async function collect({ program, folder, seconds }: Task, args: readonly string[]) {
  const child = spawn(program, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const stop = () => child.kill("SIGKILL");
  process.once("exit", stop);
  const timer = setTimeout(stop, (seconds + GRACE_SECONDS) * 1000);
  const pieces: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (piece: string) => pieces.push(piece));
  }
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  clearTimeout(timer);
  process.off("exit", stop);
  return { code: code ?? signal, output: pieces.join("") };
}
