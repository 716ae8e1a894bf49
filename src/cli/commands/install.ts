/** `backbar install`: recipes of a registry in a Score project, pinned by backbar.lock. */
import type { Command } from "@commander-js/extra-typings";
import type { Target } from "../../core/score/project-state.js";
import { type Cli, type CommonFlags, examples, withServer } from "../frame/command.js";
import { targetsOption } from "../frame/flags.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";

interface Flags extends CommonFlags {
  readonly frozen?: true | undefined;
  readonly target?: readonly Target[] | undefined;
}

export function install(command: Command, cli: Cli): void {
  command.description(
    "Puts recipes into the Score project in this folder, where score-compose, score-k8s and\n" +
      "backbar render --local find them, and pins version and digest of each in backbar.lock: commit\n" +
      "it. Without a range a recipe is taken in its highest stable version and whatever is compatible\n" +
      "with it later (^). Recipes match in the order of installation. Everything is verified, by\n" +
      "digest and by the publisher's signature, before anything is written.\n\n" +
      "Without recipes it puts into place exactly what backbar.lock says, and fetches only where\n" +
      "something is missing or changed.",
  );
  examples(
    command,
    "backbar install dapr/redis-state-store score/dns@^1.0",
    "backbar install --target compose dapr/redis-pubsub@1.0.0",
    "backbar install",
    "backbar install --frozen    # in CI: fails where backbar.lock is not exactly right",
  );
  withServer(
    command
      .argument("[recipe...]", "namespace/name, namespace/name@1.2.3 or namespace/name@^1.2")
      .addOption(targetsOption("write files for this one only, from now on; repeatable"))
      .option("--frozen", "never change backbar.lock; fail where it is not exactly right"),
  ).action((recipes, flags) => cli.run(flags, (session) => run(session, recipes, flags)));
}

async function run(session: Session, recipes: readonly string[], flags: Flags) {
  const { addRecipes, installLock } = await import("../install/install.js");
  const { showChange } = await import("../install/project.js");
  const { frozen = false, target: targets = [] } = flags;
  if (frozen && (recipes.length > 0 || targets.length > 0)) {
    throw new UsageError(
      "--frozen installs what backbar.lock says: it takes no recipes and no --target",
      "install them without --frozen first, and commit backbar.lock",
    );
  }
  const change =
    recipes.length > 0
      ? await addRecipes(session, flags, recipes, targets)
      : await installLock(session, flags, { frozen, targets });
  return showChange(session, change);
}
