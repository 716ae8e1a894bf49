import { describe, expect, test } from "vitest";
import type { RecipeError } from "../../../src/core/recipe/error.js";
import { findPathFaults } from "../../../src/core/recipe/file-path.js";
import {
  inspectFolder,
  packProvisionersFile,
  packRecipe,
  unpackFiles,
} from "../../../src/core/recipe/package.js";
import { MAX_FILE_BYTES, MAX_PACKAGE_BYTES } from "../../../src/core/recipe/recipe-file.js";

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

  test("keeps to itself what its examples are expected to render", () => {
    const expected = bytes("services: {}");
    const beside = new Map([...folder, ["expected/one/compose/compose.yaml", expected]]);
    expect(packRecipe(beside)).toEqual(packRecipe(folder));
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
    files: folderOf({ "recipe.yaml": Uint8Array.of(0xff), "a.k8s.tpl": "" }),
    code: "recipe_file_unknown",
  },
])("refuses a folder with $name", ({ files, code }) => {
  expect(() => packRecipe(files)).toThrow(expect.objectContaining({ code }));
});

test("takes a file of one mebibyte and eight mebibytes in all, and not a byte more", () => {
  const files = Object.fromEntries(
    Array.from({ length: 7 }, (_, i) => [`examples/a/f${i}`, new Uint8Array(MAX_FILE_BYTES)]),
  );
  const full = { ...files, "a.k8s.tpl": "", "README.md": new Uint8Array(MAX_FILE_BYTES) };
  const { files: packed } = packRecipe(folderOf(full));
  expect(packed.reduce((sum, { content }) => sum + content.length, 0)).toBe(MAX_PACKAGE_BYTES);
  expect(() => packRecipe(folderOf({ ...full, "a.k8s.tpl": "-" }))).toThrow(
    expect.objectContaining({ code: "recipe_file_limit" }),
  );
});

test("finds what is wrong with recipe.yaml, paths, names and sizes at once", () => {
  const { problems } = inspectFolder(
    folderOf({
      "recipe.yaml": "name: x\n",
      "setup.sh": "",
      "../up": "",
      LICENSE: new Uint8Array(MAX_FILE_BYTES + 1),
      "README.md": "",
      "readme.md": "",
      "side-car.k8s.tpl": "",
      "sidecar.k8s.tpl": "",
      "sidecar.compose.tpl": "",
      "examples/red1s/score.yaml": "",
      "examples/redls/score.yaml": "",
    }),
  );
  expect(problems.map(({ code, place }) => [code, place?.file])).toEqual([
    ["recipe_metadata", "recipe.yaml"],
    ["recipe_metadata", "recipe.yaml"],
    ["recipe_file_path", "../up"],
    ["recipe_file_path", "readme.md"],
    ["recipe_file_unknown", "setup.sh"],
    ["recipe_file_limit", "LICENSE"],
    ["recipe_file_path", "sidecar.k8s.tpl"],
    ["recipe_file_path", "examples/redls"],
  ]);
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
    expect(findPathFaults([path]).map(({ code }) => code)).toEqual(["recipe_file_path"]);
  });

  test.each([
    { name: "files that differ by case", paths: ["README.md", "readme.md"] },
    { name: "folders that differ by case", paths: ["a/x", "A/y"] },
    { name: "a file and a folder of one name", paths: ["a/x", "a"] },
    { name: "a file and a folder that differ by case", paths: ["A", "a/x"] },
    { name: "one path twice", paths: ["a", "a"] },
  ])("refuses $name", ({ paths }) => {
    expect(findPathFaults(paths).map(({ code }) => code)).toEqual(["recipe_file_path"]);
  });

  test("takes files side by side in one folder", () => {
    expect(findPathFaults(["a/x", "a/y", "a/b/x", "b/x", "a-b"])).toEqual([]);
  });
});
