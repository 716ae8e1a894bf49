/** `backbar import`: provisioners files that lie in a repository, as recipes. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withJson } from "../frame/command.js";
import { targetOption } from "../frame/flags.js";

export function importCommand(command: Command, cli: Cli): void {
  command.description(
    "Makes recipes of Score's provisioners files (*.provisioners.yaml) in a folder and below it. Their\n" +
      "text stays as it is, byte for byte. A recipe is called as its file, without the number that\n" +
      "orders files; one name for two targets is one recipe, and where one target has a name twice\n" +
      "the folder goes before it. The target is told by the path (score-compose, score-k8s), else by\n" +
      "the content. A score.yaml beside the files becomes the example if it renders. Every file is\n" +
      "reported, with what publishing would refuse. Nothing that is there is written over; a file of\n" +
      "which no recipe can be made exits with 1.",
  );
  examples(
    command,
    "backbar import community-provisioners --namespace community",
    "backbar import provisioners --target k8s --version 1.0.0 --out recipes",
  );
  withJson(
    command
      .argument("<folder>", "where the provisioners files are")
      .option("--namespace <namespace>", "of the recipes (default: the folder's name)")
      .addOption(targetOption("of all files (default: each file tells)"))
      .option("--version <version>", "of the recipes", "0.1.0")
      .option("--out <folder>", "gets NAMESPACE/NAME for each recipe", "recipes"),
  ).action((folder, flags) =>
    cli.run(flags, async (session) => {
      const { importFolder } = await import("../author/import.js");
      return importFolder(session, folder, flags);
    }),
  );
}
