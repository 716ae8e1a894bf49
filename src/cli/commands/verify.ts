/** `backbar verify`: without trust in the registry. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { parseNumber, repeated } from "../frame/flags.js";

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
    command
      .argument("[subject]", "NAMESPACE/NAME@VERSION, ENVIRONMENT or ENVIRONMENT@RELEASE")
      .option("--bundle <file>", "verify this evidence, offline")
      .option("--witness <key>", "one that has to have cosigned; may be repeated", repeated)
      .option("--quorum <number>", "how many of them have to (default: all)", (text) =>
        parseNumber(text, "--quorum", { max: 100 }),
      )
      .option("--max-age <span>", "of the log's checkpoint, such as 30m, 24h, 7d (default: 24h)"),
  ).action((subject, flags) =>
    cli.run(flags, async (session) => {
      const { verifySubject } = await import("../audit/verify.js");
      const { parseAge } = await import("../audit/policy.js");
      const maxAge = flags.maxAge === undefined ? undefined : parseAge(flags.maxAge);
      return verifySubject(session, subject, { ...flags, maxAge });
    }),
  );
}
