/** What `backbar namespace create`, `set` and `delete` do. */

import { ServerProblem } from "../../client/error.js";
import {
  changeNamespace,
  createNamespace,
  deleteNamespace,
  type NamespaceChange,
} from "../../client/namespaces.js";
import { formatPublicKey } from "../../core/trust/keys.js";
import { CliError } from "../frame/error.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";
import { readPublicHalf } from "../keys/own-keys.js";
import { showNamespace } from "./show-namespace.js";

interface Rules {
  readonly visibility?: string | undefined;
  readonly signatures?: number | undefined;
  readonly commands?: boolean | undefined;
}

/**
 * Makes a namespace.
 * @throws {UsageError} without a key; {CliError} cli_namespace_exists
 */
export async function create(
  session: Session,
  name: string,
  flags: Rules & {
    readonly owner?: readonly string[] | undefined;
    /** False: without any. */
    readonly key?: readonly string[] | boolean | undefined;
  },
): Promise<Outcome> {
  const { owner: owners, key } = flags;
  const publisherKeys = key === false ? [] : await publicHalves(session, key);
  const body = { ...rulesOf(flags), publisherKeys, ...(owners && { owners }) };
  const client = await session.client();
  try {
    return await showNamespace(session, await createNamespace(client, name, body));
  } catch (error) {
    if (!(error instanceof ServerProblem) || error.status !== 412) throw error;
    throw new CliError("cli_namespace_exists", `there is a namespace ${name} already`, {
      hint: `backbar namespace show ${name}; set and backbar keys change it`,
      cause: error,
    });
  }
}

/**
 * Changes owners and rules of a namespace.
 * @throws {UsageError} where no change is said
 */
export async function change(
  session: Session,
  name: string,
  flags: Rules & {
    readonly addOwner?: readonly string[] | undefined;
    readonly removeOwner?: readonly string[] | undefined;
  },
): Promise<Outcome> {
  const { addOwner = [], removeOwner = [] } = flags;
  const rules = rulesOf(flags);
  const changesOwners = addOwner.length + removeOwner.length > 0;
  if (!changesOwners && Object.keys(rules).length === 0) {
    throw new UsageError("no change is said", "backbar namespace set --help lists what can be");
  }
  const changed = await changeNamespace(await session.client(), name, ({ owners }) => ({
    ...rules,
    ...(changesOwners && {
      owners: [...new Set([...owners, ...addOwner])].filter((one) => !removeOwner.includes(one)),
    }),
  }));
  return showNamespace(session, changed);
}

/**
 * Gives a namespace up.
 * @throws {UsageError} where it is not `meant`
 */
export async function giveUp(session: Session, name: string, meant: boolean): Promise<Outcome> {
  if (!meant) {
    throw new UsageError(
      `giving ${name} up is for good: nobody ever gets the name again`,
      "--yes says that it is meant",
    );
  }
  const { json } = await deleteNamespace(await session.client(), name);
  return { json, text: `the namespace ${name} is given up; what was published in it stays\n` };
}

async function publicHalves(
  session: Session,
  given: readonly string[] | true | undefined,
): Promise<string[]> {
  const named = given === true || given === undefined ? [undefined] : given;
  const keys = named.map(async (one) =>
    formatPublicKey(await readPublicHalf(session.machine, one)),
  );
  return Promise.all(keys);
}

function rulesOf({ visibility, signatures, commands }: Rules): NamespaceChange {
  return {
    ...(visibility === undefined ? {} : { visibility }),
    ...(signatures === undefined ? {} : { signatures }),
    ...(commands === undefined ? {} : { commands }),
  };
}
