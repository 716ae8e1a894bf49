/**
 * Which registry a command speaks to, and as whom: a flag comes before its environment variable,
 * and that before the context that `backbar login` made.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Context, readContexts, readToken } from "./config-folder.js";
import type { Machine } from "./machine.js";
import { UsageError } from "./usage.js";

/** Flags that every command with a server has. */
export interface ServerFlags {
  readonly server?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly context?: string | undefined;
}

export interface Settings {
  /** Origin of the registry. */
  readonly server: string;
  readonly token: string | undefined;
  /** Fingerprint of the root key that the user trusts; undefined where none is pinned. */
  readonly root: string | undefined;
  /** Name of the context that the server is of; undefined where it is of none. */
  readonly context: string | undefined;
}

export const DEFAULT_SERVER = "http://localhost:8080";

/** @throws {UsageError}; {CliError} cli_config, cli_file */
export async function readSettings(flags: ServerFlags, machine: Machine): Promise<Settings> {
  const { env } = machine;
  const context = await chooseContext(flags, machine);
  const server =
    flags.server ?? nonEmpty(env("BACKBAR_SERVER")) ?? context?.server ?? DEFAULT_SERVER;
  // What is kept for one registry is not shown to another.
  const own = context !== undefined && originOf(server) === originOf(context.server);
  const token = await givenToken(flags, machine);
  return {
    server,
    token: token ?? (own ? await readToken(machine, context.name) : undefined),
    root: nonEmpty(env("BACKBAR_ROOT")) ?? (own ? context.root : undefined),
    context: own ? context.name : undefined,
  };
}

/** The one that is named; else the one of the server that is named; else the current one. */
async function chooseContext(flags: ServerFlags, machine: Machine): Promise<Context | undefined> {
  const { env } = machine;
  const { current, contexts } = await readContexts(machine);
  const name = flags.context ?? nonEmpty(env("BACKBAR_CONTEXT"));
  if (name !== undefined) {
    const found = contexts.find((context) => context.name === name);
    if (found !== undefined) return found;
    throw new UsageError(`there is no context ${name}`, "backbar context list shows them");
  }
  const server = flags.server ?? nonEmpty(env("BACKBAR_SERVER"));
  if (server === undefined) return contexts.find((context) => context.name === current);
  const fitting = contexts.filter((context) => originOf(context.server) === originOf(server));
  return fitting.find((context) => context.name === current) ?? fitting[0];
}

async function givenToken(flags: ServerFlags, machine: Machine): Promise<string | undefined> {
  const { env } = machine;
  if (flags.tokenFile !== undefined) return readTokenFile(machine, flags.tokenFile, "--token-file");
  const token = nonEmpty(env("BACKBAR_TOKEN"));
  if (token !== undefined) return token;
  const file = nonEmpty(env("BACKBAR_TOKEN_FILE"));
  return file === undefined ? undefined : readTokenFile(machine, file, "BACKBAR_TOKEN_FILE");
}

/** The token in a file that the user names. @throws {UsageError} */
export async function readTokenFile(machine: Machine, file: string, what: string): Promise<string> {
  const text = await readFile(path.resolve(machine.folder, file), "utf8").catch((error: Error) => {
    throw new UsageError(`${what}: ${error.message}`, "it names a file that holds the token");
  });
  const token = text.trim();
  if (token !== "" && !/\s/.test(token)) return token;
  throw new UsageError(`${what}: ${file} holds no token`, "a token is one word");
}

/** Undefined for a variable that is unset or empty. */
function nonEmpty(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function originOf(server: string): string {
  return URL.canParse(server) ? new URL(server).origin : server;
}
