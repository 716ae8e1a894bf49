import { describe, expect, test } from "vitest";
import { Freshness, untilChanged } from "../../src/flows/freshness.js";
import type { Registry } from "../../src/flows/registry.js";
import type { OpenStore } from "../../src/store/db.js";
import type { HeadReport } from "../../src/store/log-watch.js";

/** A store that other processes change: `report` says what its log's head is. */
function shared() {
  const reports: HeadReport[] = [];
  const store: Pick<OpenStore, "watchLog"> = {
    watchLog: (report) => {
      reports.push(report);
      return { close: async () => {} };
    },
  };
  const registry = { freshness: new Freshness(store) } as Registry;
  const report = (head: string, ageMs = 0) => reports[0]?.(head, performance.now() - ageMs);
  return { registry, report };
}

const alone = () => ({ freshness: new Freshness({ watchLog: undefined }) }) as Registry;

/** Counts how often it was asked; each answer is the number of its question. */
function counted() {
  let asked = 0;
  return untilChanged(async () => ++asked);
}

function deferred() {
  let resolve = (_: string) => {};
  const promise = new Promise<string>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe("a store of this process alone", () => {
  test("is asked once, until something changes here", async () => {
    const registry = alone();
    const read = counted();
    expect([await read(registry, "a"), await read(registry, "a")]).toEqual([1, 1]);
    expect(await read(registry, "b")).toBe(2);
    registry.freshness.drop();
    expect([await read(registry, "a"), await read(registry, "a")]).toEqual([3, 3]);
  });
});

describe("a store that other processes change", () => {
  test("is asked each time before its head is known", async () => {
    const { registry } = shared();
    const read = counted();
    expect([await read(registry, "a"), await read(registry, "a")]).toEqual([1, 2]);
  });

  test("is asked once while the head stands", async () => {
    const { registry, report } = shared();
    const read = counted();
    report("1");
    expect(await read(registry, "a")).toBe(1);
    report("1");
    expect(await read(registry, "a")).toBe(1);
  });

  test.each(["2", "0"])("is asked anew when the head is %s instead of 1", async (head) => {
    const { registry, report } = shared();
    const read = counted();
    report("1");
    expect(await read(registry, "a")).toBe(1);
    report(head);
    expect(await read(registry, "a")).toBe(2);
  });

  test("is asked each time while the head is not confirmed, and what is known holds if it stood", async () => {
    const { registry, report } = shared();
    const read = counted();
    report("1");
    expect(await read(registry, "a")).toBe(1);
    report("1", 1000);
    expect([await read(registry, "a"), await read(registry, "a")]).toEqual([2, 3]);
    report("1");
    expect(await read(registry, "a")).toBe(1);
  });
});

test("what began to be read before a change is not used after it", async () => {
  const registry = alone();
  const answers = [deferred(), deferred()];
  let asked = 0;
  const read = untilChanged(async () => answers[asked++]?.promise);
  const early = read(registry, "a");
  registry.freshness.drop();
  answers[0]?.resolve("old");
  answers[1]?.resolve("new");
  expect(await early).toBe("old");
  expect(await read(registry, "a")).toBe("new");
  expect(await read(registry, "a")).toBe("new");
});

test("who asks for the same at once waits for one answer", async () => {
  const registry = alone();
  const read = counted();
  expect(await Promise.all([1, 2, 3].map(() => read(registry, "a")))).toEqual([1, 1, 1]);
});

test("a failure is not remembered", async () => {
  const registry = alone();
  let asked = 0;
  const read = untilChanged(async () => {
    if (asked++ === 0) throw new Error("away");
    return "there";
  });
  await expect(read(registry, "a")).rejects.toThrow("away");
  expect(await read(registry, "a")).toBe("there");
});
