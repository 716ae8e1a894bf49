/** `backbar help`: topics that are of no single command. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, withJson } from "../frame/command.js";
import { UsageError } from "../frame/usage.js";
import { TOPICS } from "../help-topics.js";

export function help(command: Command, cli: Cli): void {
  const list = TOPICS.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`).join("\n");
  command
    .description("Prints help of a command, or of a topic.")
    .addHelpText("after", `\nTopics:\n${list}`);
  withJson(command.argument("<command-or-topic>")).action((name, flags) =>
    cli.run(flags, async () => {
      const topic = TOPICS.find((one) => one.name === name);
      if (topic !== undefined) return { json: topic, text: topic.text };
      const names = TOPICS.map((one) => one.name).join(", ");
      throw new UsageError(
        `there is neither a command nor a topic '${name}'`,
        `topics are ${names}; backbar --help lists the commands`,
      );
    }),
  );
}
