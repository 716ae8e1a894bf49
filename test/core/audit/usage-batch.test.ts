import { describe, expect, test } from "vitest";
import {
  formatUsageBatch,
  MAX_BATCH_RECORDS,
  parseUsageBatch,
  type RefusalCount,
  type UsageSnapshot,
} from "../../../src/core/audit/usage-batch.js";

const snapshot: UsageSnapshot = {
  environment: "local",
  project: "",
  workload: "web",
  resource: "cache.default#web.store",
  recipe: "acme/cache",
  version: "1.0.0",
  digest: `sha256:${"0a".repeat(32)}`,
  release: 1,
  actor: "anonymous",
  firstUsedAt: "2031-05-06T07:08:09.000Z",
  lastUsedAt: "2031-05-06T07:09:09.000Z",
  renders: 2,
  current: true,
};
const refusal: RefusalCount = {
  minute: "2031-05-06T07:08:00.000Z",
  actor: "anonymous",
  address: "127.0.0.1",
  method: "POST",
  route: "/v1/recipes",
  code: "http_token_required",
  count: 3,
};
const batch = { time: "2031-05-06T07:10:00.000Z", usage: [snapshot], refusals: [refusal] };

test("reads back, sorted whatever the order it came in", () => {
  const other = { ...snapshot, workload: "api" };
  const [one, two] = [
    [snapshot, other],
    [other, snapshot],
  ].map((usage) => formatUsageBatch({ ...batch, usage }));
  expect(one).toEqual(two);
  expect(parseUsageBatch(one ?? new Uint8Array())).toEqual({ ...batch, usage: [other, snapshot] });
});

describe("refuses", () => {
  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const whole = JSON.parse(new TextDecoder().decode(formatUsageBatch(batch)));
  const wide = Array.from({ length: MAX_BATCH_RECORDS + 1 }, (_, i) => ({
    ...snapshot,
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
    { name: "a record twice", bytes: formatUsageBatch({ ...batch, usage: [snapshot, snapshot] }) },
    { name: "more records than a batch has", bytes: formatUsageBatch({ ...batch, usage: wide }) },
    {
      name: "a record that was never rendered",
      bytes: formatUsageBatch({ ...batch, usage: [{ ...snapshot, renders: 0 }] }),
    },
    {
      name: "a time that is none",
      bytes: formatUsageBatch({ ...batch, time: "yesterday" }),
    },
    {
      name: "a member that is not known",
      bytes: formatUsageBatch({
        ...batch,
        usage: [{ ...snapshot, more: 1 } as UsageSnapshot],
      }),
    },
  ])("$name", ({ bytes }) => {
    expect(() => parseUsageBatch(bytes)).toThrow(
      expect.objectContaining({ code: "audit_batch_form" }),
    );
  });
});
