import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openKeySet } from "../../src/core/trust/key-set.js";
import { sign } from "../../src/core/trust/signed-json.js";
import {
  readKeySet,
  readOrigin,
  renewKeySet,
  replaceOrigin,
  settleIdentity,
} from "../../src/flows/identity.js";
import { writeSetting } from "../../src/store/settings.js";
import { startServer, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

describe.each(STORES)("the registry's identity on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(kind);
  });
  afterAll(() => server?.close());

  const keySet = async () =>
    openKeySet(await readKeySet(server.registry), server.registry.keys.root.publicKey);

  test("lists the keys in use since the first start", async () => {
    const { release, checkpoint } = server.registry.keys;
    const since = server.clock.now().toISOString();
    expect(await keySet()).toMatchObject({
      number: 1,
      release: [{ publicKey: { fingerprint: release.publicKey.fingerprint }, since }],
      checkpoint: [{ publicKey: { fingerprint: checkpoint.publicKey.fingerprint }, since }],
    });
  });

  test("a start signs nothing anew, unless the set is of an earlier form", async () => {
    await settleIdentity(server.registry);
    expect((await keySet()).number).toBe(1);
    const old = await sign({}, "vnd.backbar.key-set.v1+json", server.registry.keys.root);
    await server.registry.db.transaction((tx) => writeSetting(tx, "key_set", old));
    await settleIdentity(server.registry);
    expect((await keySet()).number).toBe(2);
  });

  test("a log that goes on under another name keeps the former ones in the set", async () => {
    const { db } = server.registry;
    const first = await readOrigin(db);
    await db.transaction(async (tx) => {
      await replaceOrigin(tx, `${first}/1`, 17);
      await replaceOrigin(tx, `${first}/2`, 23);
      await renewKeySet(server.registry, tx);
    });
    expect(await keySet()).toMatchObject({
      origin: `${first}/2`,
      formerOrigins: [
        { origin: first, size: 17 },
        { origin: `${first}/1`, size: 23 },
      ],
    });
  });
});
