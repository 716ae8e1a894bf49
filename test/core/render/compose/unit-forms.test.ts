import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormError } from "../../../../src/core/render/compose/form.js";
import {
  bytes,
  duration,
  fileMode,
  formatDuration,
} from "../../../../src/core/render/compose/unit-forms.js";

describe("durations", () => {
  test.each([
    ["90s", "1m30s"],
    ["1d", "24h0m0s"],
    ["1w2d", "216h0m0s"],
    ["-1.5h", "-1h30m0s"],
    ["0", "0s"],
    ["1500us", "1.5ms"],
    ["1.5µs", "1.5µs"],
    ["7ns", "7ns"],
  ])("%s is written %s", (text, want) => {
    expect(duration.decode(text, "x")).toBe(want);
  });

  test.each(["", "5", "1x", "s", ".", "1.", "300000h99999999h"])("%s is none", (text) => {
    expect(() => duration.decode(text, "x")).toThrow(FormError);
  });

  test("days and weeks are none after patches", () => {
    expect(() => duration.check("1d", "x")).toThrow(FormError);
  });

  test("what is written reads as the same", () => {
    const nanoseconds = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
    fc.assert(
      fc.property(nanoseconds, (value) => {
        const text = formatDuration(value);
        // Fractions go through doubles, which hold every nanosecond below a second.
        expect(duration.check(text, "x")).toBe(text);
      }),
    );
  });
});

describe("sizes", () => {
  test.each([
    ["512m", "536870912"],
    ["1.5G", "1610612736"],
    ["2 kb", "2048"],
    ["1KiB", "1024"],
    ["64b", "64"],
    ["-1", "-1"],
    ["1e3", "1000"],
    [".5k", "512"],
    ["1_000", "1000"],
    ["1_000.5k", "1024512"],
    ["0x1p4", "16"],
    ["0x1p4 kb", "16384"],
    ["9e30", "-9223372036854775808"],
    ["8192p", "-9223372036854775808"],
  ])("%s is %s bytes", (text, want) => {
    expect(bytes.decode(text, "x")).toBe(want);
    expect(bytes.check(want, "x")).toBe(want);
  });

  test.each([
    "",
    "m",
    "1x",
    "1mm",
    "-1m",
    "1bb",
    "NaN",
    "inf",
    "1__0",
    "1_",
    "_1",
    "1  k",
    " 1",
    "1 0k",
    "-0.5",
  ])("%s is none", (text) => {
    expect(() => bytes.decode(text, "x")).toThrow(FormError);
  });
});

test("file modes are octal text", () => {
  expect(fileMode.decode("0440", "x")).toBe("0440");
  expect(fileMode.decode(0o400n, "x")).toBe("0400");
  expect(fileMode.check(288n, "x")).toBe("0440");
  expect(() => fileMode.check("0440", "x")).toThrow(FormError);
});
