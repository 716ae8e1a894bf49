import { expect, test } from "vitest";
import { compareUsage } from "../../../src/core/audit/compare-usage.js";
import { emptyState } from "../../../src/core/audit/log-state.js";
import type { Told, ToldRefusals, ToldUsage } from "../../../src/core/audit/told.js";
import { refusalKey, usageKey } from "../../../src/core/audit/usage-batch.js";
import { COUNT, SNAPSHOT } from "./usage-rows.js";

const SIZE = 10;
const LEAF = 7;
const TIME = "2031-05-06T08:00:00.000Z";
const OLD = "2031-05-06T05:59:00.000Z";
const TO_COME = "2031-05-06T10:01:00.000Z";

const later = { lastUsedAt: TIME, renders: 3 };

function codesOf(usage: readonly ToldUsage[], refusals: readonly ToldRefusals[]): string[] {
  const state = emptyState();
  state.usage.set(usageKey(SNAPSHOT), { value: SNAPSHOT, leaf: LEAF });
  state.refusals.set(refusalKey(COUNT), { value: COUNT, leaf: LEAF });
  const told: Told = {
    ...{ time: TIME, auditor: true, usage, refusals },
    ...{ namespaces: [], versions: [], environments: [], entryLists: [] },
    ...{ releases: [], pointers: [], blobs: [] },
  };
  return compareUsage({ state, told, hidden: [], size: SIZE }).map(({ code }) => code);
}

test.each([
  { name: "as the log has it", said: { logIndex: LEAF }, codes: [] },
  { name: "by another leaf", said: { logIndex: 6 }, codes: ["audit_usage_rewritten"] },
  { name: "with more renders, pending", said: later, codes: [] },
  {
    name: "with more renders, by a leaf that came after",
    said: { ...later, logIndex: SIZE },
    codes: [],
  },
  {
    name: "with more renders, by its leaf",
    said: { ...later, logIndex: LEAF },
    codes: ["audit_usage_rewritten"],
  },
  {
    name: "with fewer renders, as if by a leaf that came after",
    said: { renders: 1, logIndex: SIZE },
    codes: ["audit_usage_rewritten"],
  },
  {
    name: "unused for hours, as if by a leaf that came after",
    said: { lastUsedAt: OLD, logIndex: SIZE },
    codes: ["audit_usage_uncommitted"],
  },
  {
    name: "used in hours to come, as if by a leaf that came after",
    said: { lastUsedAt: TO_COME, renders: 3, logIndex: SIZE },
    codes: ["audit_usage_uncommitted"],
  },
  {
    name: "used in hours to come, pending",
    said: { lastUsedAt: TO_COME, renders: 3 },
    codes: ["audit_usage_uncommitted"],
  },
])("a usage record $name: $codes", ({ said, codes }) => {
  expect(codesOf([{ ...SNAPSHOT, ...said }], [{ ...COUNT, logIndex: LEAF }])).toEqual(codes);
});

test.each([
  { name: "as the log has them", said: { logIndex: LEAF }, codes: [] },
  {
    name: "as if by a leaf that came after",
    said: { logIndex: SIZE },
    codes: ["audit_refusals_rewritten"],
  },
])("refusals $name: $codes", ({ said, codes }) => {
  expect(codesOf([{ ...SNAPSHOT, logIndex: LEAF }], [{ ...COUNT, ...said }])).toEqual(codes);
});

test.each([
  {
    name: "of a minute just now, by a leaf that came after",
    minute: TIME,
    logIndex: SIZE,
    codes: [],
  },
  {
    name: "of hours ago, as if by a leaf that came after",
    minute: OLD,
    logIndex: SIZE,
    codes: ["audit_refusals_uncommitted"],
  },
  {
    name: "of hours to come, as if by a leaf that came after",
    minute: TO_COME,
    logIndex: SIZE,
    codes: ["audit_refusals_uncommitted"],
  },
  {
    name: "by a leaf that has none",
    minute: TIME,
    logIndex: LEAF,
    codes: ["audit_refusals_rewritten"],
  },
])("refusals beside those of the log $name: $codes", ({ minute, logIndex, codes }) => {
  const refusals = [
    { ...COUNT, logIndex: LEAF },
    { ...COUNT, minute, logIndex },
  ];
  expect(codesOf([{ ...SNAPSHOT, logIndex: LEAF }], refusals)).toEqual(codes);
});
