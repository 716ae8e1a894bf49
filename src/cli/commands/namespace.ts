/** `backbar namespace`: who owns a namespace, who may publish in it, and its rules. */
import { type Command, Option, type OptionValues } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { parseNumber, repeated } from "../frame/flags.js";

export function namespace(command: Command, cli: Cli): void {
  command.description(
    "A namespace is the first half of a recipe's name, with its owners, its publisher keys and its\n" +
      "rules. Administrators make namespaces; they and the owners change them.",
  );
  examples(
    command,
    "backbar namespace create acme --owner alice",
    "backbar namespace set acme --visibility private --signatures 2",
    "backbar namespace show acme",
  );
  defineList(command, cli);
  defineShow(command, cli);
  defineCreate(command, cli);
  defineSet(command, cli);
  defineDelete(command, cli);
}

function defineList(parent: Command, cli: Cli): void {
  const command = parent
    .command("list")
    .summary("all namespaces")
    .description("Lists all namespaces.");
  examples(command, "backbar namespace list");
  withServer(command).action((flags) =>
    cli.run(flags, async (session) => {
      const { showAll } = await import("../namespace/show-namespace.js");
      return showAll(session);
    }),
  );
}

function defineShow(parent: Command, cli: Cli): void {
  const command = parent
    .command("show")
    .summary("one namespace, with its keys")
    .description("Shows a namespace, its rules and keys, and which of the keys are yours.");
  examples(command, "backbar namespace show acme");
  withServer(command.argument("<namespace>")).action((name, flags) =>
    cli.run(flags, async (session) => {
      const { showNamespace } = await import("../namespace/show-namespace.js");
      const { readNamespace } = await import("../../client/namespaces.js");
      return showNamespace(session, await readNamespace(await session.client(), name));
    }),
  );
}

function defineCreate(parent: Command, cli: Cli): void {
  const command = parent
    .command("create")
    .summary("make a namespace")
    .description(
      "Makes a namespace, which takes an administrator. The public half of your default key goes on\n" +
        "its list, or those that --key names, or none with --no-key.",
    );
  examples(
    command,
    "backbar namespace create acme",
    "backbar namespace create acme --owner alice --key alice-public.pem",
  );
  const owners = command.option(
    "--owner <name>",
    "may change it and publish in it (repeatable)",
    repeated,
  );
  withServer(
    withRules(owners)
      .option(
        "-k, --key <key>",
        "may sign its versions: a name of backbar keys list, or a PEM file of either half; repeatable (BACKBAR_KEY, or your key 'default')",
        repeated,
      )
      .option("--no-key", "without any key"),
  ).action((name, flags) =>
    cli.run(flags, async (session) => {
      const { create } = await import("../namespace/change-namespace.js");
      return create(session, name, flags);
    }),
  );
}

function defineSet(parent: Command, cli: Cli): void {
  const command = parent
    .command("set")
    .summary("change owners and rules")
    .description(
      "Changes what is said and leaves the rest. Changes that others make meanwhile are kept.\n" +
        "backbar keys changes the list of keys.",
    );
  examples(command, "backbar namespace set acme --add-owner bob --signatures 2");
  const owners = command
    .option("--add-owner <name>", "may change it and publish in it (repeatable)", repeated)
    .option("--remove-owner <name>", "no longer may (repeatable)", repeated);
  withServer(withRules(owners)).action((name, flags) =>
    cli.run(flags, async (session) => {
      const { change } = await import("../namespace/change-namespace.js");
      return change(session, name, flags);
    }),
  );
}

function defineDelete(parent: Command, cli: Cli): void {
  const command = parent
    .command("delete")
    .summary("give a namespace up, for good")
    .description(
      "Gives a namespace up, for good: nothing is published in it again, and neither its name nor one\n" +
        "that looks like it is given to anybody. Its versions stay, because releases stand on them.",
    );
  examples(command, "backbar namespace delete acme --yes");
  withServer(command.argument("<namespace>").option("--yes", "say that this is meant")).action(
    (name, flags) =>
      cli.run(flags, async (session) => {
        const { giveUp } = await import("../namespace/change-namespace.js");
        return giveUp(session, name, flags.yes === true);
      }),
  );
}

/** Adds the namespace's name and its rules. */
function withRules<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  const visibility = new Option(
    "--visibility <visibility>",
    "public, or private: shown to administrators and owners only",
  ).choices(["public", "private"] as const);
  const signatures = new Option(
    "--signatures <number>",
    "how many different keys must sign a version",
  ).argParser((text) => parseNumber(text, "--signatures", { max: 9999 }));
  return command
    .argument("<namespace>")
    .addOption(visibility)
    .addOption(signatures)
    .option("--commands", "allow cmd:// provisioners, which run programs")
    .option("--no-commands", "allow none");
}
