import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { queue, startWith } from "../../helpers/recipes.js";
import type { TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { type CommandLine, openCommandLine } from "../command-line.js";

let server: TestServer;
beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startWith(kind, [queue("1.0.0"), queue("1.1.0")]);
});
afterAll(() => server?.close());

const open = (): Promise<CommandLine> =>
  openCommandLine({ env: { BACKBAR_SERVER: server.url, BACKBAR_TOKEN: server.token } });

describe.each([
  { act: "yank", said: "yanked" },
  { act: "deprecate", said: "deprecated" },
])("backbar $act", ({ act, said }) => {
  test("says why and what instead, and takes it back", async () => {
    const line = await open();
    const reason = ["--reason", "slow"];
    const successor = ["--successor", "acme/queue@1.1.0"];
    const given = await line.backbar(act, "acme/queue@1.0.0", ...reason, ...successor);
    expect(given).toEqual({ code: 0, stdout: `acme/queue 1.0.0 is ${said}\n`, stderr: "" });
    const told = await line.json(act, "acme/queue@1.0.0", ...reason);
    expect(told).toMatchObject({ version: "1.0.0", [said]: { reason: "slow" } });
    const undone = await line.backbar(act, "acme/queue@1.0.0", "--undo");
    expect(undone.stdout).toBe(`acme/queue 1.0.0 is no longer ${said}\n`);
    const none = await line.json(act, "acme/queue@1.0.0", "--undo");
    expect(none).toMatchObject({ error: { code: "notice_none" } });
  });

  test.each([
    { name: "no reason", args: ["acme/queue@1.0.0"], code: 2 },
    { name: "no version", args: ["acme/queue", "--reason", "x"], code: 2 },
    {
      name: "a successor of nothing",
      args: ["acme/queue@1.0.0", "--undo", "--successor", "a/b"],
      code: 2,
    },
    { name: "an unknown version", args: ["acme/queue@9.0.0", "--reason", "x"], code: 1 },
    { name: "a name that is none", args: ["../queue@1.0.0", "--reason", "x"], code: 2 },
    { name: "a range", args: ["acme/queue@^1", "--reason", "x"], code: 2 },
    { name: "an empty reason", args: ["acme/queue@1.0.0", "--reason", ""], code: 2 },
  ])("exits $code on $name", async ({ args, code }) => {
    const result = await (await open()).backbar(act, ...args);
    expect(result).toMatchObject({ code, stdout: "" });
    expect(result.stderr).toMatch(/^backbar: error: /);
  });
});
