/** `backbar yank` and `backbar deprecate`. */
import type { Command } from "@commander-js/extra-typings";
import type { NoticeAct } from "../../client/notices.js";
import { type Cli, examples, withServer } from "../frame/command.js";
import { splitReference } from "../frame/reference.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";

interface Flags {
  readonly reason?: string | undefined;
  readonly successor?: string | undefined;
  readonly undo?: boolean | undefined;
}

export function yank(command: Command, cli: Cli): void {
  command.description(
    "Yanks a version: no new release picks it. Releases that have it serve it unchanged, and its\n" +
      "users are told the reason and the successor. It takes an owner of the namespace or an\n" +
      "administrator. Versions are never deleted.",
  );
  examples(
    command,
    'backbar yank acme/redis@1.2.0 --reason "loses data" --successor acme/redis@1.2.1',
    "backbar yank acme/redis@1.2.0 --undo",
  );
  define(command, cli, "yank");
}

export function deprecate(command: Command, cli: Cli): void {
  command.description(
    "Deprecates a version: it works as before, and its users are told the reason and what to use\n" +
      "instead. It takes an owner of the namespace or an administrator.",
  );
  examples(
    command,
    'backbar deprecate acme/redis@1.2.0 --reason "no longer maintained" --successor acme/valkey',
    "backbar deprecate acme/redis@1.2.0 --undo",
  );
  define(command, cli, "deprecate");
}

function define(command: Command, cli: Cli, act: NoticeAct): void {
  withServer(
    command
      .argument("<version>", "namespace/name@1.2.3")
      .option("--reason <text>", "why, for people; needed unless --undo is given")
      .option("--successor <recipe>", "use this instead: namespace/name or namespace/name@1.2.3")
      .option("--undo", "take back what was said"),
  ).action((version, flags) =>
    cli.run(flags, (session) => giveNotice(session, act, version, flags)),
  );
}

async function giveNotice(
  session: Session,
  act: NoticeAct,
  named: string,
  { reason, successor, undo = false }: Flags,
): Promise<Outcome> {
  const { recipe, version } = splitVersion(named);
  if (undo ? successor !== undefined : (reason ?? "") === "") {
    throw new UsageError(
      undo ? "what is taken back has no successor" : "the reason is missing",
      `backbar ${act} ${named} --reason TEXT, or --undo`,
    );
  }
  const notices = await import("../../client/notices.js");
  const json = await notices.giveNotice(
    await session.client(),
    { recipe, version, act },
    {
      ...(reason === undefined ? {} : { reason }),
      ...(successor === undefined ? {} : { successor }),
      ...(undo ? { undo } : {}),
    },
  );
  const said = act === "yank" ? "yanked" : "deprecated";
  return { json, text: `${recipe} ${version} is ${undo ? "no longer " : ""}${said}\n` };
}

/** The registry knows the rest. */
const EXACT = /^\d+\.\d+\.\d+/;

/** @throws {UsageError} */
function splitVersion(text: string): { recipe: string; version: string } {
  const { name: recipe, part: version } = splitReference(text) ?? {};
  if (recipe !== undefined && version !== undefined && EXACT.test(version)) {
    return { recipe, version };
  }
  throw new UsageError(`'${text}' names no version`, "it is namespace/name@1.2.3");
}
