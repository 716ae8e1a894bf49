/** `backbar login`: a registry becomes a context: its root key is pinned, a token kept. */
import type { Command } from "@commander-js/extra-typings";
import type { BackbarClient } from "../../client/client.js";
import { BackbarError } from "../../errors.js";
import { type Cli, examples, withJson } from "../frame/command.js";
import {
  type Context,
  changeContexts,
  readContexts,
  replaceRoot,
  writeToken,
} from "../frame/config-folder.js";
import type { Machine } from "../frame/machine.js";
import type { Session } from "../frame/session.js";
import {
  checkFingerprint,
  checkToken,
  DEFAULT_SERVER,
  givenToken,
  rootVariable,
  setting,
} from "../frame/settings.js";
import { UsageError } from "../frame/usage.js";

interface Flags {
  readonly name?: string | undefined;
  readonly root?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly tokenStdin?: boolean | undefined;
}

const MAX_TOKEN_BYTES = 64 * 1024;

export function login(command: Command, cli: Cli): void {
  command.description(
    "Pins the root key of a registry, so that no other can stand in for it, and keeps a token for\n" +
      "it. The registry becomes the current context. Without a token what needs none still works.\n\n" +
      "In CI, variables do the same without a login: BACKBAR_SERVER, BACKBAR_ROOT, BACKBAR_TOKEN.",
  );
  examples(
    command,
    "backbar login https://recipes.example.com --root sha256:4bf5…",
    "backbar login http://localhost:8080 --name alice --token-file alice.token",
    "pass show backbar | backbar login https://recipes.example.com --token-stdin",
  );
  withJson(
    command
      .argument("[url]", `the registry (BACKBAR_SERVER, or ${DEFAULT_SERVER})`)
      .option("--name <context>", "name of the context (the registry's host)")
      .option("--root <fingerprint>", "the root key that it must have (BACKBAR_ROOT)")
      .option("--token-file <file>", "holds the token (BACKBAR_TOKEN, BACKBAR_TOKEN_FILE)")
      .option("--token-stdin", "read the token from the standard input"),
  ).action((url, flags) => cli.run(flags, (session) => logIn(session, url, flags)));
}

async function logIn(session: Session, url: string | undefined, flags: Flags) {
  const { machine } = session;
  const { BackbarClient } = await import("../../client/client.js");
  const { whoAmI } = await import("../../client/tokens.js");
  const { describeSelf } = await import("../access/describe-self.js");
  const named = url ?? setting(machine, "BACKBAR_SERVER") ?? DEFAULT_SERVER;
  const connect = (token: string | undefined) =>
    new BackbarClient({
      url: named,
      ...(token === undefined ? {} : { token }),
      ...(machine.fetch === undefined ? {} : { fetch: machine.fetch }),
    });
  const anonymous = connect(undefined);
  const server = new URL(named).origin;
  const { name, knownRoot } = await contextFor(machine, server, flags.name);
  const givenRoot =
    flags.root === undefined ? rootVariable(machine) : checkFingerprint(flags.root, "--root");
  const registry = { server, givenRoot, knownRoot };
  // The token is not shown to a registry before it is known to be the right one; those that other
  // machines reach answer nobody without one.
  const early = await readRoot(session, anonymous, registry).catch(unlessTokenIsNeeded);
  const askedToken = early === undefined ? await askToken(session, flags, server) : undefined;
  const { root, localKeys, replacedRoot } =
    early ?? (await readRoot(session, connect(askedToken), registry));
  if (replacedRoot !== undefined) {
    const message = `the root key of ${server} was replaced: the new one follows ${replacedRoot}, which both signed`;
    session.screen.warn({ message });
    await replaceRoot(machine, replacedRoot, root.fingerprint);
  }
  if (givenRoot === undefined && knownRoot === undefined) {
    await confirmRoot(session, server, root.fingerprint);
  }
  const token = askedToken ?? (await askToken(session, flags, server));
  const self = token === undefined ? undefined : await whoAmI(connect(token));
  const context: Context = { name, server, root: root.fingerprint };
  await changeContexts(machine, (before) => ({
    current: name,
    contexts: [...before.contexts.filter((one) => one.name !== name), context],
  }));
  await writeToken(machine, name, token);
  const lines = [
    `logged in to ${server} as context ${name}${token === undefined ? ", without a token" : ""}`,
    `root key ${root.fingerprint}`,
    ...(self === undefined ? [] : describeSelf(self)),
    ...(localKeys ? ["the registry made its keys itself: they prove integrity, not origin"] : []),
  ];
  return {
    json: {
      ...{ context: name, server, root: root.fingerprint, localKeys, token: token !== undefined },
      ...(self === undefined ? {} : { actor: self.actor, grants: self.grants }),
    },
    text: lines.map((line) => `${line}\n`).join(""),
  };
}

