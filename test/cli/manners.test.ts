import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.js";
import { Cli } from "../../src/cli/frame/command.js";
import { thisMachine } from "../../src/cli/frame/machine.js";
import { buildProgram } from "../../src/cli/program.js";
import { openCommandLine } from "./command-line.js";

const NAMES = Object.values(COMMANDS)
  .flat()
  .map(({ name }) => name);
/** Print a script or a file, which is the same for people and programs. */
const WITHOUT_JSON = new Set(["completion"]);
const WIDTH = 100;

/** The commands that do something, below and with `command`. */
function leaves(command: CommandUnknownOpts): CommandUnknownOpts[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

describe.each(NAMES)("backbar %s", (name) => {
  test("has the manners of all commands", async () => {
    const program = await buildProgram(name, new Cli(thisMachine(), { json: false }));
    const command = program.commands.find((one) => one.name() === name);
    if (command === undefined) throw new Error(`no command ${name}`);
    expect(command.summary()).toMatch(/^[a-zA-Z].*[^.]$/);
    for (const leaf of leaves(command)) {
      expect(leaf.description(), `${leaf.name()}: description`).toMatch(/^[A-Z].*\.$/s);
      for (const option of leaf.options) {
        expect(option.description, `${leaf.name()} ${option.flags}`).not.toBe("");
      }
      const flags = leaf.options.map(({ long }) => long);
      expect(flags.includes("--json"), `${leaf.name()} --json`).toBe(!WITHOUT_JSON.has(name));
    }
  });

  test("has help with an example, for a terminal of common width", async () => {
    const { backbar } = await openCommandLine();
    const { code, stdout, stderr } = await backbar(name, "--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: backbar /);
    if (name !== "help") expect(stdout).toContain(`\nExamples:\n  `);
    const long = stdout.split("\n").filter((line) => line.length > WIDTH);
    expect(long).toEqual([]);
  });
});
