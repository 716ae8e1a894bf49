import { expect, test } from "vitest";
import { FunctionError } from "../../../../src/core/gotemplate/error.js";
import { Time } from "../../../../src/core/gotemplate/time.js";
import { timeString } from "../../../../src/core/gotemplate/time-format.js";
import { Int, type Value } from "../../../../src/core/gotemplate/value.js";
import { call, contextWith } from "./call.js";

const SECOND = 1_000_000_000n;
const now = 1_700_000_000n * SECOND;
const context = { ...contextWith(), host: { ...contextWith().host, now: () => now } };

test.each<[string, Value[], string]>([
  ["date", ["2006-01-02 15:04", 0n], "1970-01-01 00:00"],
  ["date", ["2006", "1970"], "2023"],
  ["date", ["2006", new Int("int64", 0n)], "1970"],
  ["date", ["2006", new Int("int32", 0n)], "1970"],
  ["date", ["2006", new Int("uint64", 0n)], "2023"],
  ["dateInZone", ["15:04 MST", 0n, "Europe/Berlin"], "01:00 CET"],
  ["date_in_zone", ["15:04 MST", 0n, "Nowhere/Bad"], "00:00 UTC"],
  ["htmlDate", [null], "2023-11-14"],
  ["htmlDateInZone", [null, "Asia/Tokyo"], "2023-11-15"],
  ["ago", [new Time(now - 90n * SECOND - 1n)], "1m30s"],
  ["ago", [new Time(now - 2n ** 70n)], "2562047h47m16.854775807s"],
  ["duration", [95n], "0s"],
  ["duration", [new Int("int64", 95n)], "1m35s"],
  ["duration", ["9223372036854775808"], "-1s"],
  ["durationRound", [new Time(now - 7_200n * SECOND)], "2h"],
  ["durationRound", ["24h"], "24h"],
  ["durationRound", ["25h"], "1d"],
  ["durationRound", [new Int("int64", -(2n ** 63n))], "292y"],
  ["unixEpoch", [new Time(-1n)], "-1"],
])("%s case %$", (name, args, text) => {
  expect(call(name, args, context)).toBe(text);
});

test("a text that is no date is the start of year 1, or an error", () => {
  const zero = call("toDate", ["2006-01-02", "2023-02-29"]);
  expect(zero instanceof Time && timeString(zero)).toBe("0001-01-01 00:00:00 +0000 UTC");
  expect(() => call("mustToDate", ["2006-01-02", "2023-02-29"])).toThrow(FunctionError);
});

test("a text that is no duration changes nothing, or is an error", () => {
  const time = new Time(now);
  expect(call("dateModify", ["1d", time])).toEqual(time);
  expect(call("date_modify", ["-1s", time])).toEqual(new Time(now - SECOND));
  expect(() => call("mustDateModify", ["1d", time])).toThrow(FunctionError);
});
