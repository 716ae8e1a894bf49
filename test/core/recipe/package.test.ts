import { describe, expect, test } from "vitest";
import type { RecipeError } from "../../../src/core/recipe/error.js";
import { checkFilePaths } from "../../../src/core/recipe/file-path.js";
import {
  MAX_FILE_BYTES,
  packProvisionersFile,
  packRecipe,
  unpackFiles,
} from "../../../src/core/recipe/package.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const META = bytes("name: dapr/redis\nversion: 1.0.0\n");
const folderOf = (files: Record<string, string | Uint8Array>) =>
  new Map([
    ["recipe.yaml", META],
    ...Object.entries(files).map(
      ([path, content]) => [path, typeof content === "string" ? bytes(content) : content] as const,
    ),
  ]);

describe("a recipe's folder", () => {
  const folder = folderOf({
    "examples/two/score.yaml": "x",
    "examples/one/nested/files/readme.md": "y",
    LICENSE: "z",
    "README.md": "r",
    "b.compose.tpl": "b",
    "a-2.compose.tpl": "a",
    "k8s.provisioners.yaml": "[]",
    "compose.provisioners.yaml": "[]",
  });

  test("is packed in one order, whatever the order of its files", () => {
    const titles = packRecipe(folder).files.map(({ title }) => title);
    expect(titles).toEqual([
      "compose.provisioners.yaml",
      "k8s.provisioners.yaml",
      "a-2.compose.tpl",
      "b.compose.tpl",
      "LICENSE",
      "README.md",
      "examples/one/nested/files/readme.md.example",
      "examples/two/score.yaml.example",
    ]);
    expect(packRecipe(new Map([...folder].reverse())).files.map(({ title }) => title)).toEqual(
      titles,
    );
  });

  test("comes back from its package", () => {
    const unpacked = unpackFiles(packRecipe(folder));
    expect(new Map([...unpacked, ["recipe.yaml", META]])).toEqual(folder);
  });

  test("has no title but the provisioners' that a client would take for one", () => {
    const titles = packRecipe(folder).files.map(({ title }) => title);
    expect(titles.filter((title) => title.endsWith(".yaml"))).toEqual([
      "compose.provisioners.yaml",
      "k8s.provisioners.yaml",
    ]);
  });

  test("may hold patch templates alone", () => {
    const { files } = packRecipe(folderOf({ "sidecar.k8s.tpl": "" }));
    expect(files[0]?.role).toEqual({ kind: "patch", target: "k8s", name: "sidecar" });
  });
});

describe("a bare provisioners file", () => {
  const bare = {
    name: "dapr/redis",
    version: "1.0.0",
    target: "k8s",
    content: bytes("[]"),
  } as const;

  test("is packed as it is", () => {
    const { metadata, files } = packProvisionersFile(bare);
    expect(metadata.name).toBe("dapr/redis");
    expect(files.map(({ title, content }) => [title, content])).toEqual([
      ["k8s.provisioners.yaml", bare.content],
    ]);
  });

  test.each([
    { change: { name: "redis" }, code: "recipe_name" },
    { change: { version: "1" }, code: "recipe_version" },
    { change: { content: new Uint8Array(MAX_FILE_BYTES + 1) }, code: "recipe_file_limit" },
  ])("with $code is refused", ({ change, code }) => {
    expect(() => packProvisionersFile({ ...bare, ...change })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

test.each([
  {
    name: "no recipe.yaml",
    files: new Map([["k8s.provisioners.yaml", bytes("[]")]]),
    code: "recipe_file_missing",
  },
  { name: "nothing to use", files: folderOf({ "README.md": "" }), code: "recipe_file_missing" },
  {
    name: "a file of another kind",
    files: folderOf({ "setup.sh": "" }),
    code: "recipe_file_unknown",
  },
  {
    name: "attack 6: .yml",
    files: folderOf({ "compose.provisioners.yml": "" }),
    code: "recipe_file_unknown",
  },
  {
    name: "a provisioners file of no target",
    files: folderOf({ "nomad.provisioners.yaml": "" }),
    code: "recipe_file_unknown",
  },
  {
    name: "a patch template of no target",
    files: folderOf({ "a.tpl": "" }),
    code: "recipe_file_unknown",
  },
  {
    name: "an example outside a folder",
    files: folderOf({ "examples/score.yaml": "" }),
    code: "recipe_file_unknown",
  },
  {
    name: "a provisioners file in a folder",
    files: folderOf({ "sub/k8s.provisioners.yaml": "" }),
    code: "recipe_file_unknown",
  },
  {
    name: "a file too large",
    files: folderOf({ "README.md": new Uint8Array(MAX_FILE_BYTES + 1) }),
    code: "recipe_file_limit",
  },
  {
    name: "metadata that is no text",
    files: new Map([["recipe.yaml", Uint8Array.of(0xff)]]),
    code: "recipe_file_unknown",
  },
])("refuses a folder with $name", ({ files, code }) => {
  expect(() => packRecipe(files)).toThrow(expect.objectContaining({ code }));
});

test("refuses more than eight megabytes", () => {
  const files = Array.from({ length: 9 }, (_, i) => [
    `examples/a/f${i}`,
    new Uint8Array(MAX_FILE_BYTES),
  ]);
  expect(() => packRecipe(folderOf({ ...Object.fromEntries(files), "a.k8s.tpl": "" }))).toThrow(
    expect.objectContaining({ code: "recipe_file_limit" }),
  );
});

test("names every faulty file", () => {
  try {
    packRecipe(folderOf({ "a.sh": "", "b.sh": "", "k8s.provisioners.yaml": "" }));
    expect.unreachable();
  } catch (error) {
    const { problems } = error as RecipeError;
    expect(problems.map(({ place }) => place?.file)).toEqual(["a.sh", "b.sh"]);
  }
});

describe("attack 27: paths", () => {
  test.each([
    "../x",
    "a/../b",
    "/etc/passwd",
    "a//b",
    "a/",
    "",
    ".",
    "./a",
    "a\\b",
    "C:/a",
    "a\u0000b",
    "a\nb",
    "-rf",
    ".hidden",
    "a/.git/config",
    "caf\u00e9",
    "a b",
    "nul",
    "a/COM1.txt",
    "dot.",
    "%2e%2e/a",
    "x".repeat(201),
    "a/b/c/d/e/f/g/h/i",
  ])("refuses %j", (path) => {
    expect(() => checkFilePaths([path])).toThrow(
      expect.objectContaining({ code: "recipe_file_path" }),
    );
  });

  test.each([
    { name: "files that differ by case", paths: ["README.md", "readme.md"] },
    { name: "folders that differ by case", paths: ["a/x", "A/y"] },
    { name: "a file and a folder of one name", paths: ["a/x", "a"] },
    { name: "a file and a folder that differ by case", paths: ["A", "a/x"] },
    { name: "one path twice", paths: ["a", "a"] },
  ])("refuses $name", ({ paths }) => {
    expect(() => checkFilePaths(paths)).toThrow(
      expect.objectContaining({ code: "recipe_file_path" }),
    );
  });

  test("takes files side by side in one folder", () => {
    checkFilePaths(["a/x", "a/y", "a/b/x", "b/x", "a-b"]);
  });
});
