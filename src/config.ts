/**
 * Settings of the service, read once from the environment into one frozen value; the only reader
 * of `process.env`. docs/operator.md lists them; a wrong value is refused by name.
 */
import path from "node:path";
import { type Grant, parseGrants } from "./core/trust/grants.js";
import { BackbarError } from "./errors.js";

export type ConfigErrorCode = "config_invalid";

export class ConfigError extends BackbarError<ConfigErrorCode> {
  override readonly name = "ConfigError";
}

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Undefined: PGlite, embedded under `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly keysDir: string;
  /** Commands that sign with keys kept elsewhere, program first; undefined: the key lies in `keysDir`. */
  readonly releaseSigner: readonly string[] | undefined;
  readonly rootSigner: readonly string[] | undefined;
  /** Holds the admin tokens; undefined: `dataDir`/admin-token, made on first start. */
  readonly adminTokenFile: string | undefined;
  /** Says which OIDC issuers are believed; undefined: none. */
  readonly oidcFile: string | undefined;
  /** Requests in a minute of one identity; 0: no limit. */
  readonly rateLimit: number;
  /** Failed authentications in a minute from one address; 0: no limit. */
  readonly failedAuthLimit: number;
  /** Requests for a cosignature in a minute from one address; 0: no limit. */
  readonly witnessLimit: number;
  /** What whoever comes from this machine without a token may. */
  readonly anonymousGrants: readonly Grant[];
  /** Origin under which clients reach the service, without a trailing slash. */
  readonly publicUrl: string | undefined;
  /** Folder whose recipes and environments an empty registry starts with; undefined: none. */
  readonly catalogDir: string | undefined;
  readonly environmentsDir: string | undefined;
  /** Names the witnesses of the log; undefined: none. */
  readonly witnessesFile: string | undefined;
  /** Names the logs that this service witnesses; undefined: none. */
  readonly witnessLogsFile: string | undefined;
  /** Under which it does; there where `witnessLogsFile` is. */
  readonly witnessName: string | undefined;
  readonly logLevel: LogLevel;
  /** A render that takes longer is stopped. */
  readonly renderTimeoutSeconds: number;
  /** Threads that render at the same time. */
  readonly renderThreads: number;
  /** How much memory the outcomes of renders may take that are not made again; 0: none are kept. */
  readonly renderCacheMegabytes: number;
  /** How long a pointer is valid; it is renewed at half of that. */
  readonly pointerTtlHours: number;
  /** How often what was used is committed to the log. */
  readonly usageBatchSeconds: number;
}

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK = new Set(["localhost", "127.0.0.1", "::1"]);

/**
 * Reads the settings from `env`; paths are relative to `cwd`.
 * @throws {ConfigError} config_invalid, naming the setting
 */
export function readConfig(env: Environment = process.env, cwd: string = process.cwd()): Config {
  const dataDir = path.resolve(cwd, text(env, "DATA_DIR") ?? ".backbar");
  const folder = (name: string) => {
    const value = text(env, name);
    return value === undefined ? undefined : path.resolve(cwd, value);
  };
  const config: Config = {
    port: integer(env, "PORT", 8080, 0, 65535),
    host: text(env, "HOST") ?? "127.0.0.1",
    databaseUrl: databaseUrl(env),
    dataDir,
    keysDir: folder("KEYS_DIR") ?? path.join(dataDir, "keys"),
    releaseSigner: commandLine(env, "RELEASE_SIGNER"),
    rootSigner: commandLine(env, "ROOT_SIGNER"),
    adminTokenFile: folder("ADMIN_TOKEN_FILE"),
    oidcFile: folder("OIDC_FILE"),
    rateLimit: integer(env, "RATE_LIMIT", 12_000, 0, 10_000_000),
    failedAuthLimit: integer(env, "FAILED_AUTH_LIMIT", 60, 0, 1_000_000),
    witnessLimit: integer(env, "WITNESS_LIMIT", 600, 0, 1_000_000),
    anonymousGrants: anonymousGrants(env),
    publicUrl: publicUrl(env),
    catalogDir: folder("CATALOG_DIR"),
    environmentsDir: folder("ENVIRONMENTS_DIR"),
    witnessesFile: folder("WITNESSES_FILE"),
    witnessLogsFile: folder("WITNESS_LOGS_FILE"),
    witnessName: witnessName(env),
    logLevel: logLevel(env),
    renderTimeoutSeconds: integer(env, "RENDER_TIMEOUT_SECONDS", 10, 1, 300),
    renderThreads: integer(env, "RENDER_THREADS", 2, 1, 64),
    renderCacheMegabytes: integer(env, "RENDER_CACHE_MEGABYTES", 32, 0, 4096),
    pointerTtlHours: integer(env, "POINTER_TTL_HOURS", 24, 1, 24 * 30),
    usageBatchSeconds: integer(env, "USAGE_BATCH_SECONDS", 60, 1, 3600),
  };
  const hasAdministrator = config.adminTokenFile !== undefined || config.oidcFile !== undefined;
  if (!LOOPBACK.has(config.host) && !hasAdministrator) {
    throw new ConfigError(
      "config_invalid",
      `HOST: ${config.host} is reachable from other machines, and no administrator is configured`,
      {
        hint: "set ADMIN_TOKEN_FILE to a file that holds the admin token, or OIDC_FILE, or leave HOST at 127.0.0.1",
      },
    );
  }
  return Object.freeze(config);
}

/** A variable of the process environment as it is: what a render on its author's machine sees. */
export function environmentVariable(name: string): string | undefined {
  return Object.hasOwn(process.env, name) ? process.env[name] : undefined;
}

/** An empty value counts as unset, as container platforms pass it. */
function text(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === "" ? undefined : value;
}

function integer(
  env: Environment,
  name: string,
  fallback: number,
  min: number,
  max: number,
): number {
  const value = text(env, name);
  if (value === undefined) return fallback;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new ConfigError(
      "config_invalid",
      `${name}: ${value} is not a whole number from ${min} to ${max}`,
    );
  }
  return number;
}

function anonymousGrants(env: Environment): Grant[] {
  const value = text(env, "ANONYMOUS_GRANTS") ?? "reader renderer";
  try {
    return value === "none" ? [] : parseGrants(value.split(/\s+/));
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    throw new ConfigError("config_invalid", `ANONYMOUS_GRANTS: ${error.message}`, {
      cause: error,
      hint: "ANONYMOUS_GRANTS=reader renderer, or none",
    });
  }
}

/**
 * The words of a command line, which no shell reads: they end at spaces, unless single or double
 * quotes hold them together; no other character means anything.
 */
function commandLine(env: Environment, name: string): readonly string[] | undefined {
  const line = text(env, name);
  if (line === undefined) return undefined;
  const words = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  const rest = words.reduce((left, word) => left.replace(word, ""), line);
  if (rest.trim() !== "") {
    throw new ConfigError("config_invalid", `${name}: a quote is not closed`, {
      hint: `${name}="/usr/local/bin/sign --key 'my key'"`,
    });
  }
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}

function databaseUrl(env: Environment): string | undefined {
  const value = text(env, "DATABASE_URL");
  if (value === undefined) return undefined;
  if (!URL.canParse(value) || !["postgres:", "postgresql:"].includes(new URL(value).protocol)) {
    throw new ConfigError("config_invalid", "DATABASE_URL: not a postgres:// URL", {
      hint: "DATABASE_URL=postgres://user:password@host:5432/database",
    });
  }
  return value;
}

function publicUrl(env: Environment): string | undefined {
  const value = text(env, "PUBLIC_URL");
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (
    url === undefined ||
    !["http:", "https:"].includes(url.protocol) ||
    url.origin !== value.replace(/\/$/, "")
  ) {
    throw new ConfigError(
      "config_invalid",
      `PUBLIC_URL: ${value} is not the origin of an http(s) URL`,
      {
        hint: "PUBLIC_URL=https://backbar.example.com",
      },
    );
  }
  return url.origin;
}

/** C2SP signed-note: no spaces, no plus. */
function witnessName(env: Environment): string | undefined {
  const value = text(env, "WITNESS_NAME");
  if (value === undefined && text(env, "WITNESS_LOGS_FILE") !== undefined) {
    throw new ConfigError("config_invalid", "WITNESS_NAME: a witness needs a name", {
      hint: "WITNESS_NAME=witness.example.com/backbar",
    });
  }
  if (value !== undefined && !/^[\x21-\x2a\x2c-\x7e]{1,200}$/.test(value)) {
    throw new ConfigError("config_invalid", `WITNESS_NAME: ${value} has a space or a plus`);
  }
  return value;
}

function logLevel(env: Environment): LogLevel {
  const value = text(env, "LOG_LEVEL") ?? "warn";
  const level = LOG_LEVELS.find((known) => known === value);
  if (level === undefined) {
    throw new ConfigError(
      "config_invalid",
      `LOG_LEVEL: ${value} is none of ${LOG_LEVELS.join(", ")}`,
    );
  }
  return level;
}
