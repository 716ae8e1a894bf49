/** `backbar env`: environments and their definitions. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { addDefinitionCommands } from "../platform/definition-commands.js";

export function env(command: Command, cli: Cli): void {
  command.description(
    "Environments: named places, each an ordered list of entries (recipes with version ranges)\n" +
      "and its rules. What is changed here is served once a release is cut.",
  );
  examples(command, "backbar env show production", "backbar env apply environments/*.yaml");
  const list = command.command("list").summary("all environments and what they serve");
  list.description(
    "Lists all environments: the target that its own entries are narrowed to, the number of the\n" +
      "release that is served, and of those that wait for approval.",
  );
  examples(list, "backbar env list");
  withServer(list).action((flags) =>
    cli.run(flags, async (session) => {
      const { showEnvironments } = await import("../platform/list.js");
      return showEnvironments(session);
    }),
  );
  addDefinitionCommands(command, cli, {
    name: "env",
    noun: "environment",
    argument: "environment",
    example: "production",
    folder: "environments",
    load: async () => (await import("../platform/definition-kind.js")).ENVIRONMENT_KIND,
  });
}
