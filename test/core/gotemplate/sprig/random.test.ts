import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { FunctionError } from "../../../../src/core/gotemplate/error.js";
import { randomBelow, randomText } from "../../../../src/core/gotemplate/sprig/random-bytes.js";
import type { CallContext } from "../../../../src/core/gotemplate/value.js";
import { call, contextWith } from "./call.js";

/** A context whose random bytes are `bytes`, over and over, and that keeps the secrets. */
function scripted(bytes: readonly number[]): { context: CallContext; secrets: string[] } {
  const secrets: string[] = [];
  const base = contextWith();
  let at = 0;
  const context: CallContext = {
    ...base,
    host: {
      ...base.host,
      randomBytes: (size) =>
        Uint8Array.from({ length: size }, () => bytes[at++ % bytes.length] ?? 0),
    },
    secret: (text) => secrets.push(text),
  };
  return { context, secrets };
}

test("draws again where a byte would favour some characters", () => {
  const { context } = scripted([255, 250, 249, 0, 11]);
  expect(randomText(context, "0123456789", 3)).toBe("901");
});

test("draws again where a number is not below the limit", () => {
  expect(randomBelow(scripted([7, 6, 5]).context, 6n)).toBe(5n);
  expect(randomBelow(scripted([0]).context, 1n)).toBe(0n);
  expect(randomBelow(scripted([1, 2]).context, 2n ** 40n)).toBe(0x01_02_01_02_01n);
});

test("all characters come about as often", () => {
  const context: CallContext = { ...contextWith(), host: { ...contextWith().host, randomBytes } };
  const counts = new Map<string, number>();
  for (const char of randomText(
    context,
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ",
    46_000,
  )) {
    counts.set(char, (counts.get(char) ?? 0) + 1);
  }
  expect(counts.size).toBe(46);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(250);
});

describe("every text is a secret", () => {
  test.each([
    ["randAlpha", /^[A-Za-z]{20}$/],
    ["randNumeric", /^[0-9]{20}$/],
    ["randAlphaNum", /^[A-Za-z0-9]{20}$/],
    ["randAscii", /^[ -~]{20}$/],
    ["randBytes", /^[A-Za-z0-9+/]{27}=$/],
  ])("%s", (name, pattern) => {
    const { context, secrets } = scripted([1, 200, 33, 90, 145]);
    const text = call(name, [20n], context);
    expect(text).toMatch(pattern);
    expect(secrets).toEqual([text]);
  });

  test.each([
    [30_000n, 32_767n, true],
    [-5000n, -4000n, true],
    [0n, 100_000_000n, true],
    [1000n, 1002n, true],
    [0n, 1000n, false],
    [-999n, 0n, false],
  ])("a number from %s to %s: %s", (min, max, secret) => {
    const { context, secrets } = scripted([1]);
    const number = call("randInt", [min, max], context);
    expect(secrets).toEqual(secret ? [String(number)] : []);
  });
});

test("a negative length is empty text, but no bytes", () => {
  expect(call("randAlpha", [-1n])).toBe("");
  expect(() => call("randBytes", [-1n])).toThrow(FunctionError);
});

test("a length beyond the budget makes nothing", () => {
  expect(() => call("randAscii", [2n ** 62n])).toThrow(
    expect.objectContaining({ code: "template_budget_memory" }),
  );
});
