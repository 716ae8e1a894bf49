/** `backbar context`: the registries that the user logged in to. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withJson } from "../frame/command.js";
import { changeContexts, readContexts, readToken, writeToken } from "../frame/config-folder.js";
import { findContext } from "../frame/settings.js";

export function context(command: Command, cli: Cli): void {
  command.description(
    "Shows and chooses the registries that you logged in to. Commands use the current one, unless\n" +
      "--context, --server or their variables say otherwise.",
  );
  examples(command, "backbar context list", "backbar context use alice");
  defineList(command, cli);
  defineUse(command, cli);
  defineRemove(command, cli);
}

function defineList(group: Command, cli: Cli): void {
  const command = group.command("list").alias("ls").description("List all contexts.");
  withJson(command).action((flags) =>
    cli.run(flags, async ({ machine, screen }) => {
      const { current, contexts } = await readContexts(machine);
      const all = [];
      for (const one of contexts) {
        const token = (await readToken(machine, one.name)) !== undefined;
        all.push({ ...one, token, current: one.name === current });
      }
      const rows = all.map(({ name, server, root, token, ...one }) => [
        one.current ? "*" : "",
        ...[name, server, token ? "yes" : "no", root],
      ]);
      const header = ["", "name", "server", "token", "root key"];
      const json = { contexts: all };
      if (rows.length > 0) return { json, text: await screen.table(header, rows) };
      screen.note("there is no context; backbar login makes one");
      return { json, text: "" };
    }),
  );
}

function defineUse(group: Command, cli: Cli): void {
  const command = group.command("use").description("Make a context the current one.");
  withJson(command.argument("<context>")).action((given, flags) =>
    cli.run(flags, async ({ machine }) => {
      const { name, server } = await findContext(machine, given);
      await changeContexts(machine, ({ contexts }) => ({ current: name, contexts }));
      return {
        json: { context: name, server },
        text: `${name} (${server}) is the current context\n`,
      };
    }),
  );
}

function defineRemove(group: Command, cli: Cli): void {
  const command = group
    .command("remove")
    .alias("rm")
    .description("Forget a context: its token and its pinned root key.");
  withJson(command.argument("<context>")).action((given, flags) =>
    cli.run(flags, async ({ machine }) => {
      const { name } = await findContext(machine, given);
      await writeToken(machine, name, undefined);
      await changeContexts(machine, ({ current, contexts }) => ({
        current: current === name ? undefined : current,
        contexts: contexts.filter((one) => one.name !== name),
      }));
      return { json: { context: name }, text: `the context ${name} is forgotten\n` };
    }),
  );
}
