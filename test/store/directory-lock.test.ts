import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { lockDirectory } from "../../src/store/directory-lock.js";

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "backbar-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("gives the lock to one at a time and leaves nothing behind", async () => {
  const folder = path.join(await emptyFolder(), "data");
  const unlock = await lockDirectory(folder);
  await expect(lockDirectory(folder)).rejects.toMatchObject({ code: "store_in_use" });
  await unlock();
  expect(await readdir(folder)).toEqual([]);
  await (await lockDirectory(folder))();
});

test("of many that come at once, never two get it", async () => {
  const folder = await emptyFolder();
  let taken = 0;
  for (let round = 0; round < 10; round++) {
    let holders = 0;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, async () => {
        const unlock = await lockDirectory(folder);
        holders++;
        taken++;
        expect(holders).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 5));
        holders--;
        await unlock();
      }),
    );
    for (const outcome of outcomes) {
      if (outcome.status === "fulfilled") continue;
      expect(outcome.reason).toMatchObject({ code: "store_in_use" });
    }
  }
  expect(taken).toBeGreaterThan(0);
  expect(await readdir(folder)).toEqual([]);
});
