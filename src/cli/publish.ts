/** `backbar publish`: a recipe's folder, or one provisioners file, to a registry. */
import { readFile } from "node:fs/promises";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { BackbarClient, type Receipt } from "../client/client.js";
import { publishFile, publishFolder } from "../client/publish-folder.js";
import { TARGETS } from "../core/score/project-state.js";
import { parsePrivateKey } from "../core/trust/keys.js";
import { describeFault } from "./describe.js";
import { UsageError } from "./usage.js";

const USAGE = `Usage: backbar publish [options] FOLDER
       backbar publish [options] --name NAMESPACE/NAME --version VERSION --target TARGET FILE

Signs a recipe and publishes it. A published version never changes: the same content again
changes nothing, other content is refused.

  --server URL         the registry (http://localhost:8080)
  --token-file FILE    holds the token (.backbar/admin-token)
  --key FILE           the publisher's private key, PEM (.backbar/keys/publisher.pem)
  --force              accept a changed uri
  --name, --version, --target   of a provisioners file that comes without a recipe.yaml

Examples:
  backbar publish catalog/dapr/redis-state-store
  backbar publish --name acme/redis --version 1.0.0 --target compose redis.provisioners.yaml
`;

const OPTIONS = {
  server: { type: "string", default: "http://localhost:8080" },
  "token-file": { type: "string", default: ".backbar/admin-token" },
  key: { type: "string", default: ".backbar/keys/publisher.pem" },
  force: { type: "boolean", default: false },
  name: { type: "string" },
  version: { type: "string" },
  target: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} satisfies ParseArgsConfig["options"];

/** Runs the command; the text for stdout. */
export async function publishCommand(args: string[]): Promise<string> {
  const { values, positionals } = parse(args);
  if (values.help) return USAGE;
  const [source, ...rest] = positionals;
  if (source === undefined || rest.length > 0) {
    throw new UsageError("publish takes one folder or file", "backbar publish --help");
  }
  const token = (await read(values["token-file"], "--token-file")).trim();
  const client = new BackbarClient({ url: values.server, token });
  const key = parsePrivateKey(await read(values.key, "--key"));
  const options = { force: values.force };
  const bare = bareRecipe(values);
  const receipt =
    bare === undefined
      ? await publishFolder(client, source, key, options)
      : await publishFile(
          client,
          source,
          { ...bare, content: await readSource(source) },
          key,
          options,
        );
  for (const { message, place } of receipt.warnings) {
    process.stderr.write(`warning: ${describeFault(message, place)}\n`);
  }
  return describe(receipt);
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(
      error instanceof Error ? error.message : String(error),
      "backbar publish --help",
    );
  }
}

function bareRecipe(values: { name?: string; version?: string; target?: string }) {
  const { name, version, target } = values;
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

async function readSource(file: string): Promise<Uint8Array> {
  return readFile(file).then(
    (content) => new Uint8Array(content),
    (error: Error) => {
      throw new UsageError(error.message, "backbar publish --help");
    },
  );
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
