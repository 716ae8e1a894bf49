import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Time } from "../../../src/core/gotemplate/time.js";
import { formatTime, timeFields, timeString } from "../../../src/core/gotemplate/time-format.js";

const SECOND = 1_000_000_000n;
/** 2006-01-02T03:04:05.678900000Z, a Monday. */
const time = new Time(1_136_171_045n * SECOND + 678_900_000n);
const east = new Time(time.unixNanos, "", 5 * 3600 + 30 * 60);

describe("formatTime", () => {
  test.each([
    { layout: "2006-01-02T15:04:05Z07:00", text: "2006-01-02T03:04:05Z" },
    { layout: "Monday, January _2 2006", text: "Monday, January  2 2006" },
    { layout: "Mon Jan 2 06 3:4:5PM pm", text: "Mon Jan 2 06 3:4:5AM am" },
    { layout: ".000 .999999 ,00 .9", text: ".678 .6789 ,67 .6" },
    { layout: "002 __2 _2006", text: "002   2 _2006" },
    { layout: "MST -0700 Z0700 -07:00:00", text: "UTC +0000 Z +00:00:00" },
    { layout: "Month Janet January", text: "Month Janet January" },
    { layout: "no elements: é", text: "no elements: é" },
    { layout: ".0001 1", text: ".0001 1" },
  ])("$layout gives $text", ({ layout, text }) => {
    expect(formatTime(time, layout)).toBe(text);
  });

  test("shows bare offsets", () => {
    expect(formatTime(east, "15:04 MST -07 -0700 Z07:00")).toBe("08:34 +0530 +05 +0530 +05:30");
    expect(timeString(east)).toBe("2006-01-02 08:34:05.6789 +0530 +0530");
  });
});

describe("timeFields", () => {
  test("agree with JavaScript's calendar", () => {
    const millis = fc.integer({ min: -8_640_000_000_000, max: 8_640_000_000_000 });
    fc.assert(
      fc.property(millis, (each) => {
        const date = new Date(each);
        const fields = timeFields(new Time(BigInt(each) * 1_000_000n));
        expect([fields.year, fields.month, fields.day, fields.hour, fields.weekday]).toEqual([
          date.getUTCFullYear(),
          date.getUTCMonth() + 1,
          date.getUTCDate(),
          date.getUTCHours(),
          date.getUTCDay(),
        ]);
        const newYear = Date.UTC(2000, 0, 1) + (date.getTime() - new Date(date).setUTCMonth(0, 1));
        expect(fields.yearDay).toBe(Math.round((newYear - Date.UTC(2000, 0, 1)) / 86_400_000) + 1);
      }),
    );
  });

  test.each([
    { name: "Go's zero time", seconds: -62_135_596_800n, text: "0001-01-01 00:00:00 +0000 UTC" },
    { name: "a year before it", seconds: -62_135_596_801n, text: "0000-12-31 23:59:59 +0000 UTC" },
    { name: "a far year", seconds: 253_402_300_800n, text: "10000-01-01 00:00:00 +0000 UTC" },
  ])("reach $name", ({ seconds, text }) => {
    expect(timeString(new Time(seconds * SECOND))).toBe(text);
  });
});
