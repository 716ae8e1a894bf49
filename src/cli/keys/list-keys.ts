/** What `backbar keys list` shows. */
import { readNamespace } from "../../client/namespaces.js";
import { formatPublicKey } from "../../core/trust/keys.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { listOwnKeys } from "./own-keys.js";

/** The keys of whoever runs the command. */
export async function listOwn({ machine, screen }: Session): Promise<Outcome> {
  const { keys, faults } = await listOwnKeys(machine);
  for (const fault of faults) screen.warn(fault);
  if (keys.length === 0) screen.note("you have no keys yet; backbar keys new makes one");
  const rows = keys.map(({ name, publicKey }) => [
    name,
    publicKey.algorithm,
    publicKey.fingerprint,
  ]);
  return {
    json: {
      keys: keys.map(({ name, file, publicKey }) => ({
        name,
        file,
        algorithm: publicKey.algorithm,
        fingerprint: publicKey.fingerprint,
        publicKey: formatPublicKey(publicKey),
      })),
    },
    text: keys.length === 0 ? "" : await screen.table(["name", "algorithm", "fingerprint"], rows),
  };
}

/** The keys on the list of a namespace, and which are one's own. */
export async function listOfNamespace(session: Session, namespace: string): Promise<Outcome> {
  const { screen } = session;
  const { publisherKeys, signatures } = await readNamespace(await session.client(), namespace);
  const own = await ownNames(session);
  const keys = publisherKeys.map(({ fingerprint, publicKey }) => {
    const names = own.get(fingerprint) ?? [];
    return { fingerprint, publicKey, own: names };
  });
  if (keys.length === 0) screen.note(`${namespace} has no keys: nobody can publish in it yet`);
  const rows = keys.map((key) => [key.fingerprint, key.own.join(", ")]);
  return {
    json: { namespace, signatures, keys },
    text: keys.length === 0 ? "" : await screen.table(["fingerprint", "yours"], rows),
  };
}

/** The names of one's own keys by fingerprint. */
export async function ownNames({
  machine,
  screen,
}: Session): Promise<ReadonlyMap<string, readonly string[]>> {
  const { keys, faults } = await listOwnKeys(machine);
  for (const fault of faults) screen.warn(fault);
  const names = new Map<string, string[]>();
  for (const { name, publicKey } of keys) {
    names.set(publicKey.fingerprint, [...(names.get(publicKey.fingerprint) ?? []), name]);
  }
  return names;
}
