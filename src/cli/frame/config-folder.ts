/**
 * The user's own folder: registries that `backbar login` knows, tokens, publisher keys, and what was
 * seen of each registry, so that nobody can show an older state of it.
 *
 *     config.json        contexts: name, server, pinned root key
 *     credentials.json   their tokens
 *     seen.json          by root key: the highest key set, the newest release of each environment
 *                        and the key that signed that it is
 *     logs.json          by origin: the checkpoint of each audited log that was seen last
 *     keys/NAME.pem      private keys of publishers
 *
 * Every file is for its owner's eyes only (mode 0600), and so is the folder where a command makes
 * it. Commands that run at once change it one after the other.
 */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { membersOf } from "../../core/codec/members.js";
import { BackbarError } from "../../errors.js";
import { oneAtATime } from "../files/one-at-a-time.js";
import { decodeFile, fileError, readIfThere } from "../files/read-file.js";
import { writeWhole } from "../files/write-whole.js";
import { CliError } from "./error.js";
import type { Machine } from "./machine.js";

/** A registry that the user logged in to. */
export interface Context {
  readonly name: string;
  /** Origin of the registry. */
  readonly server: string;
  /** Fingerprint of its root key. */
  readonly root: string;
}

export interface Contexts {
  /** Name of the one that commands use. */
  readonly current: string | undefined;
  readonly contexts: readonly Context[];
}

/** What was seen of one registry. */
export interface Seen {
  readonly keySet: number;
  /** By environment. */
  readonly releases: ReadonlyMap<string, SeenRelease>;
}

export interface SeenRelease {
  readonly number: number;
  /** Fingerprint of the key that signed the pointer to it; "" where an earlier version kept none. */
  readonly key: string;
}

const MAX_BYTES = 1024 * 1024;

/** Absolute; it need not be there. */
export function configFolder({ env, home, folder }: Machine): string {
  const own = env("BACKBAR_CONFIG_DIR");
  if (own !== undefined && own !== "") return path.resolve(folder, own);
  const xdg = env("XDG_CONFIG_HOME");
  const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, ".config");
  return path.join(base, "backbar");
}

/** @throws {CliError} cli_config, cli_file */
export async function readContexts(machine: Machine): Promise<Contexts> {
  const { current, contexts } = await readJson(machine, "config.json");
  const read = [...membersOf(contexts)].map(([name, value]): Context => {
    const { server, root } = Object.fromEntries(membersOf(value));
    if (typeof server === "string" && typeof root === "string") return { name, server, root };
    throw faulty(machine, "config.json", `the context ${name} lacks server or root`);
  });
  return { current: typeof current === "string" ? current : undefined, contexts: read };
}

/** Replaces the contexts by what `change` makes of them. @throws {CliError} cli_config, cli_file */
export function changeContexts(machine: Machine, change: (before: Contexts) => Contexts) {
  return alone(machine, async () => {
    const { current, contexts } = change(await readContexts(machine));
    const named = contexts.map(({ name, ...context }) => [name, context] as const);
    await writeJson(machine, "config.json", { current, contexts: Object.fromEntries(named) });
  });
}

/** The token that is kept for a context. */
export async function readToken(machine: Machine, context: string): Promise<string | undefined> {
  const tokens = membersOf(await readJson(machine, "credentials.json"));
  const { token } = Object.fromEntries(membersOf(tokens.get(context)));
  return typeof token === "string" ? token : undefined;
}

/** Keeps a token for a context, or forgets it. */
export function writeToken(machine: Machine, context: string, token: string | undefined) {
  return alone(machine, async () => {
    const tokens = new Map(membersOf(await readJson(machine, "credentials.json")));
    if (token === undefined && !tokens.has(context)) return;
    tokens.delete(context);
    if (token !== undefined) tokens.set(context, { token });
    await writeJson(machine, "credentials.json", Object.fromEntries(tokens));
  });
}

