/** `backbar complete -- WORD…`: what the completion scripts ask; a line for each candidate. */
import type { Command } from "@commander-js/extra-typings";
import type { Cli } from "../frame/command.js";

export function defineComplete(
  command: Command,
  cli: Cli,
  loadProgram: (name: string | undefined) => Promise<Command>,
): void {
  command.argument("[words...]").action(async (words) => {
    const { complete } = await import("../complete.js");
    const found = await complete(await loadProgram(words[0]), words, cli);
    const lines = found.map(({ value, description }) => `${value}\t${firstLine(description)}\n`);
    await cli.run({}, async () => ({ json: found, text: lines.join("") }));
  });
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").replaceAll("\t", " ");
}
