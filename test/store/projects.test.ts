import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/store/db.js";
import { findProject, type ProjectRow, saveProject } from "../../src/store/projects.js";
import { STORES } from "../helpers/stores.js";

const row = (project: string, revision: number, byte = revision): ProjectRow => ({
  project,
  environment: "local",
  target: "compose",
  revision,
  sealed: Uint8Array.of(byte),
  updatedAt: new Date("2031-01-01T00:00:00Z"),
});

describe.each(STORES)("projects on $name", (kind) => {
  let store: OpenStore;
  beforeAll(async () => {
    store = await kind.open();
  });
  afterAll(() => store?.close());

  const save = (next: ProjectRow, expected: number) =>
    store.db.transaction((tx) => saveProject(tx, next, expected));

  test("are saved on the revision that was read, and on no other", async () => {
    expect(await save(row("one", 1), 0)).toBe(true);
    expect(await save(row("one", 1, 9), 0)).toBe(false);
    expect(await save(row("one", 3, 9), 2)).toBe(false);
    expect(await findProject(store.db, row("one", 0))).toEqual(row("one", 1));
    expect(await save(row("one", 2), 1)).toBe(true);
    expect(await findProject(store.db, row("one", 0))).toEqual(row("one", 2));
    expect(await save(row("absent", 2), 1)).toBe(false);
    expect(await findProject(store.db, row("absent", 0))).toBeUndefined();
  });

  test.each([0, 1])("saved ten times at once on revision %i are saved once", async (expected) => {
    const project = `race-${expected}`;
    if (expected > 0) await save(row(project, expected), 0);
    const next = expected + 1;
    const saved = await Promise.all(
      Array.from({ length: 10 }, (_, i) => save(row(project, next, 100 + i), expected)),
    );
    expect(saved.filter((won) => won)).toHaveLength(1);
    const winner = saved.indexOf(true);
    expect((await findProject(store.db, row(project, 0)))?.sealed).toEqual(
      Uint8Array.of(100 + winner),
    );
  });

  test("of one name in two environments are two", async () => {
    await save(row("both", 1, 1), 0);
    await save({ ...row("both", 1, 2), environment: "staging" }, 0);
    const sealed = async (environment: string) =>
      (await findProject(store.db, { project: "both", environment }))?.sealed;
    expect(await sealed("local")).toEqual(Uint8Array.of(1));
    expect(await sealed("staging")).toEqual(Uint8Array.of(2));
  });
});
