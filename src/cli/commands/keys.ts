/** `backbar keys`: the publisher's own keys, and the list of those that may sign for a namespace. */
import type { Command } from "@commander-js/extra-typings";
import type { Cli } from "../frame/command.js";
import { examples, withJson, withServer } from "../frame/command.js";

export function keys(command: Command, cli: Cli): void {
  command.description(
    "Publisher keys sign the versions of recipes. The private half stays with you; the public half\n" +
      "is on the list of the namespaces that you publish in.",
  );
  examples(command, "backbar keys new", "backbar keys add acme", "backbar keys list acme");
  defineNew(command, cli);
  defineList(command, cli);
  defineAdd(command, cli);
  defineRevoke(command, cli);
}

function defineNew(parent: Command, cli: Cli): void {
  const command = parent
    .command("new")
    .summary("make a key")
    .description(
      "Makes a key (ECDSA on P-256) in your configuration folder, for your eyes only, and shows its\n" +
        "public half. Nothing that is there is overwritten. Without a name it is 'default', which\n" +
        "commands take where none is named.",
    );
  examples(command, "backbar keys new", "backbar keys new laptop");
  withJson(command.argument("[name]", "what you call it")).action((name, flags) =>
    cli.run(flags, async (session) => {
      const { DEFAULT_KEY, makeOwnKey } = await import("../keys/own-keys.js");
      const { formatPublicKey } = await import("../../core/trust/keys.js");
      const key = await makeOwnKey(session.machine, name ?? DEFAULT_KEY);
      const publicKey = formatPublicKey(key.publicKey);
      const { fingerprint } = key.publicKey;
      const which = key.name === DEFAULT_KEY ? "" : ` ${key.name}`;
      session.screen.note(
        `keep the file safe and secret; backbar keys add NAMESPACE${which} lets it sign there`,
      );
      return {
        json: { name: key.name, file: key.file, fingerprint, publicKey },
        text: `file:        ${key.file}\nfingerprint: ${fingerprint}\n${publicKey}`,
      };
    }),
  );
}

function defineList(parent: Command, cli: Cli): void {
  const command = parent
    .command("list")
    .summary("your own keys, or those of a namespace")
    .description(
      "Lists your own keys; with a namespace, the keys that may sign its versions, and which of them\n" +
        "are yours.",
    );
  examples(command, "backbar keys list", "backbar keys list acme");
  withServer(command.argument("[namespace]")).action((namespace, flags) =>
    cli.run(flags, async (session) => {
      const { listOwn, listOfNamespace } = await import("../keys/list-keys.js");
      return namespace === undefined ? listOwn(session) : listOfNamespace(session, namespace);
    }),
  );
}

function defineAdd(parent: Command, cli: Cli): void {
  const command = parent
    .command("add")
    .summary("let a key sign for a namespace")
    .description(
      "Puts a key on the list of a namespace, which takes one of its owners or an administrator. Only\n" +
        "the public half is ever sent. Changes that others make meanwhile are kept.",
    );
  examples(command, "backbar keys add acme", "backbar keys add acme colleague-public.pem");
  withServer(
    command
      .argument("<namespace>")
      .argument(
        "[key]",
        "a name of backbar keys list, or a PEM file of either half (BACKBAR_KEY, or your key 'default')",
      ),
  ).action((namespace, key, flags) =>
    cli.run(flags, async (session) => {
      const { addKey } = await import("../keys/key-list.js");
      return addKey(session, namespace, key);
    }),
  );
}

function defineRevoke(parent: Command, cli: Cli): void {
  const command = parent
    .command("revoke")
    .summary("take a key off the list of a namespace")
    .description(
      "Takes a key off the list of a namespace, which takes one of its owners or an administrator: it\n" +
        "signs no new versions, and never comes back. Those that it signed stay, or with --since those\n" +
        "that were published before. Changes that others make meanwhile are kept.",
    );
  examples(
    command,
    "backbar keys revoke acme laptop",
    'backbar keys revoke acme sha256:8ae1… --reason "laptop stolen" --since 2031-05-06T00:00:00Z',
  );
  withServer(
    command
      .argument("<namespace>")
      .argument("<key>", "its fingerprint, or a name of backbar keys list")
      .option("--reason <text>", "why, for everybody to read")
      .option("--since <time>", "from when on what it signed is refused (now)"),
  ).action((namespace, key, flags) =>
    cli.run(flags, async (session) => {
      const { revokeKey } = await import("../keys/key-list.js");
      return revokeKey(session, namespace, key, flags);
    }),
  );
}
