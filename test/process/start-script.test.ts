/** `scripts/start.mjs` in a small repository of its own: it builds what changed, and only that. */
import { execFile } from "node:child_process";
import { cp, mkdir, symlink, unlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { emptyFolder } from "./service-process.js";

test("builds when a source file was changed, added or deleted, and only then", async () => {
  const root = await emptyFolder();
  const at = (...parts: string[]) => path.join(root, ...parts);
  for (const file of [
    "scripts/start.mjs",
    "package.json",
    "tsconfig.json",
    "tsconfig.build.json",
  ]) {
    await cp(path.resolve(file), at(file));
  }
  await writeFile(at("package-lock.json"), "{}");
  await utimes(at("package-lock.json"), 0, 0);
  await symlink(path.resolve("node_modules"), at("node_modules"));
  await mkdir(at("src/part"), { recursive: true });
  const main = (text: string) =>
    writeFile(at("src/main.ts"), `process.stdout.write("${text}" + process.env.CATALOG_DIR);\n`);
  await main("first ");
  await writeFile(at("src/part/other.ts"), "export const a = 1;\n");
  const start = async () => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [at("scripts/start.mjs")],
      {
        env: { PATH: process.env.PATH },
      },
    );
    return { stdout: stdout.replace(root, ""), stderr };
  };

  const built = "Building …\n";
  expect(await start()).toEqual({ stdout: "first /catalog", stderr: built });
  expect(await start()).toEqual({ stdout: "first /catalog", stderr: "" });
  await main("second ");
  expect(await start()).toEqual({ stdout: "second /catalog", stderr: built });
  await unlink(at("src/part/other.ts"));
  expect(await start()).toEqual({ stdout: "second /catalog", stderr: built });
  expect(await start()).toEqual({ stdout: "second /catalog", stderr: "" });
});
