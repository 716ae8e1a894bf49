import fc from "fast-check";
import { expect, test } from "vitest";
import { MergeError, mergeOverrides, mergePatch } from "../../../src/core/codec/merge.js";
import { parseYaml } from "../../../src/core/codec/yaml.js";
import type { DataMap } from "../../../src/core/gotemplate/value.js";

const yaml = (text: string) => parseYaml(text).value as DataMap;

test.each([
  { base: "{a: {b: 1, c: 2}}", over: "{a: {b: 9}}", result: "{a: {b: 9, c: 2}}" },
  { base: "{a: [1, 2]}", over: "{a: [3]}", result: "{a: [3]}" },
  {
    base: "{a: [1], b: x, c: y, d: {e: 1}}",
    over: '{a: [], b: "", c: null, d: {}}',
    result: '{a: [], b: "", c: null, d: {e: 1}}',
  },
  { base: "{a: {b: 1}}", over: "{a: [x]}", result: "{a: [x]}" },
  { base: "{a: t}", over: "{a: {b: 1}}", result: "{a: {b: 1}}" },
  { base: "{a: t}", over: "{a: {5: 1}}", result: "{a: {5: 1}}" },
  { base: "{a: {5: {b: 1}, 6: c}}", over: "{a: {}}", result: "{a: {5: {b: 1}, 6: c}}" },
  {
    base: "{a: {5: {b: 1}, 6: c}}",
    over: "{a: {x: y, z: [1]}}",
    result: "{a: {5: {b: 1}, 6: c, x: y, z: [1]}}",
  },
  {
    base: "{a: {5: {b: 1}, 6: c}}",
    over: "{a: {5: {c: 2}, 6: d}}",
    result: "{a: {5: {b: 1, c: 2}, 6: d}}",
  },
])("overrides: $over over $base", ({ base, over, result }) => {
  expect(mergeOverrides(yaml(base), yaml(over))).toEqual(yaml(result));
});

test("numbers as keys cannot go over text", () => {
  expect(() => mergeOverrides(yaml("{a: {b: {c: 1}}}"), yaml("{a: {b: {5: 1}}}"))).toThrow(
    MergeError,
  );
});

// The cases of RFC 7386, appendix A, whose target is an object.
test.each([
  { target: "{a: b}", patch: "{a: c}", result: "{a: c}" },
  { target: "{a: b}", patch: "{b: c}", result: "{a: b, b: c}" },
  { target: "{a: b}", patch: "{a: null}", result: "{}" },
  { target: "{a: b, b: c}", patch: "{a: null}", result: "{b: c}" },
  { target: "{a: [b]}", patch: "{a: c}", result: "{a: c}" },
  { target: "{a: c}", patch: "{a: [b]}", result: "{a: [b]}" },
  { target: "{a: {b: c}}", patch: "{a: {b: d, c: null}}", result: "{a: {b: d}}" },
  { target: "{a: [{b: c}]}", patch: "{a: [1]}", result: "{a: [1]}" },
  { target: "{e: null}", patch: "{a: 1}", result: "{e: null, a: 1}" },
  { target: "[1, 2]", patch: "{a: b, c: null}", result: "{a: b}" },
  { target: "{}", patch: "{a: {bb: {ccc: null}}}", result: "{a: {bb: {}}}" },
])("merge patch: $patch on $target", ({ target, patch, result }) => {
  expect(mergePatch(parseYaml(target).value, yaml(patch))).toEqual(yaml(result));
});

test("a patch that is applied twice changes nothing more", () => {
  const map = fc
    .dictionary(fc.constantFrom("a", "b", "c"), fc.option(fc.integer()))
    .map((object) => new Map(Object.entries(object).map(([key, value]) => [key, value])));
  fc.assert(
    fc.property(map, map, (target, patch) => {
      const once = mergePatch(target, patch);
      expect(mergePatch(once, patch)).toEqual(once);
    }),
  );
});
