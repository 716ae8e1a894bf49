/** The compiled service as a process of its own: started with settings, watched, ended by its pid. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

const MAIN = path.resolve("dist/main.js");

export type Settings = Readonly<Record<string, string>>;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServiceProcess {
  readonly pid: number;
  /** What it wrote so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exited: Promise<Exit>;
  readonly running: () => boolean;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Exit>;
  signal(signal: NodeJS.Signals): void;
}

export interface RunningService extends ServiceProcess {
  readonly url: string;
}

/** Starts the service in `cwd` with these settings and no others; it is gone when the test is. */
export function spawnService(
  settings: Settings,
  cwd: string,
  user: { readonly uid?: number } = {},
): ServiceProcess {
  return watch(spawnMain(settings, cwd, user));
}

/** Starts the service and waits until it says where it listens. */
export async function startService(settings: Settings, cwd: string): Promise<RunningService> {
  return untilListening(spawnService(settings, cwd));
}

/** As `startService`, for the tests of a suite: who starts it ends it. */
export async function startSharedService(settings: Settings, cwd: string): Promise<RunningService> {
  return untilListening(observe(spawnMain(settings, cwd)));
}

/** Runs a command of the service's program to its end. */
export async function runCommand(
  args: readonly string[],
  settings: Settings,
  cwd: string,
): Promise<{ readonly exit: Exit; readonly stdout: string; readonly stderr: string }> {
  const { exited, stdout, stderr } = watch(spawnMain(settings, cwd, {}, args));
  return { exit: await exited, stdout: stdout(), stderr: stderr() };
}

function spawnMain(
  settings: Settings,
  cwd: string,
  user: { readonly uid?: number } = {},
  args: readonly string[] = [],
) {
  return spawn(process.execPath, [MAIN, ...args], {
    ...user,
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, PORT: "0", ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export async function untilListening(service: ServiceProcess): Promise<RunningService> {
  for (;;) {
    const [, url] = /serves (\S+) [^\n]*\n/.exec(service.stdout()) ?? [];
    if (url !== undefined) return { ...service, url };
    if (!service.running()) throw new Error(`the service ended: ${service.stderr()}`);
    await pause(20);
  }
}

/** Watches a process, which is gone when the test is. */
export function watch(child: ChildProcess): ServiceProcess {
  const service = observe(child);
  onTestFinished(async () => {
    await service.end("SIGKILL");
  });
  return service;
}

function observe(child: ChildProcess): ServiceProcess {
  const texts = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    texts.stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    texts.stderr += text;
  });
  // "close" comes once the pipes are read to their end too.
  const exited = once(child, "close").then(
    ([code, signal]): Exit => ({ code: code as number | null, signal: signal as Exit["signal"] }),
  );
  const running = () => child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (running()) child.kill(signal);
    return exited;
  };
  return {
    pid: child.pid ?? 0,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    exited,
    running,
    end,
    signal: (signal) => child.kill(signal),
  };
}

/** An empty folder, gone when the test is; its path is short, as a data directory's has to be. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "backbar-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Waits until `condition` holds or the service has ended. */
export async function until(
  service: ServiceProcess,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  while (service.running() && !(await condition())) await pause(5);
}
