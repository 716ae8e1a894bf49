/** Changes of the list of keys that may sign for a namespace. */
import {
  changeNamespace,
  type NamespaceDetail,
  revokePublisherKey,
} from "../../client/namespaces.js";
import { isSha256Digest } from "../../core/recipe/names.js";
import { refuseTime } from "../../core/recipe/release-document.js";
import { optional } from "../../core/recipe/strict-json.js";
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
 * Takes a key off the list; with a reason, and from a time on, where these are given.
 * @throws {UsageError} where `given` names no key; {CliError} cli_key_unlisted
 */
export async function revokeKey(
  session: Session,
  namespace: string,
  given: string,
  { reason, since }: { readonly reason?: string | undefined; readonly since?: string | undefined },
): Promise<Outcome> {
  const fingerprint = await fingerprintOf(session, given);
  if (since !== undefined && reason === undefined) {
    throw new UsageError("--since needs --reason", 'backbar keys revoke --reason "laptop stolen"');
  }
  const fault = since === undefined ? undefined : refuseTime(since);
  if (fault !== undefined)
    throw new UsageError(
      `--since: '${since}' ${fault}`,
      "without it the key is revoked from now on",
    );
  const changed =
    reason === undefined
      ? await takeOff(session, namespace, fingerprint)
      : await revokePublisherKey(await session.client(), namespace, fingerprint, {
          reason,
          ...optional("at", since),
        });
  if (changed.publisherKeys.length === 0) {
    session.screen.warn({ message: `${namespace} has no keys left: nobody can publish in it` });
  }
  const before =
    since === undefined ? "those that it signed stay" : `those published before ${since} stay`;
  return {
    json: changed.json,
    text: `${fingerprint} signs no new versions of ${namespace}; ${before}\n`,
  };
}

async function takeOff(
  session: Session,
  namespace: string,
  fingerprint: string,
): Promise<NamespaceDetail> {
  return changeNamespace(await session.client(), namespace, (known) => {
    const others = known.publisherKeys.filter((one) => one.fingerprint !== fingerprint);
    if (others.length === known.publisherKeys.length) {
      const message = `${fingerprint} is not on the list of ${namespace}`;
      throw new CliError("cli_key_unlisted", message, {
        hint: `backbar keys list ${namespace} shows which are`,
      });
    }
    return { publisherKeys: others.map(({ publicKey }) => publicKey) };
  });
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
