import { describe, expect, test } from "vitest";
import type { Machine } from "../../src/cli/frame/machine.js";
import { thisMachine } from "../../src/cli/frame/machine.js";
import { type Outcome, Screen } from "../../src/cli/frame/screen.js";

/** What `show` writes to a standard output that is `columns` wide, or no terminal. */
function open({
  columns,
  env = {},
  json = false,
}: {
  columns?: number;
  env?: Readonly<Record<string, string | undefined>>;
  json?: boolean;
} = {}) {
  const written = { stdout: "", stderr: "" };
  const output = (name: keyof typeof written) => ({
    isTerminal: columns !== undefined,
    columns,
    write: (content: string | Uint8Array) => {
      written[name] +=
        typeof content === "string" ? content : Buffer.from(content).toString("utf8");
    },
  });
  const machine: Machine = {
    ...thisMachine(),
    env: (name) => env[name],
    stdout: output("stdout"),
    stderr: output("stderr"),
  };
  return { screen: new Screen(machine, { json }), written };
}

const shown = (outcome: Outcome, options: Parameters<typeof open>[0] = {}) => {
  const { screen, written } = open(options);
  screen.show(outcome);
  return written.stdout;
};

describe("text from elsewhere", () => {
  test.each([
    { name: "moves of the cursor", text: "a\u001b[2Jb", shown: "a\ufffd[2Jb" },
    { name: "titles of windows", text: "a\u001b]0;x\u0007b", shown: "a\ufffd]0;x\ufffdb" },
    { name: "C1 controls", text: "a\u009b2Jb", shown: "a\ufffd2Jb" },
    { name: "carriage returns", text: "safe\rnot", shown: "safe\ufffdnot" },
    { name: "text that is turned around", text: "a\u202eb\u2066c", shown: "a\ufffdb\ufffdc" },
    { name: "another control with a style's letters", text: "a\u0001[1mb", shown: "a\ufffdb" },
  ])("loses $name", ({ text, shown: expected }) => {
    expect(shown({ json: {}, text })).toBe(expected);
  });

  test("keeps lines, tabs and styles", () => {
    const text = "a\n\u001b[1mb\u001b[22m\tc\n";
    expect(shown({ json: {}, text })).toBe(text);
  });

  test("is escaped in JSON, which says the same", () => {
    const value = { text: "a\u009b\u202e\u001b\u007f" };
    const written = shown({ json: value, text: "" }, { json: true });
    expect(written).toMatch(/^[\x20-\x7e\n]+$/);
    expect(JSON.parse(written)).toEqual(value);
  });

  test("goes through byte for byte where a file was asked for", () => {
    expect(shown({ raw: Buffer.from("a\u001b[2Jb") })).toBe("a\u001b[2Jb");
  });
});

describe("a table", () => {
  const HEADER = ["name", "title"];

  test.each([
    {
      name: "plain where it is piped",
      options: {},
      expected: "NAME  TITLE\nあ    a long title\nb     c\n",
    },
    {
      name: "cut at the end of the line on a terminal",
      options: { columns: 26, env: { NO_COLOR: "1" } },
      rows: [["b", "a title that is too long for the line"]],
      expected: "NAME  TITLE\nb     a title that is too…\n",
    },
    {
      name: "never cut in a digest",
      options: { columns: 20, env: { NO_COLOR: "1" } },
      rows: [["b", "sha256:0123456789abcdef0123456789"]],
      expected: "NAME  TITLE\nb     sha256:0123456789abcdef0123456789\n",
    },
    {
      name: "one line for each row",
      options: {},
      rows: [["b", "two\nlines\tof it"]],
      expected: "NAME  TITLE\nb     two lines of it\n",
    },
  ])("is $name", async ({ options, rows, expected }) => {
    const { screen } = open(options);
    const all = rows ?? [
      ["あ", "a long title"],
      ["b", "c"],
    ];
    expect(await screen.table(HEADER, all)).toBe(expected);
  });

  test.each([
    { name: "on a terminal", options: { columns: 80 }, coloured: true },
    {
      name: "on a dumb terminal",
      options: { columns: 80, env: { TERM: "dumb" } },
      coloured: false,
    },
    { name: "with NO_COLOR", options: { columns: 80, env: { NO_COLOR: "1" } }, coloured: false },
    { name: "piped", options: {}, coloured: false },
    { name: "piped with FORCE_COLOR", options: { env: { FORCE_COLOR: "1" } }, coloured: true },
  ])("has styles or not: $name", async ({ options, coloured }) => {
    const { screen } = open(options);
    expect((await screen.table(HEADER, [])).includes("\u001b")).toBe(coloured);
  });
});
