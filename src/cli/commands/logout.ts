/** `backbar logout`: forgets the token of a context. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withJson } from "../frame/command.js";
import { readToken, writeToken } from "../frame/config-folder.js";
import { findContext } from "../frame/settings.js";

export function logout(command: Command, cli: Cli): void {
  command.description(
    "Forgets the token of a context. Its root key stays pinned: backbar context remove forgets it.",
  );
  examples(command, "backbar logout", "backbar logout alice");
  withJson(command.argument("[context]", "which one (the current one)")).action((given, flags) =>
    cli.run(flags, async ({ machine }) => {
      const { name } = await findContext(machine, given);
      const had = (await readToken(machine, name)) !== undefined;
      await writeToken(machine, name, undefined);
      const text = had ? `the token of ${name} is forgotten\n` : `${name} had no token\n`;
      return { json: { context: name, forgotten: had }, text };
    }),
  );
}
