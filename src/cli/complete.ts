/** What may stand next on a command line, for the completion of shells. */
import type { Argument, CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { membersOf } from "../core/codec/members.js";
import { TARGETS } from "../core/score/project-state.js";
import type { Cli } from "./frame/command.js";
import { readContexts } from "./frame/config-folder.js";
import { Session } from "./frame/session.js";

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** How long names are looked for on the registry: whoever waits for a key to answer waits shortly. */
const TIMEOUT_SECONDS = 1;
const MAX_NAMES = 200;

/**
 * The candidates for the last of `words`, which may be begun or empty; the first is a command. None
 * where a file is wanted, or nothing is known.
 */
export async function complete(
  program: CommandUnknownOpts,
  words: readonly string[],
  cli: Cli,
): Promise<Candidate[]> {
  // Bash takes `--flag=value` for three words.
  const given = words.filter((word) => word !== "=");
  const last = given.at(-1) ?? "";
  const { command, values, pending } = walk(program, given.slice(0, -1));
  const candidates = await candidatesFor(command, values, pending, last, cli);
  return candidates.filter(({ value }) => value.startsWith(last));
}

interface Position {
  readonly command: CommandUnknownOpts;
  /** How many arguments of the command are given. */
  readonly values: number;
  /** The flag whose value comes next. */
  readonly pending: Option | undefined;
}

function walk(program: CommandUnknownOpts, words: readonly string[]): Position {
  let command = program;
  let values = 0;
  let pending: Option | undefined;
  for (const word of words) {
    if (pending !== undefined) {
      pending = undefined;
    } else if (word.startsWith("-")) {
      const flag = command.options.find(({ short, long }) => word === short || word === long);
      pending = flag !== undefined && !flag.isBoolean() ? flag : undefined;
    } else {
      const next = command.commands.find((one) => [one.name(), ...one.aliases()].includes(word));
      if (next === undefined) values++;
      else command = next;
    }
  }
  return { command, values, pending };
}

async function candidatesFor(
  command: CommandUnknownOpts,
  values: number,
  pending: Option | undefined,
  last: string,
  cli: Cli,
): Promise<Candidate[]> {
  if (pending !== undefined) return valuesOf(pending, placeholderOf(pending), cli);
  if (last.startsWith("-")) {
    return command.options
      .filter((option) => !option.hidden)
      .map((option) => ({ value: option.long ?? option.flags, description: option.description }));
  }
  if (command.commands.length > 0) {
    if (values > 0) return [];
    return command.commands.map((one) => ({
      value: one.name(),
      description: one.summary() || one.description(),
    }));
  }
  const all = command.registeredArguments;
  const argument = all[values] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  return argument === undefined ? [] : valuesOf(argument, argument.name(), cli);
}

/** The word in a flag's brackets. */
function placeholderOf({ flags }: Option): string {
  return /[<[]([^>\]]+?)(?:\.\.\.)?[>\]]/.exec(flags)?.[1] ?? "";
}

/** What an argument or the value of a flag may be; `name` says what it is of. */
async function valuesOf(
  { argChoices }: Pick<Option | Argument, "argChoices">,
  name: string,
  cli: Cli,
): Promise<Candidate[]> {
  if (argChoices !== undefined) return argChoices.map(withoutDescription);
  switch (name) {
    case "target":
      return TARGETS.map(withoutDescription);
    case "context":
      return (await readContexts(cli.machine)).contexts.map((context) => ({
        value: context.name,
        description: context.server,
      }));
    case "environment":
    case "from-environment":
    case "to-environment":
      return listNames(cli, "environments", "name");
    case "list":
      return listNames(cli, "entry-lists", "name");
    case "namespace":
      return listNames(cli, "namespaces", "name");
    case "recipe":
      return listNames(cli, "recipes", "recipe");
    default:
      return [];
  }
}

function withoutDescription(value: string): Candidate {
  return { value, description: "" };
}

/** Names of a list of the current registry; none where it does not answer at once. */
async function listNames(cli: Cli, list: string, key: string): Promise<Candidate[]> {
  const session = new Session(cli.machine, cli.screen, {}, { timeoutSeconds: TIMEOUT_SECONDS });
  try {
    const client = await session.client();
    const page = membersOf(await client.getJson(`/v1/${list}`, { limit: MAX_NAMES }));
    const items: readonly unknown[] = [...page.values()].find(Array.isArray) ?? [];
    return items.map(membersOf).flatMap((item) => {
      const [value, title] = [item.get(key), item.get("title")];
      if (typeof value !== "string") return [];
      return [{ value, description: typeof title === "string" ? title : "" }];
    });
  } catch {
    // A shell that completes has no place for errors.
    return [];
  }
}
