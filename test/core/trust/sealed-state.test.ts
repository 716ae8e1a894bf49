import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatStateKey,
  makeStateKey,
  openState,
  parseStateKey,
  sealState,
  stateContext,
} from "../../../src/core/trust/sealed-state.js";

const bytesOf = (n: number, length = 32) => new Uint8Array(length).fill(n);
const key = makeStateKey(bytesOf(1));
const context = stateContext("orders", "staging");
const nonce = bytesOf(9, 12);
const plain = new TextEncoder().encode("password: hunter2");
const sealed = sealState(plain, key, context, nonce);

describe("a sealed state", () => {
  test("opens to what was sealed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.string(), fc.string(), (text, a, b) => {
        const mine = stateContext(a, b);
        expect(openState(sealState(text, key, mine, nonce), [key], mine)).toEqual(text);
      }),
    );
  });

  test("opens with whichever key sealed it", () => {
    expect(openState(sealed, [makeStateKey(bytesOf(2)), key], context)).toEqual(plain);
  });

  test("shows nothing of its content", () => {
    expect(Buffer.from(sealed).includes("hunter2")).toBe(false);
  });

  test("refuses any changed byte", () => {
    for (let i = 0; i < sealed.length; i++) {
      const changed = sealed.slice();
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(() => openState(changed, [key], context)).toThrow(
        expect.objectContaining({
          code: expect.stringMatching(/^state_(sealed|key_unknown)$/) as string,
        }),
      );
    }
  });
});

test.each([
  {
    name: "another project",
    context: stateContext("payments", "staging"),
    keys: [key],
    code: "state_sealed",
  },
  {
    name: "another environment",
    context: stateContext("orders", "production"),
    keys: [key],
    code: "state_sealed",
  },
  {
    name: "names cut elsewhere",
    context: stateContext("order", "sstaging"),
    keys: [key],
    code: "state_sealed",
  },
  { name: "another key", context, keys: [makeStateKey(bytesOf(2))], code: "state_key_unknown" },
  { name: "no key", context, keys: [], code: "state_key_unknown" },
])("does not open for $name", ({ context: given, keys, code }) => {
  expect(() => openState(sealed, keys, given)).toThrow(expect.objectContaining({ code }));
});

test.each([
  { name: "nothing", bytes: new Uint8Array() },
  { name: "a head alone", bytes: sealed.slice(0, 36) },
  { name: "another version", bytes: Uint8Array.from([2, ...sealed.slice(1)]) },
])("refuses $name", ({ bytes }) => {
  expect(() => openState(bytes, [key], context)).toThrow(
    expect.objectContaining({ code: "state_sealed" }),
  );
});

describe("state keys", () => {
  test("read back from their file", () => {
    expect(parseStateKey(formatStateKey(bytesOf(1))).id).toEqual(key.id);
  });

  test.each([
    { name: "short", text: Buffer.from(bytesOf(1, 31)).toString("base64") },
    { name: "no base64", text: "not base64 at all!" },
    { name: "empty", text: "" },
  ])("refuses a key that is $name", ({ text }) => {
    expect(() => parseStateKey(text)).toThrow(expect.objectContaining({ code: "state_key" }));
  });

  test("a nonce of another size is refused", () => {
    expect(() => sealState(plain, key, context, bytesOf(1, 8))).toThrow(
      expect.objectContaining({ code: "state_key" }),
    );
  });
});
