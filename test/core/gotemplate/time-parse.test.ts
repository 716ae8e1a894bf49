import fc from "fast-check";
import { expect, test } from "vitest";
import { FunctionError } from "../../../src/core/gotemplate/error.js";
import { Time } from "../../../src/core/gotemplate/time.js";
import { formatTime, timeString } from "../../../src/core/gotemplate/time-format.js";
import { parseTime } from "../../../src/core/gotemplate/time-parse.js";

test.each([
  ["2006-01-02 15:04 MST", "2024-01-02 03:04 EST", "2024-01-02 03:04:00 +0000 EST"],
  ["MST", "GMT+3", "0000-01-01 03:00:00 +0300 GMT+3"],
  ["-0700 MST", "+0200 CEST", "0000-01-01 00:00:00 +0200 CEST"],
  ["06-1-2", "-5-3-4", "1995-03-04 00:00:00 +0000 UTC"],
  ["2006-002", "2024-366", "2024-12-31 00:00:00 +0000 UTC"],
  ["2006-__2", "2024-  9", "2024-01-09 00:00:00 +0000 UTC"],
  ["15:04:05", "01:02:03,25", "0000-01-01 01:02:03.25 +0000 UTC"],
  ["05.000__2", "07.181215", "0000-08-02 00:00:07.181 +0000 UTC"],
  ["3PM", "12AM", "0000-01-01 00:00:00 +0000 UTC"],
  ["january", "january", "0000-01-01 00:00:00 +0000 UTC"],
  ["January Monday", "FEBRUARY tuesday", "0000-02-01 00:00:00 +0000 UTC"],
  ["a  b2006", "a b2024", "2024-01-01 00:00:00 +0000 UTC"],
])("reads %j from %j", (layout, text, shown) => {
  expect(timeString(parseTime(layout, text))).toBe(shown);
});

test.each([
  ["2006", "24"],
  ["2006-01-02", "2023-02-29"],
  ["2006-002", "2023-366"],
  ["2006-01-002", "2023-02-001"],
  ["15", "24"],
  ["03", "13"],
  ["04", "60"],
  ["05", "60"],
  ["Z07:00", "+25:00"],
  ["-07:00", "0700"],
  ["MST", "ABCDEF"],
  ["MST", "+3"],
  ["MST", "+24:00"],
  ["2006", "2024 "],
  [".000", ".12"],
  ["Jan", "Fe"],
])("refuses %j for %j", (layout, text) => {
  expect(() => parseTime(layout, text)).toThrow(FunctionError);
});

test("reads what it writes, in any zone", () => {
  const layout = "Monday, 02-Jan-2006 15:04:05.999999999 -07:00:00";
  fc.assert(
    fc.property(
      fc.bigInt(-62_135_596_800_000_000_000n, 253_402_214_400_000_000_000n),
      fc.constantFrom("UTC", "America/St_Johns", "Asia/Kathmandu", "Africa/Monrovia"),
      (unixNanos, zone) => {
        const text = formatTime(new Time(unixNanos, zone), layout);
        expect(parseTime(layout, text).unixNanos).toBe(unixNanos);
      },
    ),
    { numRuns: 300 },
  );
});
