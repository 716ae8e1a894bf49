/** `backbar render`: Score files to a Compose file or manifests. */
import type { Command } from "@commander-js/extra-typings";
import type { Cli } from "../frame/command.js";

export function render(command: Command, { machine }: Cli): void {
  command
    .helpOption(false)
    .allowUnknownOption()
    .argument("[args...]")
    .action(async (args) => {
      const { renderLocally } = await import("../render/render.js");
      const { stdout, stderr } = await renderLocally(args, machine);
      machine.stderr.write(stderr);
      machine.stdout.write(stdout);
    });
}
