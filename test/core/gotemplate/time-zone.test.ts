import { expect, test } from "vitest";
import { Time } from "../../../src/core/gotemplate/time.js";
import { findZone, localTypeAt, offsetOf } from "../../../src/core/gotemplate/time-zone.js";

// recorded with Go 1.26 and tzdata 2025c
test.each([
  ["UTC", 0, "UTC", 0, false],
  ["Europe/Berlin", 1_700_000_000, "CET", 3600, false],
  ["Europe/Berlin", 1_690_000_000, "CEST", 7200, true],
  ["Africa/Accra", -2_515_052_144, "LMT", -52, false],
  ["Africa/Accra", -1_303_147_042, "+0020", 1200, true],
  ["Europe/Dublin", 1_690_000_000, "IST", 3600, false],
  ["Asia/Kolkata", 0, "IST", 19_800, false],
  ["America/Sao_Paulo", 1_700_000_000, "-03", -10_800, false],
])("%s at %d is %s", (zone, unixSeconds, abbreviation, offsetSeconds, isDst) => {
  expect(localTypeAt(zone, unixSeconds)).toEqual({ abbreviation, offsetSeconds, isDst });
});

test("changes at the second the rule names", () => {
  const start = Date.UTC(2060, 2, 28, 1) / 1000;
  expect(localTypeAt("Europe/Berlin", start - 1).abbreviation).toBe("CET");
  expect(localTypeAt("Europe/Berlin", start).abbreviation).toBe("CEST");
});

test("agrees with the platform's zones on offsets of past years", () => {
  const format = (timeZone: string) =>
    new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  for (const zone of [
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
  ]) {
    const formatter = format(zone);
    for (let seconds = 300_000_000; seconds < 1_700_000_000; seconds += 29_999_999) {
      const part = new Map(
        formatter.formatToParts(seconds * 1000).map(({ type, value }) => [type, Number(value)]),
      );
      const read = (name: Intl.DateTimeFormatPartTypes) => part.get(name) ?? 0;
      const date = [read("year"), read("month") - 1, read("day")] as const;
      const clock = [read("hour"), read("minute"), read("second")] as const;
      const shown = Date.UTC(...date, ...clock) / 1000;
      expect(localTypeAt(zone, seconds).offsetSeconds, `${zone} ${seconds}`).toBe(shown - seconds);
    }
  }
});

test("knows the local zone as UTC, and no zone that does not exist", () => {
  expect(["", "Local", "UTC"].map(findZone)).toEqual(["UTC", "UTC", "UTC"]);
  expect(findZone("Asia/Tokyo")).toBe("Asia/Tokyo");
  expect(["Nope/Zone", "asia/tokyo", "__proto__", "../UTC"].map(findZone)).toEqual(
    Array(4).fill(undefined),
  );
});

test("keeps a zone that came with the text", () => {
  const read = new Time(0n, "EST", 0, true);
  expect(offsetOf(read)).toMatchObject({ abbreviation: "EST", offsetSeconds: 0 });
  expect(offsetOf(new Time(0n, "EST"))).toMatchObject({ offsetSeconds: -18_000 });
  expect(offsetOf(new Time(0n, "", -3600)).abbreviation).toBe("");
});
