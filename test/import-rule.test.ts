import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const biome = path.resolve("node_modules/.bin/biome");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "backbar-import-rule-"));
  // The copy is no git checkout; everything else in it is the project's own configuration.
  const config = JSON.parse(readFileSync("biome.json", "utf8")) as object;
  writeFileSync(
    path.join(folder, "biome.json"),
    JSON.stringify({ ...config, vcs: { enabled: false } }),
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lints `source` as the file `name` under the project's configuration; returns what the linter says. */
function lint(name: string, source: string): { status: number | null; output: string } {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, source);
  const { status, stdout, stderr } = spawnSync(biome, ["lint", name], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

describe("the import rule", () => {
  test.each([
    { file: "src/core/score/x.ts", from: "node:fs", why: "core does no I/O" },
    { file: "src/core/score/x.ts", from: "../../store/db.js", why: "core imports only core" },
    { file: "src/core/gotemplate/x.ts", from: "../codec/yaml.js", why: "core's rooms keep order" },
    { file: "src/core/recipe/x.ts", from: "../render/project.js", why: "core's rooms keep order" },
    { file: "src/core/tlog/x.ts", from: "../audit/error.js", why: "core's rooms keep order" },
    { file: "src/core/audit/x.ts", from: "node:fs", why: "core does no I/O" },
    { file: "src/flows/x.ts", from: "../http/app.js", why: "flows know no transport" },
    { file: "src/flows/x.ts", from: "drizzle-orm", why: "flows know no SQL" },
    { file: "src/store/x.ts", from: "../flows/publish.js", why: "the store decides nothing" },
    { file: "src/http/x.ts", from: "../store/blobs.js", why: "http calls flows" },
    { file: "src/cli/x.ts", from: "../store/db.js", why: "the CLI never opens the database" },
    { file: "src/client/x.ts", from: "../flows/publish.js", why: "the client speaks HTTP" },
  ])("$why: $file may not import $from", ({ file, from }) => {
    const { status, output } = lint(file, `export { thing } from "${from}";\n`);
    expect(output).toContain("noRestrictedImports");
    expect(status).not.toBe(0);
  });

  test("only config.ts reads process.env", () => {
    const planted = "export const port = process.env.PORT;\n";
    expect(lint("src/flows/x.ts", planted).output).toContain("noProcessEnv");
    expect(lint("src/config.ts", planted).output).not.toContain("noProcessEnv");
  });
});
