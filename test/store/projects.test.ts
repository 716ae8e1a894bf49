import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/store/db.js";
import {
  findProject,
  type ProjectRow,
  saveProject,
  saveProjectTouchingUsage,
} from "../../src/store/projects.js";
import { usage } from "../../src/store/schema.js";
import { recordUsage, retireUsage } from "../../src/store/usage.js";
import { STORES } from "../helpers/stores.js";

const row = (project: string, revision: number, byte = revision): ProjectRow => ({
  project,
  environment: "local",
  target: "compose",
  revision,
  sealed: Uint8Array.of(byte),
  updatedAt: new Date("2031-01-01T00:00:00Z"),
  usage: "",
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

  test("that are rendered again touch their usage records in the same statement", async () => {
    const at = (seconds: number) => new Date(Date.UTC(2031, 0, 1, 0, 0, seconds));
    const record = (project: string, resource: string) => ({
      environment: "local",
      project,
      workload: "web",
      resource,
      recipe: "acme/cache",
      version: "1.0.0",
      digest: "sha256:0",
      release: 1,
      actor: "anonymous",
      firstUsedAt: at(0),
      lastUsedAt: at(0),
      renders: 1,
      current: true,
    });
    await save(row("again", 1), 0);
    await store.db.transaction(async (tx) => {
      await recordUsage(tx, [record("again", "gone")]);
      await retireUsage(tx, { environment: "local", project: "again" }, at(1));
      await recordUsage(tx, [record("again", "used"), record("other", "used")]);
    });
    const next = (revision: number) => ({ ...row("again", revision), updatedAt: at(revision) });
    const attempts = await Promise.all(
      [1, 2, 3, 4].map(() => saveProjectTouchingUsage(store.db, next(2), 1)),
    );
    expect(attempts.filter((won) => won)).toHaveLength(1);
    const rows = await store.db.select().from(usage).where(eq(usage.workload, "web"));
    expect(
      Object.fromEntries(
        rows.map(({ project, resource, renders, lastUsedAt }) => [
          `${project} ${resource}`,
          [renders, lastUsedAt.getUTCSeconds()],
        ]),
      ),
    ).toEqual({ "again gone": [1, 1], "again used": [2, 2], "other used": [1, 0] });
    expect((await findProject(store.db, row("again", 0)))?.revision).toBe(2);
  });

  test("that are rendered again with nothing new keep their state as it is", async () => {
    await save(row("same", 1), 0);
    const { sealed, ...next } = row("same", 2);
    expect(await saveProjectTouchingUsage(store.db, next, 0)).toBe(false);
    expect(await saveProjectTouchingUsage(store.db, next, 1)).toBe(true);
    expect(await findProject(store.db, next)).toEqual(row("same", 2, 1));
    expect(await saveProjectTouchingUsage(store.db, { ...next, sealed }, 2)).toBe(true);
    expect(await findProject(store.db, next)).toEqual(row("same", 2, 2));
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
