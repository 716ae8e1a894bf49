/** The recorded cases of score-compose, rendered by the command as a person would. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findCases } from "../conformance/cases.js";
import { checkProjectCase } from "../conformance/project-case.js";
import { playCase } from "./play-case.js";

const cases = findCases("test/vectors/compose/cases").filter((one) => one.kind === "project");

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "backbar-cases-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test.each(cases.map((one) => ({ id: one.id, one })))("renders $id", async ({ one }) => {
  expect(checkProjectCase(one, await playCase(one, root))).toEqual([]);
});
