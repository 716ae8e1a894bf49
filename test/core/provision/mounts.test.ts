import { describe, expect, test } from "vitest";
import { cleanPath, isLocalPath } from "../../../src/core/provision/file-path.js";
import { MountConflict, Mounts } from "../../../src/core/provision/mounts.js";

test.each([
  ["a/./b//c", "a/b/c"],
  ["a/../b", "b"],
  ["../a", "../a"],
  ["/../a", "/a"],
  ["", "."],
  ["a/", "a"],
  ["a/../../b", "../b"],
])("cleans %s", (path, want) => {
  expect(cleanPath(path)).toBe(want);
});

test.each([
  ["a", true],
  ["a/../b", true],
  ["", false],
  ["/a", false],
  ["..", false],
  ["a/../../b", false],
])("%s is local: %s", (path, local) => {
  expect(isLocalPath(path)).toBe(local);
});

const bytes = (text: string) => new TextEncoder().encode(text);

describe("mounts", () => {
  test("keep files and only empty folders apart", () => {
    const mounts = new Mounts();
    mounts.addDirectory("a/empty/deep");
    mounts.writeFile("a/b.txt", bytes("b"), 0o644);
    expect(mounts.files().map(({ path }) => path)).toEqual(["a/b.txt"]);
    expect(mounts.emptyDirectories()).toEqual(["a/empty/deep"]);
  });

  test("remove a folder with everything below it, and nothing beside it", () => {
    const mounts = new Mounts();
    mounts.writeFile("a/x", bytes(""), 0o644);
    mounts.writeFile("ab/x", bytes(""), 0o644);
    mounts.removeDirectory("a");
    expect(mounts.files().map(({ path }) => path)).toEqual(["ab/x"]);
    expect(mounts.emptyDirectories()).toEqual([]);
  });

  test("leave an empty folder where a file was removed", () => {
    const mounts = new Mounts();
    mounts.writeFile("a/x", bytes(""), 0o644);
    mounts.removeFile("a/x");
    expect(mounts.emptyDirectories()).toEqual(["a"]);
  });

  test("remove a folder like a file only where it holds nothing", () => {
    const mounts = new Mounts();
    mounts.addDirectory("a/b");
    expect(() => mounts.removeFile("a")).toThrow(MountConflict);
    mounts.removeFile("a/b");
    expect(mounts.emptyDirectories()).toEqual(["a"]);
  });

  test("tell what was removed, also where it was written again", () => {
    const mounts = new Mounts();
    mounts.removeFile("b");
    mounts.removeDirectory("a");
    mounts.removeFile("a");
    mounts.writeFile("b", bytes(""), 0o644);
    expect(mounts.removals()).toEqual([
      { path: "a", directory: true },
      { path: "b", directory: false },
    ]);
  });

  test("make as many folders as a path has", () => {
    const mounts = new Mounts();
    mounts.addDirectory("a/".repeat(12_000).slice(0, -1));
    expect(mounts.emptyDirectories()).toHaveLength(1);
  });

  test("make no folder where a file stands above", () => {
    const mounts = new Mounts();
    mounts.writeFile("a/x", bytes(""), 0o644);
    expect(() => mounts.addDirectory("a/x/y/z")).toThrow(MountConflict);
    expect(mounts.emptyDirectories()).toEqual([]);
  });

  test("refuse a file where a folder is, and the other way round", () => {
    const mounts = new Mounts();
    mounts.writeFile("a/x", bytes(""), 0o644);
    expect(() => mounts.writeFile("a", bytes(""), 0o644)).toThrow(MountConflict);
    expect(() => mounts.writeFile("a/x/y", bytes(""), 0o644)).toThrow(MountConflict);
  });
});
