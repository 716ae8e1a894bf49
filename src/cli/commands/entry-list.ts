/** `backbar entry-list`: entries that environments share. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { addDefinitionCommands } from "../platform/definition-commands.js";

export function entryList(command: Command, cli: Cli): void {
  command.description(
    "Entry lists: entries under a name, which environments share by '- list: NAME' among their\n" +
      "own. Each takes a change in with its next release.",
  );
  examples(command, "backbar entry-list show platform", "backbar entry-list apply lists/*.yaml");
  const list = command.command("list").summary("all entry lists");
  list.description("Lists all entry lists.");
  examples(list, "backbar entry-list list");
  withServer(list).action((flags) =>
    cli.run(flags, async (session) => {
      const { showEntryLists } = await import("../platform/list.js");
      return showEntryLists(session);
    }),
  );
  addDefinitionCommands(command, cli, {
    name: "entry-list",
    noun: "entry list",
    argument: "list",
    example: "platform",
    folder: "lists",
    load: async () => (await import("../platform/definition-kind.js")).ENTRY_LIST_KIND,
  });
}
