/** `backbar render` in this process; what goes wrong is thrown. */
import { Command, CommanderError } from "@commander-js/extra-typings";
import { render } from "../../src/cli/commands/render.js";
import { Cli, giveManners } from "../../src/cli/frame/command.js";
import type { Outside } from "../../src/cli/frame/machine.js";
import { machineIn, Recorder } from "./command-line.js";

export async function renderLocally(args: readonly string[], { folder, host }: Outside) {
  const [stdout, stderr] = [new Recorder(undefined), new Recorder(undefined)];
  const machine = { ...machineIn(folder, {}, stdout, stderr), host };
  const cli = new Cli(machine, { json: args.includes("--json") });
  const command = new Command("render");
  giveManners(command, cli);
  render(command, cli);
  try {
    await command.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
  }
  return { stdout: stdout.text, stderr: stderr.text };
}