/** The name of the registry's context, and the root key that it pins where it is there. */
async function contextFor(machine: Machine, server: string, given: string | undefined) {
  if (given !== undefined && !/^[^\s\p{C}]+$/u.test(given)) {
    throw new UsageError(`--name: '${given}' is no name of a context`, "it is one word");
  }
  const { contexts } = await readContexts(machine);
  const name = given ?? new URL(server).host;
  const known = contexts.find((context) => context.name === name);
  if (known !== undefined && known.server !== server) {
    throw new UsageError(
      `the context ${name} is of ${known.server}`,
      `--name gives another, or: backbar context remove ${name}`,
    );
  }
  return { name, knownRoot: known?.root };
}

interface ExpectedRegistry {
  readonly server: string;
  /** Fingerprint of the root key, by a flag or variable. */
  readonly givenRoot: string | undefined;
  /** Of the context that is there. */
  readonly knownRoot: string | undefined;
}

/** Whom the registry trusts, by the expected root; where it was lost and replaced, a person may pin anew. */
async function readRoot(
  session: Session,
  client: BackbarClient,
  { server, givenRoot, knownRoot }: ExpectedRegistry,
) {
  const { readTrust } = await import("../../client/catalog.js");
  const expected = givenRoot ?? knownRoot;
  try {
    return await readTrust(client, expected === undefined ? {} : { rootFingerprint: expected });
  } catch (error) {
    const mayAsk = givenRoot === undefined && session.machine.stdin.isTerminal;
    if (!mayAsk || !isOtherRoot(error)) throw error;
    session.screen.warn({ message: `the root key of ${server} was ${knownRoot} until now` });
    const anew = await readTrust(client, {});
    await confirmRoot(session, server, anew.root.fingerprint);
    return anew;
  }
}

function unlessTokenIsNeeded(error: unknown): undefined {
  if (error instanceof BackbarError && error.code === "http_token_required") return undefined;
  throw error;
}

function isOtherRoot(error: unknown): boolean {
  return error instanceof BackbarError && error.code === "client_root";
}

/** @throws {UsageError} where a person does not trust it */
async function confirmRoot(session: Session, server: string, fingerprint: string): Promise<void> {
  const { machine, screen } = session;
  if (!machine.stdin.isTerminal) {
    screen.warn({
      message: `${server} is trusted as it shows itself now`,
      hint: "--root FINGERPRINT makes sure that it is the one you mean",
    });
    return;
  }
  screen.note(`The root key of ${server} is\n  ${fingerprint}`);
  screen.note("Ask its operator whether that is right.");
  const answer = await machine.stdin.ask("Trust it? (y/N) ", { secret: false });
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new UsageError("the registry is not trusted: nothing was changed", "--root names its key");
}

async function askToken(
  session: Session,
  flags: Flags,
  server: string,
): Promise<string | undefined> {
  const { machine } = session;
  if (flags.tokenStdin === true) {
    const bytes = await machine.stdin.read(MAX_TOKEN_BYTES);
    return checkToken(Buffer.from(bytes).toString("utf8"), "the standard input");
  }
  const given = await givenToken(flags, machine, server);
  if (given !== undefined || !machine.stdin.isTerminal) return given;
  const answer = await machine.stdin.ask("Token (empty for none): ", { secret: true });
  return answer.trim() === "" ? undefined : checkToken(answer, "what you typed");
}
