/** `backbar verify`: without trust in the registry. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { withPolicy } from "../frame/flags.js";

export function verify(command: Command, cli: Cli): void {
  command.description(
    "Verifies a version, the current release of an environment, or one of its releases, from the\n" +
      "registry's root key down to the last byte: who signed it and whether their keys held then, that\n" +
      "it is in the log, that the log is fresh, that a release is made of its versions and nothing\n" +
      "else. Each check is told with what it found; one that fails makes the command exit with 1.\n\n" +
      "With --bundle everything comes from a file of `backbar bundle`, and nothing from the network.",
  );
  examples(
    command,
    "backbar verify acme/redis@1.2.0",
    "backbar verify production",
    "backbar verify production@7 --witness witness.example.com+3c5f6a7b+BBBB…",
    "backbar verify --bundle evidence.json --max-age 30d",
  );
  withServer(
    withPolicy(
      command
        .argument("[subject]", "NAMESPACE/NAME@VERSION, ENVIRONMENT or ENVIRONMENT@RELEASE")
        .option("--bundle <file>", "verify this evidence, offline"),
    ),
  ).action((subject, flags) =>
    cli.run(flags, async (session) => {
      const { verifySubject } = await import("../audit/verify.js");
      return verifySubject(session, subject, flags);
    }),
  );
}
