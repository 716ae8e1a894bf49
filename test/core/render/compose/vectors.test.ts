import { expect, test } from "vitest";
import { findCases } from "../../../conformance/cases.js";
import { checkProjectCase, runProjectCase } from "../../../conformance/project-case.js";

const folder = new URL("../../../vectors/compose/cases/", import.meta.url).pathname;
const cases = findCases(folder).filter((one) => one.kind === "project");

test("there are cases", () => {
  expect(cases.length).toBeGreaterThan(200);
});

test.each(cases)("renders $id as score-compose does", (testCase) => {
  expect(checkProjectCase(testCase, runProjectCase(testCase))).toEqual([]);
});
