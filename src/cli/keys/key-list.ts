/** Changes of the list of keys that may sign for a namespace. */
import { changeNamespace } from "../../client/namespaces.js";
import { isSha256Digest } from "../../core/recipe/names.js";
import { formatPublicKey } from "../../core/trust/keys.js";
import { CliError } from "../frame/error.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";
import { listOwnKeys, readPublicHalf } from "./own-keys.js";

/** Puts a key on the list; one that is there stays. */
export async function addKey(
  session: Session,
  namespace: string,
  given: string | undefined,
): Promise<Outcome> {
  const key = await readPublicHalf(session.machine, given);
  const { fingerprint } = key;
  let isNew = true;
  const changed = await changeNamespace(await session.client(), namespace, (known) => {
    isNew = known.publisherKeys.every((one) => one.fingerprint !== fingerprint);
    if (!isNew) return undefined;
    const others = known.publisherKeys.map(({ publicKey }) => publicKey);
    return { publisherKeys: [...others, formatPublicKey(key)] };
  });
  const text = isNew
    ? `${fingerprint} may sign versions of ${namespace}\n`
    : `${fingerprint} was on the list of ${namespace} already\n`;
  return { json: changed.json, text };
}

/**
 * Takes a key off the list.
 * @throws {UsageError} where `given` names no key; {CliError} cli_key_unlisted
 */
export async function revokeKey(
  session: Session,
  namespace: string,
  given: string,
): Promise<Outcome> {
  const fingerprint = await fingerprintOf(session, given);
  const changed = await changeNamespace(await session.client(), namespace, (known) => {
    const others = known.publisherKeys.filter((one) => one.fingerprint !== fingerprint);
    if (others.length === known.publisherKeys.length) {
      const message = `${fingerprint} is not on the list of ${namespace}`;
      throw new CliError("cli_key_unlisted", message, {
        hint: `backbar keys list ${namespace} shows which are`,
      });
    }
    return { publisherKeys: others.map(({ publicKey }) => publicKey) };
  });
  if (changed.publisherKeys.length === 0) {
    session.screen.warn({ message: `${namespace} has no keys left: nobody can publish in it` });
  }
  return {
    json: changed.json,
    text: `${fingerprint} signs no new versions of ${namespace}; those that it signed stay\n`,
  };
}

async function fingerprintOf({ machine }: Session, given: string): Promise<string> {
  if (isSha256Digest(given)) return given;
  const { keys } = await listOwnKeys(machine);
  const own = keys.find(({ name }) => name === given);
  if (own !== undefined) return own.publicKey.fingerprint;
  throw new UsageError(
    `'${given}' is neither a fingerprint nor a key of yours`,
    "a fingerprint is sha256: and 64 hex digits",
  );
}
