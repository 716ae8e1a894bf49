import { expect, test } from "vitest";
import { baseName, cleanPath, directoryOf } from "../../../src/core/provision/file-path.js";

// Expected values are those of Go's path/filepath.
test.each([
  ["", "."],
  ["/", "/"],
  ["a/../b//./c/", "b/c"],
  ["../../a", "../../a"],
  ["/../a", "/a"],
  ["a/..", "."],
])("cleans '%s' to '%s'", (path, clean) => {
  expect(cleanPath(path)).toBe(clean);
});

test.each([
  ["/opt/./odd//path", "/opt/odd"],
  ["/a", "/"],
  ["a", "."],
  ["/a/b/", "/a/b"],
  ["", "."],
])("the directory of '%s' is '%s'", (path, directory) => {
  expect(directoryOf(path)).toBe(directory);
});

test.each([
  ["/etc/app.conf", "app.conf"],
  ["/a/b/", "b"],
  ["/", "/"],
  ["", "."],
])("the last name of '%s' is '%s'", (path, name) => {
  expect(baseName(path)).toBe(name);
});
