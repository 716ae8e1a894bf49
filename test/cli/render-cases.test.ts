/** The recorded cases of score-compose and score-k8s, rendered by the command as a person would. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findCases } from "../conformance/cases.js";
import { checkProjectCase } from "../conformance/project-case.js";
import { playCase } from "./play-case.js";

const casesOf = (folder: string) =>
  findCases(folder)
    .filter((one) => one.kind === "project")
    .map((one) => ({ id: one.id, one }));
const k8s = casesOf("test/vectors/k8s");

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "backbar-cases-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test.each([...casesOf("test/vectors/compose/cases"), ...k8s])("renders $id", async ({ one }) => {
  expect(checkProjectCase(one, await playCase(one, root))).toEqual([]);
});

test.each(k8s)("renders $id to a file for each manifest", async ({ one }) => {
  expect(checkProjectCase(one, await playCase(one, root, { split: true }))).toEqual([]);
});
