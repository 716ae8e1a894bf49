#!/usr/bin/env node
/** `backbar-server`, the process: settings in, one clear line on failure, signals to a quiet end. */
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Config, readConfig } from "./config.js";
import { BackbarError } from "./errors.js";
import type { RunningServer } from "./server.js";
import { VERSION } from "./version.js";

/** In a clone; a container has none. */
const EXAMPLE = fileURLToPath(new URL("../examples/orders/inventory.score.yaml", import.meta.url));
const EXAMPLE_ENVIRONMENT = "local";
const USAGE = `usage:
backbar-server        serves
backbar-server scrub  checks all that is stored
backbar-server keys   lists, replaces and revokes the registry's keys
Settings are environment variables: docs/operator.md
`;
const HELP = new Set(["--help", "-h", "help"]);

const started = performance.now();
const [command, ...rest] = process.argv.slice(2);
if (command === undefined) serve();
else if (command === "scrub" && rest.length === 0) void checkStore();
else if (command === "keys") void manageKeys(rest);
else if (HELP.has(command)) process.stdout.write(USAGE);
else {
  process.stderr.write(`backbar: error: no such command\nhint: ${USAGE}`);
  process.exitCode = 2;
}

/** Starts the service, and ends it with the first signal. */
function serve(): void {
  const startup = start();
  let running: RunningServer | undefined;
  let isStopping = false;
  void startup.then((server) => {
    running = server;
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stop);

  /** Requests in flight finish first; a signal that comes again changes nothing. */
  function stop(): void {
    if (isStopping) return;
    isStopping = true;
    // A start is completed by the next one, whenever it ends.
    if (running === undefined) process.exit(0);
    void running.close().then(() => process.exit(0));
  }
}

/** Exits with 1 where anything is not as it was written. */
async function checkStore(): Promise<void> {
  try {
    const config = readConfig();
    const { runScrub } = await import("./scrub.js");
    const { sound, text } = await runScrub(config);
    process.stdout.write(text);
    if (!sound) process.exitCode = 1;
  } catch (error) {
    process.stderr.write(failure(error));
    process.exitCode = 1;
  }
}

/** Exits with 2 where the command line is none. */
async function manageKeys(args: readonly string[]): Promise<void> {
  try {
    const config = readConfig();
    const { runKeysCommand } = await import("./keys-command.js");
    process.stdout.write(await runKeysCommand(args, config));
  } catch (error) {
    process.stderr.write(failure(error));
    process.exitCode = error instanceof BackbarError && error.code === "keys_usage" ? 2 : 1;
  }
}

async function start(): Promise<RunningServer | undefined> {
  try {
    const config = readConfig();
    // Loaded now, so that a wrong setting is told at once.
    const { startServer } = await import("./server.js");
    const server = await startServer(config);
    process.stdout.write(greeting(server, config));
    if (server.readOnly !== undefined) {
      process.stderr.write(`backbar: warning: read-only: ${server.readOnly}\n`);
    }
    for (const failure of server.seeded.failures) {
      process.stderr.write(`backbar: warning: not added: ${failure}\n`);
    }
    return server;
  } catch (error) {
    process.stderr.write(failure(error));
    process.exit(1);
  }
}

function greeting(server: RunningServer, config: Config): string {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const { seeded, url } = server;
  const lines = [
    `Backbar ${VERSION} serves ${url} (ready in ${seconds} s, ${server.store})`,
    ...(seeded.versions === 0
      ? []
      : [
          `  published     ${seeded.versions} recipe versions, ${seeded.releases} environments with a first release`,
        ]),
    `  look          ${url}/docs, ${url}/v1/recipes, ${url}/v1/environments`,
    `  admin token   ${relative(server.adminTokenFile)}`,
    ...(server.keys.local
      ? [
          `  keys          ${relative(server.keys.directory)} (local: they prove integrity, not origin)`,
        ]
      : []),
    ...firstRender(server, config),
  ];
  return `${lines.join("\n")}\n`;
}

/** A command that works wherever its reader stands; nothing without the example and its environment. */
function firstRender({ url }: RunningServer, { environmentsDir }: Config): string[] {
  if (environmentsDir === undefined || !existsSync(EXAMPLE)) return [];
  if (!existsSync(path.join(environmentsDir, `${EXAMPLE_ENVIRONMENT}.yaml`))) return [];
  return [
    "Render a Score file to Docker Compose:",
    `  mkdir -p inventory && curl -fsS --data-binary ${shellWord(`@${EXAMPLE}`)} -H 'accept: application/gzip' \\`,
    `    '${url}/v1/environments/${EXAMPLE_ENVIRONMENT}/render?target=compose' | tar xzv -C inventory`,
  ];
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function relative(file: string): string {
  const short = path.relative(process.cwd(), file);
  return short.startsWith("..") ? file : short;
}

function failure(error: unknown): string {
  if (error instanceof BackbarError) {
    const { file, line, column } = error.place ?? {};
    const place = [file, line, column].filter((part) => part !== undefined).join(":");
    const at = place === "" || error.message.startsWith(place) ? "" : `${place}: `;
    const hint = error.hint === undefined ? "" : `hint: ${error.hint}\n`;
    return `backbar: error: ${at}${error.message}\n${hint}`;
  }
  // What the system refused says enough; anything else is our fault, and its stack tells where.
  const ofSystem = error instanceof Error && "syscall" in error;
  const text = error instanceof Error ? (ofSystem ? error.message : error.stack) : String(error);
  return `backbar: error: ${text}\n`;
}
