/** `backbar publish`: a recipe's folder, or one provisioners file, to a registry. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "@commander-js/extra-typings";
import type { Receipt } from "../../client/client.js";
import { type Cli, examples, withServer } from "../frame/command.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";

interface Flags {
  readonly key?: string | undefined;
  readonly force?: boolean | undefined;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly target?: string | undefined;
}

export function publish(command: Command, cli: Cli): void {
  command.description(
    "Signs a recipe and publishes it. A published version never changes: the same content again\n" +
      "changes nothing, other content is refused.",
  );
  examples(
    command,
    "backbar publish recipes/acme/redis",
    "backbar publish --name acme/redis --version 1.0.0 --target compose redis.provisioners.yaml",
  );
  withServer(
    command
      .argument("<folder-or-file>", "a recipe's folder, or one provisioners file")
      .option("--key <file>", "the publisher's private key, PEM (BACKBAR_KEY)")
      .option("--force", "accept a changed uri")
      .option("--name <namespace/name>", "of a provisioners file without a recipe.yaml")
      .option("--version <version>", "of a provisioners file")
      .option("--target <target>", "of a provisioners file: compose or k8s"),
  ).action((source, flags) =>
    cli.run(flags, async (session) => {
      const receipt = await send(session, source, flags);
      for (const warning of receipt.warnings) session.screen.warn(warning);
      return { json: receipt, text: describe(receipt) };
    }),
  );
}

async function send(session: Session, source: string, flags: Flags): Promise<Receipt> {
  const { publishFile, publishFolder } = await import("../../client/publish-folder.js");
  const { parsePrivateKey } = await import("../../core/trust/keys.js");
  const client = await session.client();
  const at = path.resolve(session.machine.folder, source);
  const bare = await bareRecipe(flags);
  const named = flags.key ?? session.machine.env("BACKBAR_KEY") ?? "";
  const key = parsePrivateKey(await read(path.resolve(session.machine.folder, named), "--key"));
  const options = { force: flags.force === true };
  if (bare === undefined) return publishFolder(client, source, key, options);
  const content = new Uint8Array(Buffer.from(await read(at, source)));
  return publishFile(client, source, { ...bare, content }, key, options);
}

async function bareRecipe({ name, version, target }: Flags) {
  const { TARGETS } = await import("../../core/score/project-state.js");
  if (name === undefined && version === undefined && target === undefined) return undefined;
  const known = TARGETS.find((one) => one === target);
  if (name === undefined || version === undefined || known === undefined) {
    throw new UsageError(
      `a provisioners file needs --name, --version and --target (${TARGETS.join(" or ")})`,
      "backbar publish --help",
    );
  }
  return { name, version, target: known };
}

async function read(file: string, flag: string): Promise<string> {
  return readFile(file, "utf8").catch((error: Error) => {
    throw new UsageError(`${flag}: ${error.message}`, "backbar publish --help");
  });
}

function describe({ recipe, version, digest, created }: Receipt): string {
  return created
    ? `published ${recipe} ${version}\n${digest}\n`
    : `${recipe} ${version} was published before, with the same content\n${digest}\n`;
}
