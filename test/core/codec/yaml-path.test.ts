import fc from "fast-check";
import { expect, test } from "vitest";
import { childPath, formatYamlPath, parseYamlPath } from "../../../src/core/codec/yaml-path.js";

test.each([
  { path: [], text: "" },
  { path: ["containers", "web", "args", 0], text: "containers.web.args.0" },
  { path: ["files", "/etc/app.conf"], text: "files./etc/app\\.conf" },
  { path: ["a\\b", ".", ""], text: "a\\\\b.\\.." },
  { path: ["", "a"], text: ".a" },
])("$text", ({ path, text }) => {
  expect(formatYamlPath(path)).toBe(text);
});

const key = fc.oneof(fc.string(), fc.stringMatching(/^[.\\a]{0,4}$/), fc.nat(100));

test("what is written is read again", () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 5 }), (path) => {
      expect(parseYamlPath(formatYamlPath(path))).toEqual(path.map(String));
    }),
  );
});

test("a child's path goes on from its parent's", () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 5 }), key, (parent, child) => {
      expect(childPath(formatYamlPath(parent), child)).toBe(formatYamlPath([...parent, child]));
    }),
  );
});
