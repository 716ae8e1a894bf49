/** `backbar release`: what an environment serves, number by number. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { parseNumber, parseRelease } from "../frame/flags.js";
import { askOf, exitCodeOption, withAsk, withDiff } from "../platform/ask.js";

const ENVIRONMENT = "name of the environment";
const DEFAULT_LIMIT = 50;

export function release(command: Command, cli: Cli): void {
  command.description(
    "Releases: numbered, signed snapshots of an environment, every range resolved to an exact\n" +
      "version and digest. What is served changes with a release, and with nothing else.",
  );
  examples(
    command,
    "backbar release preview production",
    "backbar release cut production",
    "backbar release diff production 3 4",
  );
  addPreview(command, cli);
  addCut(command, cli);
  addList(command, cli);
  addShow(command, cli);
  addDiff(command, cli);
}

function addPreview(command: Command, cli: Cli): void {
  const preview = command
    .command("preview")
    .summary("what a cut would change, and what is in its way");
  preview.description(
    "Shows what a cut would do now: entry by entry against the release that is served, the known\n" +
      "workloads that it touches, warnings, and every conflict that it would be refused for. It needs\n" +
      "no token. Conflicts are an answer, so it exits with 0 unless --exit-code.",
  );
  examples(
    preview,
    "backbar release preview production",
    "backbar release preview production --diff",
    "backbar release preview production --exit-code --json",
  );
  withServer(
    withDiff(withAsk(preview.argument("<environment>", ENVIRONMENT))).addOption(exitCodeOption()),
  ).action((environment, flags) =>
    cli.run(flags, async (session) => {
      const { showPreview } = await import("../platform/preview.js");
      return showPreview(session, environment, { kind: "cut" }, askOf(flags), flags);
    }),
  );
}

function addCut(command: Command, cli: Cli): void {
  const cut = command.command("cut").summary("resolve every entry, freeze, sign and serve");
  cut.description(
    "Cuts a release: the highest version that each range and the rules allow, frozen and signed. It\n" +
      "is served at once, or when others approved it, where the rules want that. The same again makes\n" +
      "nothing. A refusal lists every workload, resource and entry that is in the way.",
  );
  examples(
    cut,
    "backbar release cut development",
    "backbar release cut production --previous 3",
    "backbar release cut production --replace letters:mail.default#letters.relay",
  );
  withServer(withAsk(cut.argument("<environment>", ENVIRONMENT))).action((environment, flags) =>
    cli.run(flags, async (session) => {
      const { showMade } = await import("../platform/make.js");
      return showMade(session, environment, { kind: "cut" }, askOf(flags));
    }),
  );
}

function addList(command: Command, cli: Cli): void {
  const list = command.command("list").summary("releases of an environment, newest first");
  list.description(
    "Lists releases, newest first: current, waiting for approval, past, or superseded (another\n" +
      "became current before it was approved).",
  );
  examples(list, "backbar release list production");
  withServer(
    list
      .argument("<environment>", ENVIRONMENT)
      .option(
        "--limit <count>",
        "at most so many, up to 500",
        (text: string) => parseNumber(text, "--limit", { max: 500 }),
        DEFAULT_LIMIT,
      ),
  ).action((environment, flags) =>
    cli.run(flags, async (session) => {
      const { showReleases } = await import("../platform/releases.js");
      return showReleases(session, environment, flags.limit);
    }),
  );
}

function addShow(command: Command, cli: Cli): void {
  const show = command.command("show").summary("one release: entries, digests, approvals");
  show.description(
    "Shows a release, or the current one: who cut it and from what, who approved it, every entry\n" +
      "with its exact version, and the digest of each file that it serves.",
  );
  examples(show, "backbar release show production", "backbar release show production 3");
  withServer(
    show
      .argument("<environment>", ENVIRONMENT)
      .argument("[number]", "of the release", (text: string) => parseRelease(text, "NUMBER")),
  ).action((environment, number, flags) =>
    cli.run(flags, async (session) => {
      const { showRelease } = await import("../platform/releases.js");
      return showRelease(session, environment, number);
    }),
  );
}

function addDiff(command: Command, cli: Cli): void {
  const diff = command.command("diff").summary("what changed between two releases");
  diff.description(
    "Compares two releases of an environment, entry by entry; --diff also shows what their\n" +
      "versions change in files.",
  );
  examples(diff, "backbar release diff production 2 3", "backbar release diff production 2 --diff");
  const numberOf = (text: string) => parseRelease(text, "NUMBER");
  withServer(
    withDiff(
      diff
        .argument("<environment>", ENVIRONMENT)
        .argument("<from>", "number of the one release", numberOf)
        .argument("[to]", "number of the other; the current one if absent", numberOf),
    ),
  ).action((environment, from, to, flags) =>
    cli.run(flags, async (session) => {
      const { showComparison } = await import("../platform/compare.js");
      return showComparison(session, environment, { from, to }, flags);
    }),
  );
}
