import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getBlob, getBlobs, putBlobs } from "../../src/store/blobs.js";
import type { OpenStore } from "../../src/store/db.js";
import { STORES } from "../helpers/stores.js";

const blob = (content: Uint8Array) => ({
  digest: `sha256:${createHash("sha256").update(content).digest("hex")}`,
  content,
});

describe.each(STORES)("blobs on $name", (kind) => {
  let store: OpenStore;
  beforeAll(async () => {
    store = await kind.open();
  });
  afterAll(() => store?.close());

  test("come back byte for byte", async () => {
    const all = blob(Uint8Array.from({ length: 256 }, (_, i) => i));
    const empty = blob(new Uint8Array());
    await putBlobs(store.db, [all, empty]);
    expect(await getBlob(store.db, all.digest)).toEqual(all.content);
    expect(await getBlobs(store.db, [empty.digest, all.digest, all.digest])).toEqual(
      new Map([
        [empty.digest, empty.content],
        [all.digest, all.content],
      ]),
    );
    expect(await getBlobs(store.db, [])).toEqual(new Map());
  });

  test("are stored once: what is there stays as it is", async () => {
    const { digest, content } = blob(Uint8Array.of(1, 2, 3));
    await putBlobs(store.db, [{ digest, content }]);
    await putBlobs(store.db, [{ digest, content: Uint8Array.of(9) }]);
    expect(await getBlob(store.db, digest)).toEqual(content);
  });

  test("that are not there are named", async () => {
    const { digest, content } = blob(Uint8Array.of(4));
    await putBlobs(store.db, [{ digest, content }]);
    const missing = blob(Uint8Array.of(5)).digest;
    const fault = expect.objectContaining({
      code: "store_blob_missing",
      message: expect.stringContaining(missing),
    });
    await expect(getBlob(store.db, missing)).rejects.toEqual(fault);
    await expect(getBlobs(store.db, [digest, missing])).rejects.toEqual(fault);
  });

  test("that were altered are never given out", async () => {
    const { digest, content } = blob(Uint8Array.of(6, 7));
    await putBlobs(store.db, [{ digest, content }]);
    await store.db.execute(sql`update blobs set content = 'other' where digest = ${digest}`);
    const fault = expect.objectContaining({ code: "store_blob_corrupt" });
    await expect(getBlob(store.db, digest)).rejects.toEqual(fault);
    await expect(getBlobs(store.db, [digest])).rejects.toEqual(fault);
  });
});
