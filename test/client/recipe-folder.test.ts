import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BackbarClient } from "../../src/client/client.js";
import { publishFolder } from "../../src/client/publish-folder.js";
import { readRecipeFolder } from "../../src/client/recipe-folder.js";
import { makePrivateKey } from "../../src/core/trust/keys.js";
import { sendJson, serve } from "./loopback-server.js";

const key = makePrivateKey("ES256", new Uint8Array(32).fill(1));
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "backbar-recipe-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(file: string, content: string | Uint8Array): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), content);
}

test("a folder is read with its subfolders and without dot files", async () => {
  write("recipe.yaml", "a");
  write("examples/one/score.yaml", "b");
  write(".DS_Store", "c");
  write(".git/config", "d");
  const files = await readRecipeFolder(folder);
  expect([...files].map(([file, content]) => [file, Buffer.from(content).toString()])).toEqual([
    ["examples/one/score.yaml", "b"],
    ["recipe.yaml", "a"],
  ]);
});

test("attack 28: a link is refused", async () => {
  symlinkSync("/etc/passwd", path.join(folder, "README.md"));
  await expect(readRecipeFolder(folder)).rejects.toMatchObject({ code: "client_folder" });
});

test.each([
  {
    name: "a file too large",
    make: () => write("README.md", new Uint8Array(1024 * 1024 + 1)),
    code: "client_file_limit",
  },
  { name: "folders too deep", make: () => write(`${"a/".repeat(12)}b`, ""), code: "client_folder" },
])("$name is refused", async ({ make, code }) => {
  make();
  await expect(readRecipeFolder(folder)).rejects.toMatchObject({ code });
});

test("a folder that is not there is refused", async () => {
  await expect(readRecipeFolder(path.join(folder, "none"))).rejects.toMatchObject({
    code: "client_folder",
  });
});

test("a recipe's faults are found before anything is sent", async () => {
  const { url, seen } = await serve((_, response) => sendJson(response, 500, {}));
  write("recipe.yaml", "name: dapr/redis\nversion: 1.0.0\n");
  write("compose.provisioners.yaml", "- {uri: 'template://r', type: r, outputs: '{{ end }}'}\n");
  await expect(publishFolder(new BackbarClient({ url }), folder, key)).rejects.toMatchObject({
    code: "recipe_check",
  });
  expect(seen).toEqual([]);
});

test("a sound recipe is sent under the version that the caller gives", async () => {
  const { url, seen } = await serve((_, response) =>
    sendJson(response, 409, { code: "publish_conflict" }),
  );
  write("recipe.yaml", "name: dapr/redis\nversion: 1.0.0\n");
  write("compose.provisioners.yaml", "- {uri: 'template://r', type: r}\n");
  const options = { overrides: { version: "2.0.0" }, force: true };
  await expect(
    publishFolder(new BackbarClient({ url }), folder, key, options),
  ).rejects.toMatchObject({ code: "publish_conflict" });
  expect(seen[0]?.url).toBe("/v1/recipes/dapr/redis/versions/2.0.0");
  expect(JSON.parse(seen[0]?.body ?? "").force).toBe(true);
});