/** What was seen of the registry with this root key. */
export async function readSeen(machine: Machine, root: string): Promise<Seen> {
  const all = membersOf(await readJson(machine, "seen.json"));
  const { keySet, releases } = Object.fromEntries(membersOf(all.get(root)));
  const numbers = [...membersOf(releases)].flatMap(([name, value]) => {
    const { number = value, key = "" } = Object.fromEntries(membersOf(value));
    const isRead = typeof number === "number" && typeof key === "string";
    return isRead ? [[name, { number, key }] as const] : [];
  });
  return { keySet: typeof keySet === "number" ? keySet : 0, releases: new Map(numbers) };
}

/**
 * Adds `seen` to what was seen of the registry with this root key. Nothing goes back, but for what
 * one of the keys `revoked` signed: it may have lied.
 */
export function writeSeen(
  machine: Machine,
  root: string,
  seen: Seen,
  revoked: ReadonlySet<string> = new Set(),
): Promise<void> {
  return alone(machine, async () => {
    const before = await readSeen(machine, root);
    const releases = new Map(before.releases);
    for (const [name, release] of seen.releases) {
      const known = releases.get(name);
      const holds = known !== undefined && !revoked.has(known.key);
      if (!holds || release.number >= known.number) releases.set(name, release);
    }
    const keySet = Math.max(seen.keySet, before.keySet);
    const all = new Map(membersOf(await readJson(machine, "seen.json")));
    all.set(root, { keySet, releases: Object.fromEntries(releases) });
    await writeJson(machine, "seen.json", Object.fromEntries(all));
  });
}

/**
 * Pins the successor of a root key in each context that has it, with what was seen under the old
 * one but for the number of its key set, which the new one counts.
 */
export function replaceRoot(machine: Machine, from: string, to: string): Promise<void> {
  return alone(machine, async () => {
    const { current, contexts } = await readContexts(machine);
    const named = contexts.map(
      ({ name, server, root }) => [name, { server, root: root === from ? to : root }] as const,
    );
    const all = new Map(membersOf(await readJson(machine, "seen.json")));
    const { releases } = Object.fromEntries(membersOf(all.get(from)));
    if (releases !== undefined && !all.has(to)) {
      all.set(to, { keySet: 0, releases });
      await writeJson(machine, "seen.json", Object.fromEntries(all));
    }
    await writeJson(machine, "config.json", { current, contexts: Object.fromEntries(named) });
  });
}

/** The checkpoint of the log with this origin that was seen last: a signed note. */
export async function readSeenLog(machine: Machine, origin: string): Promise<string | undefined> {
  const note = membersOf(await readJson(machine, "logs.json")).get(origin);
  return typeof note === "string" ? note : undefined;
}

/** Keeps the checkpoint of the log with this origin. */
export function writeSeenLog(machine: Machine, origin: string, note: string): Promise<void> {
  return alone(machine, async () => {
    const all = new Map(membersOf(await readJson(machine, "logs.json")));
    all.set(origin, note);
    await writeJson(machine, "logs.json", Object.fromEntries(all));
  });
}

/** Does `work` in the folder, which is made where it is missing, while no other command does theirs. */
async function alone(machine: Machine, work: () => Promise<void>): Promise<void> {
  const folder = configFolder(machine);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw fileError(`${folder} cannot be made`, cause);
  }
  await oneAtATime(path.join(folder, ".lock"), work);
}

async function readJson(machine: Machine, name: string): Promise<Record<string, unknown>> {
  const file = path.join(configFolder(machine), name);
  const bytes = await readIfThere(file, file, MAX_BYTES);
  if (bytes === undefined) return {};
  try {
    return Object.fromEntries(membersOf(JSON.parse(decodeFile(bytes, file))));
  } catch (error) {
    if (error instanceof BackbarError) throw error;
    throw faulty(machine, name, "it is no JSON");
  }
}

async function writeJson(machine: Machine, name: string, value: object): Promise<void> {
  const file = path.join(configFolder(machine), name);
  await writeWhole(file, `${JSON.stringify(value, undefined, 2)}\n`, 0o600);
}

function faulty(machine: Machine, name: string, reason: string): CliError {
  const file = path.join(configFolder(machine), name);
  return new CliError("cli_config", `${file} cannot be used: ${reason}`, {
    place: { file },
    hint: "mend it, or delete it and log in again",
  });
}
