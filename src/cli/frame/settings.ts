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
  const named = namedServer(flags, machine);
  const context = await chooseContext(flags, named, machine);
  const server = named ?? context?.server ?? DEFAULT_SERVER;
  // What is kept for one registry is not shown to another.
  const own = context !== undefined && originOf(server) === originOf(context.server);
  if (flags.context !== undefined && !own) {
    throw new UsageError(`the context ${flags.context} is not of ${server}`, "name only one");
  }
  const token = await givenToken(flags, machine, server);
  return {
    server,
    token: token ?? (own ? await readToken(machine, context.name) : undefined),
    root: rootVariable(machine) ?? (own ? context.root : undefined),
    context: own ? context.name : undefined,
  };
}

/** A flag for the context comes before the variable for the server. */
function namedServer(flags: ServerFlags, machine: Machine): string | undefined {
  if (flags.server !== undefined || flags.context !== undefined) return flags.server;
  return setting(machine, "BACKBAR_SERVER");
}

/** The context that is named; else one of the server that is named; else the current one. */
async function chooseContext(
  flags: ServerFlags,
  server: string | undefined,
  machine: Machine,
): Promise<Context | undefined> {
  const name = flags.context ?? setting(machine, "BACKBAR_CONTEXT");
  if (name !== undefined) return findContext(machine, name);
  const { current, contexts } = await readContexts(machine);
  if (server === undefined) return contexts.find((context) => context.name === current);
  const fitting = contexts.filter((context) => originOf(context.server) === originOf(server));
  return fitting.find((context) => context.name === current) ?? fitting[0];
}

/** The context with this name, or the current one. @throws {UsageError} where there is none */
export async function findContext(machine: Machine, name: string | undefined): Promise<Context> {
  const { current, contexts } = await readContexts(machine);
  const wanted = name ?? setting(machine, "BACKBAR_CONTEXT") ?? current;
  const found = contexts.find((context) => context.name === wanted);
  if (found !== undefined) return found;
  if (wanted === undefined) throw new UsageError("there is no current context", "backbar login");
  throw new UsageError(`there is no context ${wanted}`, "backbar context list shows them");
}

/**
 * The token for `server`: the flag's, else that of the environment, unless the environment names
 * another registry beside it.
 * @throws {UsageError}; {CliError} cli_config
 */
export async function givenToken(
  flags: ServerFlags,
  machine: Machine,
  server: string,
): Promise<string | undefined> {
  if (flags.tokenFile !== undefined) return readTokenFile(machine, flags.tokenFile, "--token-file");
  if (!(await isOfEnvironment(machine, server))) return undefined;
  const token = setting(machine, "BACKBAR_TOKEN");
  if (token !== undefined) return checkToken(token, "BACKBAR_TOKEN");
  const file = setting(machine, "BACKBAR_TOKEN_FILE");
  return file === undefined ? undefined : readTokenFile(machine, file, "BACKBAR_TOKEN_FILE");
}

/** Whether `server` is the registry that the environment names, where it names one. */
async function isOfEnvironment(machine: Machine, server: string): Promise<boolean> {
  const context = setting(machine, "BACKBAR_CONTEXT");
  const named =
    setting(machine, "BACKBAR_SERVER") ??
    (context &&
      (await readContexts(machine)).contexts.find(({ name }) => name === context)?.server);
  return named === undefined || originOf(named) === originOf(server);
}

/** The token in a file that the user names. @throws {UsageError} */
export async function readTokenFile(machine: Machine, file: string, what: string): Promise<string> {
  const text = await readFile(path.resolve(machine.folder, file), "utf8").catch((error: Error) => {
    const isGone = "code" in error && error.code === "ENOENT";
    throw new UsageError(
      `${what}: ${isGone ? `there is no file ${file}` : error.message}`,
      "it names a file that holds the token",
    );
  });
  return checkToken(text, `${what}: ${file}`);
}

/** The token that `text` is, without the space around it. @throws {UsageError} */
export function checkToken(text: string, what: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new UsageError(`${what} holds no token`, "a token is one word of plain ASCII");
}

/** The root key that BACKBAR_ROOT pins. @throws {UsageError} */
export function rootVariable(machine: Machine): string | undefined {
  const root = setting(machine, "BACKBAR_ROOT");
  return root === undefined ? undefined : checkFingerprint(root, "BACKBAR_ROOT");
}

/** The fingerprint of a key that `text` is; `what` says where it stands. @throws {UsageError} */
export function checkFingerprint(text: string, what: string): string {
  if (/^sha256:[0-9a-f]{64}$/.test(text)) return text;
  throw new UsageError(
    `${what}: '${text}' is no fingerprint of a key`,
    "it is sha256: and 64 hexadecimal digits; backbar context list shows those that are pinned",
  );
}

/** A variable of the environment; undefined where it is unset or empty. */
export function setting(machine: Machine, name: string): string | undefined {
  return machine.env(name) || undefined;
}

/** The origin of a server; what is no URL stays as it is. */
export function originOf(server: string): string {
  return URL.canParse(server) ? new URL(server).origin : server;
}
