/** The commands that environments and entry lists have in common: show, edit, apply. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import type { DefinitionKind } from "./definition-kind.js";

interface DefinitionGroup {
  /** The group's own name. */
  readonly name: "env" | "entry-list";
  readonly noun: "environment" | "entry list";
  /** Placeholder of the name in help. */
  readonly argument: "environment" | "list";
  /** A name for examples, and a folder of files. */
  readonly example: string;
  readonly folder: string;
  readonly load: () => Promise<DefinitionKind>;
}

/** Adds `show`, `edit` and `apply` to a group. */
export function addDefinitionCommands(command: Command, cli: Cli, group: DefinitionGroup): void {
  addShow(command, cli, group);
  addEdit(command, cli, group);
  addApply(command, cli, group);
}

function addShow(command: Command, cli: Cli, group: DefinitionGroup): void {
  const { name, noun, argument, example, load } = group;
  const show = command.command("show").summary(`print one as YAML, which can be applied again`);
  show.description(
    `Prints the definition of an ${noun} as YAML that backbar ${name} apply takes. What goes\n` +
      "without saying is left out; --json is the API's own answer.",
  );
  examples(
    show,
    `backbar ${name} show ${example}`,
    `backbar ${name} show ${example} > ${example}.yaml`,
  );
  withServer(show.argument(`<${argument}>`, `name of the ${noun}`)).action((wanted, flags) =>
    cli.run(flags, async (session) => {
      const [{ showDefinition }, kind] = await Promise.all([import("./show.js"), load()]);
      return showDefinition(session, kind, wanted);
    }),
  );
}

function addEdit(command: Command, cli: Cli, group: DefinitionGroup): void {
  const { name, noun, argument, example, load } = group;
  const edit = command.command("edit").summary("change one in your editor");
  edit.description(
    `Opens the definition of an ${noun} in your editor (VISUAL, EDITOR) and changes it when you\n` +
      "save and leave. Unchanged or emptied, nothing is sent. What is refused, also because\n" +
      "somebody else was first, is kept in its file.",
  );
  examples(edit, `backbar ${name} edit ${example}`, `EDITOR=nano backbar ${name} edit ${example}`);
  withServer(edit.argument(`<${argument}>`, `name of the ${noun}`)).action((wanted, flags) =>
    cli.run(flags, async (session) => {
      const [{ editDefinition }, kind] = await Promise.all([import("./edit.js"), load()]);
      return editDefinition(session, kind, wanted);
    }),
  );
}

function addApply(command: Command, cli: Cli, group: DefinitionGroup): void {
  const { name, noun, example, folder, load } = group;
  const apply = command.command("apply").summary("make or change those that files define");
  apply.description(
    `Makes each ${noun} say what its file says, YAML or JSON; the file's name is the ${noun}'s.\n` +
      "Where it says so already, nothing is sent. All files are checked before the first is sent.",
  );
  examples(
    apply,
    `backbar ${name} apply ${folder}/*.yaml`,
    `backbar ${name} apply --dry-run ${folder}/${example}.yaml`,
    `backbar ${name} show ${example} | backbar ${name} apply --name copy -`,
  );
  withServer(
    apply
      .argument("<file...>", "YAML or JSON; - is the standard input")
      .option("--name <name>", `of the ${noun}, where the file's is another`)
      .option("--dry-run", "change nothing, show what would change"),
  ).action((files, flags) =>
    cli.run(flags, async (session) => {
      const [{ applyDefinitions }, kind] = await Promise.all([import("./apply.js"), load()]);
      return applyDefinitions(session, kind, files, flags);
    }),
  );
}
