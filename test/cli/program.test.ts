import { describe, expect, test } from "vitest";
import { openCommandLine } from "./command-line.js";

describe("the command line", () => {
  test.each([
    { name: "nothing", args: [], code: 0 },
    { name: "--help", args: ["--help"], code: 0 },
    { name: "-h", args: ["-h"], code: 0 },
    { name: "help", args: ["help"], code: 0 },
    { name: "--version", args: ["--version"], code: 0 },
    { name: "help of a command", args: ["help", "publish"], code: 0 },
    { name: "--help of a command", args: ["publish", "--help"], code: 0 },
    { name: "help of an unknown command", args: ["help", "brew"], code: 2 },
    { name: "an unknown command", args: ["brew"], code: 2 },
    { name: "an unknown flag", args: ["publish", "--colour", "."], code: 2 },
    { name: "a missing argument", args: ["publish"], code: 2 },
    { name: "one argument too many", args: ["publish", "--name", "a/b", "c", "d"], code: 2 },
    { name: "a group without a command", args: ["env"], code: 2 },
    { name: "a server that is no URL", args: ["env", "list", "--server", "nope"], code: 2 },
    { name: "a name that cannot be", args: ["env", "show", "A B"], code: 2 },
    { name: "a context that is not there", args: ["usage", "--context", "x"], code: 2 },
  ])("ends with $code on $name", async ({ args, code }) => {
    const { backbar } = await openCommandLine();
    const result = await backbar(...args);
    expect(result.code).toBe(code);
    if (code === 0) expect(result).toMatchObject({ stderr: "" });
    else expect(result.stderr).toMatch(/^backbar: error: .*\nhint: .*\n$/);
  });

  test("knows what was meant", async () => {
    const { backbar } = await openCommandLine();
    expect((await backbar("publsh")).stderr).toContain("Did you mean publish?");
  });

  test.each([
    { args: ["env"], hint: "it is one of list, show, edit, apply" },
    { args: ["env", "show"], hint: "backbar env show --help says what it takes" },
    { args: ["publish", "--colour"], hint: "backbar publish --help says what it takes" },
    { args: ["publish", ""], hint: "; . is this one" },
  ])("$args is told what helps", async ({ args, hint }) => {
    const { backbar } = await openCommandLine();
    expect((await backbar(...args)).stderr).toContain(hint);
  });

  test("tells an error as JSON too, where JSON was asked for", async () => {
    const { json } = await openCommandLine();
    expect(await json("usage", "--context", "x")).toMatchObject({
      error: { code: "cli_usage" },
    });
  });
});
