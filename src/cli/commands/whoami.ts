/** `backbar whoami`: who one is at a registry, and what one may. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";

export function whoami(command: Command, cli: Cli): void {
  command.description("Says who you are at the registry, what you may, and until when.");
  examples(command, "backbar whoami", "backbar whoami --token-file ci-shop.token --json");
  withServer(command).action((flags) =>
    cli.run(flags, async (session) => {
      const { whoAmI } = await import("../../client/tokens.js");
      const { describeSelf } = await import("../access/describe-self.js");
      const self = await whoAmI(await session.client());
      return {
        json: self.json,
        text: describeSelf(self)
          .map((line) => `${line}\n`)
          .join(""),
      };
    }),
  );
}
