/** `backbar pull`: the files of an environment, verified. */
import type { Command } from "@commander-js/extra-typings";
import type { Target } from "../../core/score/project-state.js";
import { type Cli, type CommonFlags, examples, withServer } from "../frame/command.js";
import { namedEnvironment, namedTarget, releaseOption, targetOption } from "../frame/flags.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";

interface Flags extends CommonFlags {
  readonly target?: Target | undefined;
  readonly release?: number | undefined;
  readonly out: string;
  readonly lock?: true | undefined;
  readonly frozen?: true | undefined;
}

export function pull(command: Command, cli: Cli): void {
  command.description(
    "Fetches the combined provisioners file of an environment's current release and its patch\n" +
      "templates, checked from the registry's root key down to every byte: the Score CLIs check\n" +
      "nothing that they fetch. A release older than one that was seen before is refused.\n\n" +
      "The provisioners go to the standard output; with --out to a folder, as provisioners.yaml with\n" +
      "the patch templates beside it. Files of an earlier pull that are no longer in the release are\n" +
      "removed from the folder, nobody else's.",
  );
  examples(
    command,
    "backbar pull local --target compose --out - | score-compose init --provisioners -",
    "backbar pull production --target k8s --out recipes/",
    "backbar pull production --lock      # pins the release in backbar.lock",
    "backbar pull production --frozen    # that release, to the byte, or nothing",
  );
  withServer(
    command
      .argument("[environment]", "its name (BACKBAR_ENVIRONMENT)")
      .addOption(targetOption("where it has files for both (BACKBAR_TARGET)"))
      .addOption(releaseOption("this one instead of the current"))
      .option("--out <folder>", "the folder to write, or - for the standard output", "-")
      .option("--lock", "pin the release in backbar.lock")
      .option("--frozen", "the release that backbar.lock pins; fail where it is another"),
  ).action((environment, flags) => cli.run(flags, (session) => run(session, environment, flags)));
}

async function run(session: Session, named: string | undefined, flags: Flags): Promise<Outcome> {
  const { pullRelease } = await import("../install/pull.js");
  const { writePulled } = await import("../install/pulled-folder.js");
  const environment = namedEnvironment(named, session.machine);
  checkTogether(flags);
  const prints = flags.out === "-";
  const pulled = await pullRelease(session, flags, environment, {
    target: namedTarget(flags.target, session.machine),
    release: flags.release,
    frozen: flags.frozen === true,
    lock: flags.lock === true,
  });
  const { release, digest, target, files } = pulled;
  const { written, removed, left } = await writePulled(pulled, prints ? undefined : flags.out);
  for (const file of left) {
    session.screen.warn({
      message: `${file} is of an earlier pull and was changed since: it stays`,
    });
  }
  const { provisioners, patches } = release.targets[target];
  if (!pulled.isServed)
    session.screen.warn({ message: `${environment} has nothing for ${target}` });
  if (prints) {
    if (written.length > 0) session.screen.note(`wrote ${written.join(", ")}`);
    if (files.patches.length > 0) {
      session.screen.warn({
        message: `the standard output cannot carry the patch templates of ${environment}: ${files.patches.map(({ name }) => name).join(", ")}`,
        hint: "--out FOLDER writes them too",
      });
    }
    return { raw: files.provisioners };
  }
  const lines = [
    `release ${release.number} of ${environment} for ${target}, verified`,
    ...(written.length > 0 ? [`wrote ${written.join(", ")}`] : []),
    ...(removed.length > 0 ? [`removed ${removed.join(", ")}`] : []),
    ...(written.length + removed.length === 0 ? ["everything is in place"] : []),
  ];
  return {
    json: {
      ...{ environment, target, release: { number: release.number, digest } },
      provisioners,
      patches: patches.map(({ name, digest }) => ({ name, digest })),
      ...{ written, removed },
    },
    text: lines.map((line) => `${line}\n`).join(""),
  };
}

function checkTogether({ release, lock, frozen, out, json }: Flags): void {
  const help = "backbar pull --help";
  if (frozen && (lock || release !== undefined)) {
    throw new UsageError("--frozen takes the release that backbar.lock pins", help);
  }
  if (out === "") throw new UsageError("--out is empty", help);
  if (out === "-" && json) {
    throw new UsageError(
      "--json and the provisioners both want the standard output",
      "add --out FOLDER",
    );
  }
}
