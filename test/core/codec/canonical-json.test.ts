import { describe, expect, test } from "vitest";
import { canonicalJson, type JsonValue } from "../../../src/core/codec/canonical-json.js";
import { sha256Digest } from "../../../src/core/codec/digest.js";

test("RFC 8785, section 3.2.3: keys by UTF-16, numbers and text in one form", () => {
  const value = {
    "\u20ac": "Euro",
    "\r": "CR",
    "1": 1e21,
    numbers: [333333333.3333333, 4.5, 2e-3, -0],
  };
  expect(canonicalJson(value)).toBe(
    '{"\\r":"CR","1":1e+21,"numbers":[333333333.3333333,4.5,0.002,0],"€":"Euro"}',
  );
});

describe("refuses what JSON has no text for", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  test.each<{ name: string; value: unknown }>([
    { name: "undefined in an object", value: { a: undefined } },
    { name: "undefined in a list", value: [undefined] },
    { name: "a hole in a list", value: new Array(1) },
    { name: "NaN", value: { a: Number.NaN } },
    { name: "infinity", value: [Number.POSITIVE_INFINITY] },
    { name: "bigint", value: 1n },
    { name: "function", value: () => 1 },
    { name: "map", value: new Map() },
    { name: "cycle", value: cycle },
    { name: "lone surrogate", value: "\ud800" },
  ])("$name", ({ value }) => {
    expect(() => canonicalJson(value as JsonValue)).toThrow(
      expect.objectContaining({ code: "json_value" }),
    );
  });
});

test("sha256Digest of text and of its bytes", () => {
  const digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(sha256Digest("abc")).toBe(digest);
  expect(sha256Digest(new TextEncoder().encode("abc"))).toBe(digest);
});
