import fc from "fast-check";
import { expect, test } from "vitest";
import { formatEntryBundle, parseEntryBundle } from "../../../src/core/tlog/entry-bundle.js";

const form = expect.objectContaining({ code: "tlog_bundle_form" });

test("bundles read back", () => {
  const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 });
  fc.assert(
    fc.property(entries, (bundle) => {
      expect(parseEntryBundle(formatEntryBundle(bundle), bundle.length)).toEqual(bundle);
    }),
    { numRuns: 30 },
  );
});

test("an entry follows its length as two bytes, the high one first", () => {
  const entry = new Uint8Array(258).fill(7);
  expect(formatEntryBundle([entry]).slice(0, 3)).toEqual(Uint8Array.of(1, 2, 7));
  const longest = [new Uint8Array(65_535), new Uint8Array()];
  expect(parseEntryBundle(formatEntryBundle(longest), 2)).toEqual(longest);
});

test("an entry beyond 65535 bytes is not written", () => {
  expect(() => formatEntryBundle([new Uint8Array(65_536)])).toThrow(form);
});

test.each([
  { name: "an entry less", bytes: [0, 1, 7], count: 2 },
  { name: "an entry more", bytes: [0, 1, 7, 0, 0], count: 1 },
  { name: "a byte more", bytes: [0, 1, 7, 0], count: 1 },
  { name: "an end within a length", bytes: [0], count: 1 },
  { name: "an end within an entry", bytes: [0, 2, 7], count: 1 },
  { name: "nothing", bytes: [], count: 1 },
])("refuses $name", ({ bytes, count }) => {
  expect(() => parseEntryBundle(Uint8Array.from(bytes), count)).toThrow(form);
});
