import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { openEmbedded, openPostgres, ping } from "../../src/store/db.js";
import { readSetting, settle, writeSetting } from "../../src/store/settings.js";
import { freePort } from "../helpers/port.js";
import { createDatabase, STORES } from "../helpers/stores.js";

describe.each(STORES)("a store on $name", (kind) => {
  test("keeps what is settled, and takes back what a failed transaction wrote", async () => {
    const store = await kind.open();
    try {
      expect(await ping(store.db)).toBe(true);
      expect(await settle(store.db, "name", "first")).toBe("first");
      expect(await settle(store.db, "name", "second")).toBe("first");
      await expect(
        store.db.transaction(async (tx) => {
          await writeSetting(tx, "name", "third");
          throw new Error("no");
        }),
      ).rejects.toThrow();
      expect(await readSetting(store.db, "name")).toBe("first");
      expect(await readSetting(store.db, "other")).toBeUndefined();
    } finally {
      await store.close();
    }
    expect(await ping(store.db)).toBe(false);
  });
});

describe("PGlite", () => {
  test("is there after it was closed, for one process at a time", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "backbar-"));
    try {
      const first = await openEmbedded(folder);
      await settle(first.db, "name", "kept");
      await expect(openEmbedded(folder)).rejects.toMatchObject({ code: "store_in_use" });
      await first.close();
      const second = await openEmbedded(folder);
      expect(await readSetting(second.db, "name")).toBe("kept");
      await second.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("Postgres", () => {
  test("is migrated by one of several that open it at once", async () => {
    const url = await createDatabase();
    const stores = await Promise.all(Array.from({ length: 4 }, () => openPostgres(url)));
    try {
      const settled = await Promise.all(stores.map(({ db }, i) => settle(db, "name", String(i))));
      expect(new Set(settled).size).toBe(1);
    } finally {
      await Promise.all(stores.map((store) => store.close()));
    }
  });

  test("does work alone across stores", async () => {
    const url = await createDatabase();
    const stores = await Promise.all([openPostgres(url), openPostgres(url)]);
    try {
      let running = 0;
      let most = 0;
      const work = async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 20));
        running--;
      };
      await Promise.all(stores.flatMap((store) => [store.alone(work), store.alone(work)]));
      expect(most).toBe(1);
    } finally {
      await Promise.all(stores.map((store) => store.close()));
    }
  });

  test("that cannot be reached is told without its password", async () => {
    const url = `postgres://someone:hidden-word@127.0.0.1:${await freePort()}/nowhere`;
    const fault = await openPostgres(url).catch((error: Error) => error);
    expect(fault).toMatchObject({ code: "store_unreachable" });
    expect(String(fault)).not.toContain("hidden-word");
  });
});
