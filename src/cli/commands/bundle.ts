/** `backbar bundle`: evidence as a file. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";

export function bundle(command: Command, cli: Cli): void {
  command.description(
    "Writes the evidence of a version, of the current release of an environment, or of one of its\n" +
      "releases as one JSON file: keys, signatures, proofs and every byte. Whoever has it and the\n" +
      "registry's root key verifies without the registry, by `backbar verify --bundle`.",
  );
  examples(
    command,
    "backbar bundle acme/redis@1.2.0 --out redis.json",
    "backbar bundle production --out production.json",
  );
  withServer(
    command
      .argument("<subject>", "NAMESPACE/NAME@VERSION, ENVIRONMENT or ENVIRONMENT@RELEASE")
      .option("-o, --out <file>", "the file to write, or - for the standard output", "-"),
  ).action((subject, flags) =>
    cli.run(flags, async (session) => {
      const { bundleSubject } = await import("../audit/verify.js");
      return bundleSubject(session, subject, flags.out);
    }),
  );
}
