import { spawnSync } from "node:child_process";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { define } from "../helpers/environments.js";
import { startServer, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";
import { commandLineIn, openCommandLine } from "./command-line.js";

let server: TestServer;

beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startServer(kind);
  await define(server, "local", []);
});

afterAll(() => server.close());

const open = () => openCommandLine({ env: { BACKBAR_SERVER: server.url } });

describe("backbar complete", () => {
  test.each([
    { words: ["log"], found: ["log", "login", "logout"] },
    { words: ["context", ""], found: ["list", "use", "remove"] },
    { words: ["publish", "--to"], found: ["--token-file"] },
    { words: ["publish", "--target", ""], found: ["compose", "k8s"] },
    { words: ["publish", "--target", "=", "k"], found: ["k8s"] },
    { words: ["publish", "--force", "--targ"], found: ["--target"] },
    { words: ["completion", ""], found: ["bash", "zsh", "fish"] },
    { words: ["publish", "some/fold"], found: [] },
    { words: ["brew", ""], found: [] },
    { words: ["env", "show", "lo"], found: ["local"] },
    { words: ["render", "-e", ""], found: ["local"] },
    { words: ["promote", "local", "lo"], found: ["local"] },
  ])("$words gives $found", async ({ words, found }) => {
    const { backbar } = await open();
    const { code, stdout } = await backbar("complete", "--", ...words);
    expect(code).toBe(0);
    expect(stdout.split("\n").flatMap((line) => line.split("\t")[0] || [])).toEqual(found);
  });

  test("knows the contexts", async () => {
    const { folder, backbar } = await open();
    await backbar("login", server.url, "--name", "here");
    const { stdout } = await commandLineIn(folder).backbar("complete", "--", "context", "use", "h");
    expect(stdout).toBe(`here\t${server.url}\n`);
  });

  test("has nothing to say where no registry answers", async () => {
    const { backbar } = await openCommandLine({ env: { BACKBAR_SERVER: "http://127.0.0.1:1" } });
    const result = await backbar("complete", "--", "env", "show", "");
    expect(result).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

/** Each shell asked as it would be when somebody presses the tab key after `backbar log`. */
const SHELLS = [
  {
    shell: "bash",
    script: `source <(backbar completion bash)
COMP_WORDS=(backbar log); COMP_CWORD=1; _backbar; printf '%s\\n' "\${COMPREPLY[@]}"`,
  },
  {
    shell: "zsh",
    script: `compdef() { :; }; _describe() { print -l \${(P)2}; }; source <(backbar completion zsh)
words=(backbar log); CURRENT=2; _backbar`,
  },
  {
    shell: "fish",
    script: `backbar completion fish | source; complete -C "backbar log"`,
  },
];

describe("the completion script", () => {
  for (const { shell, script } of SHELLS) {
    // The gate installs them; a developer's machine need not have them all.
    const isThere = spawnSync(shell, ["--version"]).status === 0 || process.env.CI === "true";
    test.runIf(isThere)(`completes in ${shell}`, async () => {
      const { folder } = await openCommandLine();
      const bin = path.join(folder, "bin");
      await mkdir(bin);
      const main = path.resolve("dist/cli/main.js");
      await writeFile(path.join(bin, "backbar"), `#!/bin/sh\nexec node ${main} "$@"\n`);
      await chmod(path.join(bin, "backbar"), 0o755);
      await symlink(process.execPath, path.join(bin, "node"));
      const { stdout, stderr } = spawnSync(shell, ["-c", script], {
        cwd: folder,
        env: { PATH: `${bin}:${process.env.PATH}`, HOME: folder },
        encoding: "utf8",
      });
      expect(stderr).toBe("");
      expect(stdout.split("\n").map((line) => line.split(/[\t:]/)[0])).toEqual([
        "log",
        "login",
        "logout",
        "",
      ]);
    });
  }
});
