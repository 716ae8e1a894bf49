import fc from "fast-check";
import { expect, test } from "vitest";
import { RecentlyUsed, remember } from "../../src/flows/recently-used.js";

test("forgets what was not used for longest", () => {
  const cache = new RecentlyUsed<number>(2);
  cache.set("a", 1, 1);
  cache.set("b", 2, 1);
  expect(cache.get("a")).toBe(1);
  cache.set("c", 3, 1);
  expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual([1, undefined, 3]);
});

test("does not keep what is larger than all its room, nor what that was before", () => {
  const cache = new RecentlyUsed<number>(10);
  cache.set("a", 1, 4);
  cache.set("b", 2, 4);
  cache.set("a", 3, 11);
  expect([cache.get("a"), cache.get("b")]).toEqual([undefined, 2]);
});

test("keeps what was set last, and never more than it has room for", () => {
  const action = fc.record({ key: fc.constantFrom("a", "b", "c", "d"), size: fc.nat(6) });
  fc.assert(
    fc.property(fc.array(action), (actions) => {
      const cache = new RecentlyUsed<number>(10);
      const sizes = new Map<string, number>();
      for (const [i, { key, size }] of actions.entries()) {
        cache.set(key, i, size);
        sizes.set(key, size);
        expect(cache.get(key)).toBe(i);
        const kept = [...sizes].filter(([each]) => cache.get(each) !== undefined);
        expect(kept.reduce((sum, [, each]) => sum + each, 0)).toBeLessThanOrEqual(10);
      }
    }),
  );
});

test("what is being made is waited for, and a failure is made again", async () => {
  const cache = new RecentlyUsed<Promise<number>>(2);
  let made = 0;
  const make = async () => {
    made++;
    if (made === 1) throw new Error("first");
    return made;
  };
  await expect(remember(cache, "a", make)).rejects.toThrow("first");
  const both = [remember(cache, "a", make), remember(cache, "a", make)];
  expect(await Promise.all(both)).toEqual([2, 2]);
  expect(await remember(cache, "a", make)).toBe(2);
});
