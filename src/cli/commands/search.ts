/** `backbar search`: recipes by words and by what they provide. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { targetOption } from "../frame/flags.js";

export function search(command: Command, cli: Cli): void {
  command.description(
    "Lists the recipes of a registry that fit. Of each its highest stable version is searched and\n" +
      "shown. Every word has to be in the name, the title, the description or a resource type.",
  );
  examples(command, "backbar search redis", "backbar search --type dapr-pubsub --target k8s");
  withServer(
    command
      .argument("[words...]", "what to look for; all recipes without a word")
      .option("--type <type>", "provides this resource type")
      .option("--class <class>", "of this class, or of any")
      .addOption(targetOption("for this target"))
      .option("--provider <name>", "of this namespace, or by a maintainer of this name"),
  ).action((words, flags) =>
    cli.run(flags, async (session) => {
      const { findRecipes } = await import("../../client/browse.js");
      const { describeNotices } = await import("../browse/notices.js");
      const { type, class: className, target, provider } = flags;
      const q = words.length === 0 ? undefined : words.join(" ");
      const filter = { q, type, class: className, target, provider };
      const found = await findRecipes(await session.client(), filter);
      const { screen } = session;
      const rows = found.map(({ value }) => [
        screen.style("cyan", value.recipe),
        value.version,
        // A recipe without types has patch templates alone.
        value.types.join(", ") || "(patches)",
        value.targets.join(", ") || "-",
        [describeNotices(value), value.title].filter((part) => part !== "").join("  "),
      ]);
      const header = ["recipe", "version", "types", "targets", "title"];
      const json = { recipes: found.map((one) => one.json) };
      if (rows.length > 0) return { json, text: await screen.table(header, rows) };
      screen.note("no recipe fits");
      return { json, text: "" };
    }),
  );
}
