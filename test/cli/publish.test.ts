import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatPrivateKey } from "../../src/core/trust/keys.js";
import { makeNamespace } from "../helpers/recipes.js";
import { startServer, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const BINARY = path.resolve("dist/cli/main.js");
const PROVISIONERS = `- uri: template://acme/greeting
  type: greeting
  outputs: |
    text: hello
`;

let server: TestServer;
let folder: string;

beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startServer(kind);
  await makeNamespace(server, "acme");
  folder = await mkdtemp(path.join(tmpdir(), "backbar-cli-"));
  const files = {
    token: server.token,
    "key.pem": formatPrivateKey(server.publisher),
    "recipe.yaml": "name: acme/greeting\nversion: 1.0.0\n",
    "compose.provisioners.yaml": PROVISIONERS,
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(folder, name), content);
  }
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the real binary in the folder. */
async function backbar(...args: string[]) {
  const child = spawn(process.execPath, [BINARY, ...args], { cwd: folder });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { code, stdout, stderr };
}

const access = () => ["--server", server.url, "--token-file", "token", "--key", "key.pem"];

describe("backbar publish", () => {
  test("publishes a provisioners file as it is, and says so again without a change", async () => {
    const bare = ["--name", "acme/greeting", "--version", "1.0.0", "--target", "compose"];
    const args = ["publish", ...access(), ...bare, "compose.provisioners.yaml"];
    const first = await backbar(...args);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(/^published acme\/greeting 1\.0\.0\nsha256:[0-9a-f]{64}\n$/);
    const again = await backbar(...args);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain("was published before");
  });

  test("refuses other content under a published version", async () => {
    await writeFile(path.join(folder, "other.yaml"), PROVISIONERS.replace("hello", "goodbye"));
    const bare = ["--name", "acme/greeting", "--version", "1.0.0", "--target", "compose"];
    const { code, stdout, stderr } = await backbar("publish", ...access(), ...bare, "other.yaml");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^backbar: error: .*\nhint: .*\n$/);
  });

  test.each([
    { name: "a file without a target", args: ["publish", "--name", "acme/x", "f.yaml"], code: 2 },
    { name: "a key that is not there", args: ["publish", "--key", "nowhere.pem", "."], code: 2 },
    { name: "--version", args: ["--version"], code: 0 },
  ])("exits $code on $name", async ({ args, code }) => {
    const result = await backbar(...args);
    expect(result.code).toBe(code);
    if (code === 2) expect(result.stderr).toMatch(/^backbar: error: .*\nhint: .*\n$/);
  });

  test("lists every fault of a recipe before anything is sent", async () => {
    const broken = await mkdtemp(path.join(folder, "broken-"));
    await writeFile(
      path.join(broken, "recipe.yaml"),
      "name: acme/broken\nversion: 1.0\ntitel: x\n",
    );
    await writeFile(path.join(broken, "setup.sh"), "");
    await mkdir(path.join(broken, "examples/one"), { recursive: true });
    await writeFile(path.join(broken, "examples/one/score.yaml"), "a: [\n");
    await writeFile(
      path.join(broken, "compose.provisioners.yaml"),
      "- uri: template://acme/a\n  type: a\n  outputs: '{{ nope }}'\n- uri: template://acme/b\n  type: b\n  outputs: '{{ if }}'\n",
    );
    const { code, stderr } = await backbar("publish", ...access(), broken);
    expect(code).toBe(1);
    for (const place of [
      "recipe.yaml:2:1: ",
      "recipe.yaml:3:1: ",
      "setup.sh is no file",
      "compose.provisioners.yaml:3:16: ",
      "compose.provisioners.yaml:6:",
      "examples/one/score.yaml:2:",
    ]) {
      expect(stderr).toContain(path.join(broken, place));
    }
  });
});
