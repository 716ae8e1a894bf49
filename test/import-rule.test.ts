import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";

/** Lints `source` as if it stood at `file`; returns what the linter says. */
function lint(file: string, source: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    "node_modules/.bin/biome",
    ["lint", `--stdin-file-path=${file}`, "--error-on-warnings"],
    { input: source, encoding: "utf8" },
  );
  return { status, output: stdout + stderr };
}

describe("the import rule", () => {
  test.each([
    { file: "src/core/score/x.ts", from: "node:fs", why: "core does no I/O" },
    { file: "src/core/score/x.ts", from: "../../store/db.js", why: "core imports only core" },
    { file: "src/core/gotemplate/x.ts", from: "../codec/yaml.js", why: "rooms of core keep their order" },
    { file: "src/core/recipe/x.ts", from: "../render/project.js", why: "rooms of core keep their order" },
    { file: "src/flows/x.ts", from: "../http/app.js", why: "flows know no transport" },
    { file: "src/flows/x.ts", from: "drizzle-orm", why: "flows know no SQL" },
    { file: "src/store/x.ts", from: "../flows/publish.js", why: "the store decides nothing" },
    { file: "src/http/x.ts", from: "../store/blobs.js", why: "http calls flows" },
    { file: "src/cli/x.ts", from: "../store/db.js", why: "the CLI never opens the database" },
    { file: "src/client/x.ts", from: "../flows/publish.js", why: "the client speaks HTTP" },
  ])("$why: $file may not import $from", ({ file, from }) => {
    const planted = `import { thing } from "${from}";\nexport const used = thing;\n`;
    const { status, output } = lint(file, planted);
    expect(output).toContain("noRestrictedImports");
    expect(status).not.toBe(0);
  });

  test("only config.ts reads process.env", () => {
    const planted = "export const port = process.env.PORT;\n";
    expect(lint("src/flows/x.ts", planted).output).toContain("noProcessEnv");
    expect(lint("src/config.ts", planted).output).not.toContain("noProcessEnv");
  });
});
