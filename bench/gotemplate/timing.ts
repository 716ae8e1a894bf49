/** How long the engines take: each measures itself, in its own process, when it is asked. */
import { executeTemplate, parseTemplate } from "../../src/core/gotemplate/template.js";
import type { Host, Value } from "../../src/core/gotemplate/value.js";
import { PROVISIONER_FUNCTIONS } from "../../src/core/render/template-functions.js";
import { dataOf } from "../../test/conformance/template-case.js";
import { Peer } from "../../test/oracle/peer.js";
import type { BenchCase } from "./cases.js";

/** Nanoseconds of one operation each. */
export interface Timing {
  readonly executeNs: number;
  /** Parse and execute, nothing kept. */
  readonly coldNs: number;
  readonly output: string;
}

// No case asks for the outside.
const HOST: Host = {
  randomBytes: (size) => new Uint8Array(size),
  now: () => 0n,
  env: () => undefined,
  lookupHost: () => undefined,
};

/** Our engine, in this process; each operation is measured for `seconds`. */
export function measureOurs(benchCase: BenchCase, seconds: number): Timing {
  const data = dataOf({ ...benchCase, decoder: "score" });
  const parsed = parse(benchCase);
  const execute = () => executeTemplate(parsed, data, { host: HOST }).output;
  return {
    output: execute(),
    executeNs: nanosecondsOf(seconds, execute),
    coldNs: nanosecondsOf(seconds, () => parseAndExecute(benchCase, data)),
  };
}

/** Nanoseconds of the first parse and execution, when nothing of the engine's code is compiled yet. */
export function measureFirst(benchCase: BenchCase): number {
  const data = dataOf({ ...benchCase, decoder: "score" });
  const start = process.hrtime.bigint();
  parseAndExecute(benchCase, data);
  return Number(process.hrtime.bigint() - start);
}

function parse({ template, platform }: BenchCase) {
  return parseTemplate("", template, PROVISIONER_FUNCTIONS[platform]);
}

function parseAndExecute(benchCase: BenchCase, data: Value): string {
  return executeTemplate(parse(benchCase), data, { host: HOST }).output;
}

/** The mean time of one call, over calls for at least `seconds`. */
function nanosecondsOf(seconds: number, call: () => unknown): number {
  const start = process.hrtime.bigint();
  let calls = 0;
  for (let batch = 1; ; batch = Math.min(2 * batch, 64)) {
    for (let i = 0; i < batch; i++) call();
    calls += batch;
    const spent = Number(process.hrtime.bigint() - start);
    if (spent >= seconds * 1e9) return spent / calls;
  }
}

/** Go's engine: the oracle's program. */
export class GoEngine {
  private readonly peer: Peer<Timing | { readonly error: string }>;

  constructor(binary: string) {
    this.peer = new Peer({ name: "Go", command: binary, args: [], env: { TZ: "UTC" } });
  }

  /** @throws Error where Go's engine fails */
  async measure({ template, data, platform }: BenchCase, benchSeconds: number): Promise<Timing> {
    const request = { template, data, decoder: "score", platform, benchSeconds };
    const [answer] = await this.peer.answer([request]);
    if (answer !== undefined && "executeNs" in answer) return answer;
    throw new Error(`Go: ${JSON.stringify(answer)}`);
  }

  close(): void {
    this.peer.stop();
  }
}
