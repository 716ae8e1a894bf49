/** `backbar publish`: recipes' folders, or one provisioners file, to a registry. */
import type { Command } from "@commander-js/extra-typings";
import { TARGETS, type Target } from "../../core/score/project-state.js";
import { type Cli, examples, withServer } from "../frame/command.js";
import { errorJson } from "../frame/describe.js";
import { repeated, targetOption } from "../frame/flags.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";
import type { BareName, Destination, Published } from "../publish/publish-all.js";

interface Flags {
  readonly key?: readonly string[] | undefined;
  readonly force?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly target?: Target | undefined;
}

export function publish(command: Command, cli: Cli): void {
  command.description(
    "Signs recipes and publishes them. Everything is checked and every example rendered before\n" +
      "anything is sent. A published version never changes: the same content again changes\n" +
      "nothing, other content is refused. Of several recipes each is tried, whatever is wrong\n" +
      "with the others.",
  );
  examples(
    command,
    "backbar publish recipes/acme/redis",
    "backbar publish --dry-run recipes",
    "backbar publish --key team --key security recipes/acme/redis",
    "backbar publish --name acme/redis --version 1.0.0 --target compose redis.provisioners.yaml",
  );
  withServer(
    command
      .argument("<folder...>", "recipes, folders with recipes below them, or one provisioners file")
      .option(
        "-k, --key <key>",
        "sign with this private key: a PEM file, or a name of backbar keys list; repeat it where " +
          "the namespace wants several (BACKBAR_KEY, or your key 'default')",
        repeated,
      )
      .option("--dry-run", "check everything, say the digest, send nothing; needs no key")
      .option("--force", "accept a provisioner's changed uri")
      .option("--name <namespace/name>", "of a provisioners file without a recipe.yaml")
      .option("--version <version>", "of a provisioners file")
      .addOption(targetOption("of a provisioners file")),
  ).action((sources, flags) =>
    cli.run(flags, async (session) => {
      const bare = bareName(sources, flags);
      const { findSources, publishAll } = await import("../publish/publish-all.js");
      const found = await findSources(session, sources, bare);
      const destination = flags.dryRun ? undefined : await openDestination(session, flags);
      return tell(session, await publishAll(session, found, destination));
    }),
  );
}

/** @throws {UsageError} */
function bareName(
  sources: readonly string[],
  { name, version, target }: Flags,
): BareName | undefined {
  if (name === undefined && version === undefined && target === undefined) return undefined;
  if (name === undefined || version === undefined || target === undefined) {
    throw new UsageError(
      `a provisioners file needs --name, --version and --target (${TARGETS.join(" or ")})`,
      "a folder needs none of them: its recipe.yaml says them",
    );
  }
  if (sources.length > 1) {
    throw new UsageError("one name is for one file, not for several", "publish them one by one");
  }
  return { name, version, target };
}

async function openDestination(session: Session, flags: Flags): Promise<Destination> {
  const { readSigningKeys } = await import("../keys/own-keys.js");
  const client = await session.client();
  const keys = await readSigningKeys(session.machine, flags.key ?? []);
  return { client, keys, force: flags.force === true };
}

async function tell({ screen }: Session, done: readonly Published[]): Promise<Outcome> {
  for (const one of done) {
    if (one.status === "failed") screen.complain(one.error);
    else if (one.status !== "skipped") for (const warning of one.warnings) screen.warn(warning);
  }
  const json = {
    recipes: done.map((one) =>
      one.status === "failed" ? { ...one, error: errorJson(one.error) } : one,
    ),
  };
  const isWhole = done.every(({ status }) => status !== "failed" && status !== "skipped");
  const [only, ...others] = done;
  const text =
    only !== undefined && others.length === 0
      ? describe(only)
      : await screen.table(
          ["recipe", "version", "result", "log", "digest"],
          done.map((one) => rowOf(one, (text) => screen.style("red", text))),
        );
  return { json, text, ...(isWhole ? {} : { exitCode: 1 as const }) };
}

function describe(one: Published): string {
  if (one.status === "failed" || one.status === "skipped") return "";
  const { status, recipe, version, digest, logIndex } = one;
  const what = {
    published: `published ${recipe} ${version} (log index ${logIndex})`,
    unchanged: `${recipe} ${version} was published before, with the same content (log index ${logIndex})`,
    checked: `${recipe} ${version} can be published; nothing was sent`,
  };
  return `${what[status]}\n${digest}\n`;
}

function rowOf(one: Published, bad: (text: string) => string): string[] {
  if (one.status === "failed" || one.status === "skipped") {
    return [one.source, "", bad(one.status), "", ""];
  }
  const { recipe, version, status, logIndex = "", digest } = one;
  return [recipe, version, status, String(logIndex), digest];
}
