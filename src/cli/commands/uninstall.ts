/** `backbar uninstall`: recipes out of a Score project. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";

export function uninstall(command: Command, cli: Cli): void {
  command.description(
    "Takes recipes out of the Score project in this folder: out of backbar.lock and of the files\n" +
      "that backbar install wrote. State of what they made stays with the Score CLIs.",
  );
  examples(command, "backbar uninstall dapr/redis-state-store");
  withServer(command.argument("<recipe...>", "namespace/name")).action((recipes, flags) =>
    cli.run(flags, async (session) => {
      const { removeRecipes } = await import("../install/install.js");
      const { showChange } = await import("../install/project.js");
      return showChange(session, await removeRecipes(session, flags, recipes));
    }),
  );
}
