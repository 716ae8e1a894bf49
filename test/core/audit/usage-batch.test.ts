import { describe, expect, test } from "vitest";
import {
  formatUsageBatch,
  MAX_BATCH_RECORDS,
  parseUsageBatch,
  type UsageSnapshot,
} from "../../../src/core/audit/usage-batch.js";
import { COUNT, SNAPSHOT } from "./usage-rows.js";

const batch = { time: "2031-05-06T07:10:00.000Z", usage: [SNAPSHOT], refusals: [COUNT] };

test("reads back, sorted whatever the order it came in", () => {
  const other = { ...SNAPSHOT, workload: "api" };
  const [one, two] = [
    [SNAPSHOT, other],
    [other, SNAPSHOT],
  ].map((usage) => formatUsageBatch({ ...batch, usage }));
  expect(one).toEqual(two);
  expect(parseUsageBatch(one ?? new Uint8Array())).toEqual({ ...batch, usage: [other, SNAPSHOT] });
});

describe("refuses", () => {
  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const whole = JSON.parse(new TextDecoder().decode(formatUsageBatch(batch)));
  const wide = Array.from({ length: MAX_BATCH_RECORDS + 1 }, (_, i) => ({
    ...SNAPSHOT,
    release: i + 1,
  }));

  test.each([
    { name: "bytes that are no JSON", bytes: encode(whole).subarray(1) },
    { name: "JSON that is not canonical", bytes: encode({ z: 1, a: 2 }) },
    {
      name: "another version",
      bytes: formatUsageBatch(batch).map((byte, i, all) =>
        i === all.length - 2 && byte === 0x31 ? 0x32 : byte,
      ),
    },
    { name: "a record twice", bytes: formatUsageBatch({ ...batch, usage: [SNAPSHOT, SNAPSHOT] }) },
    { name: "more records than a batch has", bytes: formatUsageBatch({ ...batch, usage: wide }) },
    {
      name: "a record that was never rendered",
      bytes: formatUsageBatch({ ...batch, usage: [{ ...SNAPSHOT, renders: 0 }] }),
    },
    {
      name: "a time that is none",
      bytes: formatUsageBatch({ ...batch, time: "yesterday" }),
    },
    {
      name: "a member that is not known",
      bytes: formatUsageBatch({
        ...batch,
        usage: [{ ...SNAPSHOT, more: 1 } as UsageSnapshot],
      }),
    },
  ])("$name", ({ bytes }) => {
    expect(() => parseUsageBatch(bytes)).toThrow(
      expect.objectContaining({ code: "audit_batch_form" }),
    );
  });
});
