import { expect, test } from "vitest";
import { FunctionError } from "../../../src/core/gotemplate/error.js";
import { formatValue } from "../../../src/core/gotemplate/printf.js";
import { Time } from "../../../src/core/gotemplate/time.js";
import { timeString } from "../../../src/core/gotemplate/time-format.js";
import { duration, type Methods, timeMethods } from "../../../src/core/gotemplate/time-methods.js";
import { parseTime } from "../../../src/core/gotemplate/time-parse.js";
import type { Value } from "../../../src/core/gotemplate/value.js";
import { contextWith } from "./sprig/call.js";

function invoke(methods: Methods, name: string, ...args: Value[]): string {
  const result = methods.get(name)?.call(contextWith(), ...(args as never[])) ?? null;
  return result instanceof Time ? timeString(result) : formatValue(result, contextWith());
}

const leapDay = parseTime("2006-01-02 15:04:05", "2024-02-29 13:14:15");

test.each<[string, Value[], string]>([
  ["Year", [], "2024"],
  ["Month", [], "February"],
  ["Weekday", [], "Thursday"],
  ["YearDay", [], "60"],
  ["UnixMilli", [], "1709212455000"],
  ["Location", [], "UTC"],
  ["IsZero", [], "false"],
  ["Format", ["02.01.06"], "29.02.24"],
  ["AddDate", [1n, 0n, 0n], "2025-03-01 13:14:15 +0000 UTC"],
  ["AddDate", [0n, -14n, 31n], "2023-01-29 13:14:15 +0000 UTC"],
  ["Add", [-1n], "2024-02-29 13:14:14.999999999 +0000 UTC"],
  ["Truncate", [3_600_000_000_000n], "2024-02-29 13:00:00 +0000 UTC"],
  ["Round", [86_400_000_000_000n], "2024-03-01 00:00:00 +0000 UTC"],
  ["Sub", [new Time(0n)], "474781h14m15s"],
  ["Before", [new Time(0n)], "false"],
  ["Compare", [leapDay], "0"],
])("%s of case %$ gives what Go gives", (name, args, shown) => {
  expect(invoke(timeMethods(leapDay), name, ...args)).toBe(shown);
});

test.each<[string, string]>([
  ["Hours", "-1.5025"],
  ["Minutes", "-90.15"],
  ["Milliseconds", "-5409000"],
  ["Abs", "1h30m9s"],
])("a duration's %s", (name, shown) => {
  expect(invoke(duration(-5_409_000_000_000n).methods, name)).toBe(shown);
});

test("shows the clock of the zone it is in, across a change of the clocks", () => {
  const before = new Time(BigInt(Date.UTC(2024, 2, 30, 1, 30)) * 1_000_000n, "Europe/Berlin");
  const hours = timeMethods(before);
  expect(invoke(hours, "AddDate", 0n, 0n, 1n)).toBe("2024-03-31 03:30:00 +0200 CEST");
  expect(invoke(hours, "IsDST")).toBe("false");
  expect(invoke(hours, "UTC")).toBe("2024-03-30 01:30:00 +0000 UTC");
});

test("refuses what Go's templates cannot call", () => {
  expect(timeMethods(leapDay).get("Clock")?.fault).toMatch("3 return values");
  expect(timeMethods(leapDay).get("Zone")?.fault).toMatch("invalid function signature");
  expect(() => invoke(timeMethods(leapDay), "In", null)).toThrow(FunctionError);
});
