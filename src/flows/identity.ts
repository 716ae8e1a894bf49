/** Who this registry is: its keys' fingerprints, held by the database, and the key set that the root signs. */

import { signKeySet } from "../core/trust/key-set.js";
import { type PublicKey, parsePublicKey } from "../core/trust/keys.js";
import type { Db, Tx } from "../store/db.js";
import { listPublisherKeys } from "../store/namespaces.js";
import { readSetting, settle, writeSetting } from "../store/settings.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";

const KEY_SET = "key_set";
const KEY_SET_NUMBER = "key_set_number";
const ORIGIN = "log_origin";

/** True where the database is bound to keys. */
export async function hasIdentity(db: Db): Promise<boolean> {
  return (await readSetting(db, "key_root")) !== undefined;
}

/**
 * Binds an empty database to the keys at hand; checks that one in use belongs to them.
 * @throws {FlowError} registry_keys
 */
export async function settleIdentity(registry: Registry): Promise<void> {
  const { root, release, checkpoint, state } = registry.keys;
  const fingerprints = {
    root: root.publicKey.fingerprint,
    release: release.publicKey.fingerprint,
    checkpoint: checkpoint.publicKey.fingerprint,
    state: Buffer.from(state.id).toString("hex"),
  };
  await registry.db.transaction(async (tx) => {
    for (const [name, fingerprint] of Object.entries(fingerprints)) {
      const settled = await settle(tx, `key_${name}`, fingerprint);
      if (settled === fingerprint) continue;
      throw new FlowError(
        "registry_keys",
        `this database belongs to another ${name} key (${settled})`,
        {
          hint: "set KEYS_DIR to the folder that holds its keys",
        },
      );
    }
    const id = Buffer.from(registry.randomBytes(8)).toString("hex");
    await settle(tx, ORIGIN, `backbar/${id}`);
    if ((await readSetting(tx, KEY_SET)) === undefined) await renewKeySet(registry, tx);
  });
}

/** Signs the key set anew: call it in the transaction that changes a namespace's keys. */
export async function renewKeySet(registry: Registry, tx: Tx): Promise<void> {
  const number = Number((await readSetting(tx, KEY_SET_NUMBER)) ?? "0") + 1;
  const { root, release, checkpoint } = registry.keys;
  const signed = await signKeySet(
    {
      number,
      time: registry.now().toISOString(),
      origin: await readOrigin(tx),
      release: [release.publicKey],
      checkpoint: [checkpoint.publicKey],
      namespaces: await namespaceKeys(tx),
    },
    root,
  );
  await writeSetting(tx, KEY_SET_NUMBER, String(number));
  await writeSetting(tx, KEY_SET, signed);
}

/** The key set as a compact JWS by the root key. */
export async function readKeySet(registry: Registry): Promise<string> {
  return (await readSetting(registry.db, KEY_SET)) ?? "";
}

/** The name of the log, as its checkpoints carry it. */
export async function readOrigin(db: Db | Tx): Promise<string> {
  return (await readSetting(db, ORIGIN)) ?? "";
}

async function namespaceKeys(tx: Tx): Promise<Map<string, PublicKey[]>> {
  const stored = await listPublisherKeys(tx);
  return new Map(
    [...stored].map(([name, keys]) => [
      name,
      keys.map(({ publicKey }) => parsePublicKey(publicKey)),
    ]),
  );
}
