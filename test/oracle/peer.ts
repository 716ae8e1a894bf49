/** A program that answers cases: one JSON object a line in, one a line out, in the same order. */
import { type ChildProcess, spawn } from "node:child_process";
import { onLines } from "./lines.js";

/** What a program made of a template case. */
export type Outcome =
  | { readonly output: string }
  | { readonly outputBase64: string }
  | { readonly error: string; readonly errorStage: "parse" | "exec" | "data" }
  | { readonly unstable: true };

/** The case ended the program, or it did not answer in time. */
export interface Died {
  readonly died: string;
}

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Longest wait for one answer. */
const TIMEOUT_MS = 30_000;
/** Kept of what a program says on stderr, in characters. */
const MAX_COMPLAINT = 2000;

/** The invariant: one series of cases is under way at a time. */
export class Peer<Answer = Outcome> {
  private readonly program: Program;
  private child: ChildProcess | undefined;
  private complaint = "";
  private stopped = false;
  private waiting: { readonly take: (line: string) => void; readonly end: () => void } | undefined;

  constructor(program: Program) {
    this.program = program;
  }

  /** The outcomes of cases, in their order; fewer after `stop`. A case that ends the program costs only itself. */
  async answer(cases: readonly object[]): Promise<(Answer | Died)[]> {
    const outcomes: (Answer | Died)[] = [];
    while (!this.stopped && outcomes.length < cases.length) {
      const rest = cases.slice(outcomes.length);
      outcomes.push(...(await this.series(rest)));
    }
    return outcomes;
  }

  /** Ends the program for good, whatever it is asked. */
  stop(): void {
    this.stopped = true;
    this.restart();
  }

  /** Answers what comes next by a new process of the program. Nothing may be under way. */
  restart(): void {
    this.child?.kill("SIGKILL");
    this.child = undefined;
  }

  /** Answers until the end of the cases, or until one of them ends the program. */
  private series(cases: readonly object[]): Promise<(Answer | Died)[]> {
    const child = this.child ?? this.start();
    const outcomes: (Answer | Died)[] = [];
    return new Promise((resolve) => {
      let timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
      const finish = () => {
        clearTimeout(timer);
        this.waiting = undefined;
        resolve(outcomes);
      };
      this.waiting = {
        take: (line) => {
          outcomes.push(JSON.parse(line) as Answer);
          clearTimeout(timer);
          if (outcomes.length === cases.length) finish();
          else timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
        },
        end: () => {
          const [why] = this.complaint.split("\n");
          outcomes.push({ died: `${this.program.name} ended: ${why || "no answer"}` });
          finish();
        },
      };
      child.stdin?.write(cases.map((each) => `${JSON.stringify(each)}\n`).join(""));
    });
  }

  private start(): ChildProcess {
    const { command, args, env } = this.program;
    const child = spawn(command, [...args], { env, stdio: ["pipe", "pipe", "pipe"] });
    this.child = child;
    this.complaint = "";
    onLines(child.stdout, (line) => this.waiting?.take(line));
    child.stderr.on("data", (chunk) => {
      this.complaint = `${this.complaint}${chunk}`.slice(0, MAX_COMPLAINT);
    });
    child.stdin.on("error", () => {}); // the process ended: "close" tells
    child.on("close", () => {
      if (this.child === child) this.child = undefined;
      this.waiting?.end();
    });
    return child;
  }
}
