import { readdir } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { openCommandLine } from "../command-line.js";

describe("backbar init", () => {
  test.each([
    { name: "both targets", args: ["r/acme/cache"], recipe: "acme/cache", renderings: 2 },
    {
      name: "one target",
      args: ["r/acme/cache", "--target", "compose"],
      recipe: "acme/cache",
      renderings: 1,
    },
    {
      name: "a name, a type and patch templates",
      args: ["r", "--name", "acme/key-value-store-2", "--type", "Redis-7", "--patch"],
      recipe: "acme/key-value-store-2",
      renderings: 2,
    },
    {
      name: "the longest name",
      args: ["r", "--name", `a/n${"-12345".repeat(10)}ab`],
      recipe: `a/n${"-12345".repeat(10)}ab`,
      renderings: 2,
    },
  ])(
    "makes a recipe for $name that passes check and test",
    async ({ args, recipe, renderings }) => {
      const line = await openCommandLine();
      const made = await line.backbar("init", ...args);
      expect(made).toMatchObject({ code: 0, stderr: "" });
      expect(made.stdout).toContain(`made ${recipe} 0.1.0`);
      expect(await line.json("check", "r")).toMatchObject({
        recipes: [{ recipe, version: "0.1.0", problems: [], warnings: [] }],
      });
      expect(await line.json("test", "r")).toMatchObject({ passed: renderings, failed: 0 });
    },
  );

  test("renders its example to manifests that strict rendering takes", async () => {
    const line = await openCommandLine();
    await line.backbar("init", "acme/cache", "--patch");
    const { code, stderr } = await line.backbar(
      ...["render", "--local", "--target", "k8s", "--strict", "--out", "out"],
      ...["--provisioners", "acme/cache", "--patch-template", "acme/cache/cache.k8s.tpl"],
      "acme/cache/examples/basic/score.yaml",
    );
    expect({ code, warned: stderr.includes("warning") }).toEqual({ code: 0, warned: false });
  });

  test("may be made in a folder with nothing but hidden files", async () => {
    const line = await openCommandLine();
    await line.put("acme/cache/.gitignore", "x\n");
    const { code } = await line.backbar("init", "acme/cache");
    expect(code).toBe(0);
    expect(await line.read("acme/cache/.gitignore")).toBe("x\n");
  });

  test.each([
    { name: "a folder that is not empty", args: ["acme/full"], code: 1, error: "cli_exists" },
    {
      name: "a file",
      args: ["acme/full/notes.txt", "--name", "a/bc"],
      code: 1,
      error: "cli_exists",
    },
    { name: "a folder that names nothing", args: ["Acme/cache"], code: 2, error: "cli_usage" },
    { name: "a reserved namespace", args: ["recipes/cache"], code: 2, error: "cli_usage" },
    { name: "a name that is none", args: ["--name", "cache", "x"], code: 2, error: "cli_usage" },
    { name: "a target that is none", args: ["a/b", "--target", "x"], code: 2, error: "cli_usage" },
    { name: "a type that is none", args: ["a/b", "--type", "a b"], code: 2, error: "cli_usage" },
    {
      name: "a type that is no text",
      args: ["a/b", "--type", "null"],
      code: 2,
      error: "cli_usage",
    },
  ])("refuses $name and writes nothing", async ({ args, code, error }) => {
    const line = await openCommandLine();
    await line.put("acme/full/notes.txt", "mine\n");
    const before = await readdir(line.folder, { recursive: true });
    const result = await line.backbar("init", ...args, "--json");
    expect(result.code).toBe(code);
    expect(JSON.parse(result.stdout)).toMatchObject({ error: { code: error } });
    expect(await readdir(line.folder, { recursive: true })).toEqual(before);
    expect(await line.read(path.join("acme/full", "notes.txt"))).toBe("mine\n");
  });
});
