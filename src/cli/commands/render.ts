/** `backbar render`: Score files to a Compose file or manifests, by a registry or on this machine. */
import { type Command, Option } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { environmentOption, releaseOption, repeated, targetOption } from "../frame/flags.js";
import { explainFlag } from "../render/flags.js";

const SERVER = "By a registry:";
const LOCAL = "Without a registry:";
const ONE = "With exactly one Score file:";
const COMPOSE = "Compose:";
const K8S = "Kubernetes:";

export function render(command: Command, cli: Cli): void {
  command.description(
    "Renders Score files to Docker Compose or Kubernetes, as score-compose and score-k8s do: with the\n" +
      "release that an environment of a registry serves (-e), or with provisioners of your own (--local).\n" +
      "The state remembers workloads, passwords and patch templates: without a score-file everything\n" +
      "comes from it. Nothing is written where anything is wrong.",
  );
  command.exitOverride((error) => {
    throw explainFlag(error);
  });
  examples(
    command,
    "backbar render -e local --out out score.yaml",
    "backbar render -e production --project shop --out - score.yaml | kubectl apply -f -",
    "backbar render --local --provisioners redis.provisioners.yaml score.yaml",
    "backbar render --local --target k8s --split --out out *.score.yaml",
  );
  withServer(
    command
      .argument("[score-files...]", "Score files")
      .addOption(targetOption("for which (BACKBAR_TARGET, or the only one; local: compose)"))
      .option(
        "--out <folder>",
        "where compose.yaml or manifests.yaml goes, with the files that it mounts; - prints the document alone",
        ".",
      )
      .option(
        "--state <file>",
        "the project's state, read where it exists, written after success (in the folder of --out: " +
          ".score-compose/state.yaml or .score-k8s/state.yaml)",
      )
      .option(
        "--patch-template <file>",
        "repeatable, applied in order; local: without it those that the state remembers stay in force; " +
          "by a registry: after those of the release",
        repeated,
      )
      .option(
        "--env <name[=value]>",
        "a value that templates see; without a value that of your environment; repeatable",
        repeated,
      )
      .addOption(environmentOption("render with its release").helpGroup(SERVER))
      .addOption(releaseOption("an earlier release than the current one").helpGroup(SERVER))
      .addOption(
        new Option(
          "-p, --project <project>",
          "the registry keeps the state under this name, and no file has it (BACKBAR_PROJECT); " +
            "local: the Compose project's name (the state's, or the folder's)",
        ).helpGroup(SERVER),
      )
      .addOption(new Option("--no-record", "keep no usage records").helpGroup(SERVER))
      .addOption(
        new Option("--local", "render here, with no server and no network").helpGroup(LOCAL),
      )
      .addOption(
        new Option(
          "--provisioners <path>",
          "a provisioners file, or a recipe's folder; repeatable, the first that fits a resource serves it " +
            "(those that lie in .score-compose or .score-k8s here)",
        )
          .argParser(repeated)
          .helpGroup(LOCAL),
      )
      .addOption(
        new Option("-i, --image <image>", "stands in for containers whose image is .").helpGroup(
          ONE,
        ),
      )
      .addOption(new Option("--overrides-file <file>", "merged into the Score file").helpGroup(ONE))
      .addOption(
        new Option(
          "--override-property <path=value>",
          "sets one property, PATH= deletes it; repeatable",
        )
          .argParser(repeated)
          .helpGroup(ONE),
      )
      .addOption(
        new Option(
          "--build <container=context>",
          "compose: build instead of pull; a folder seen from that of --out, or a build section as JSON; repeatable",
        )
          .argParser(repeated)
          .helpGroup(ONE),
      )
      .addOption(
        new Option(
          "--publish <host:ref:container>",
          "publish a container's port, REF is a workload or UID.OUTPUT of a resource; repeatable, not remembered",
        )
          .argParser(repeated)
          .helpGroup(COMPOSE),
      )
      .addOption(
        new Option("-n, --namespace <name>", "of every manifest; not remembered").helpGroup(K8S),
      )
      .addOption(
        new Option("--generate-namespace", "also write the namespace's own manifest").helpGroup(
          K8S,
        ),
      )
      .addOption(
        new Option(
          "--split",
          "a file for each manifest, manifests/KIND-NAME.yaml; those of an earlier --split that are no longer rendered are deleted",
        ).helpGroup(K8S),
      )
      .addOption(
        new Option(
          "--strict",
          "check fields and types of every manifest of Kubernetes' own kinds, also after patches, and refuse what score-k8s does without a word",
        ).helpGroup(K8S),
      ),
  ).action((files, flags) =>
    cli.run(flags, async (session) => {
      const { render: run } = await import("../render/render.js");
      return run(session, files, flags);
    }),
  );
}
