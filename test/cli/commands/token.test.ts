import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startServer, type TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { openCommandLine } from "../command-line.js";

let server: TestServer;
beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startServer(kind);
});
afterAll(() => server?.close());

const open = (token: string) =>
  openCommandLine({
    env: { BACKBAR_SERVER: server.url, BACKBAR_TOKEN: token },
    now: server.clock.now,
  });

describe("backbar token", () => {
  test("makes a token and prints it alone, and whoami says what it may", async () => {
    const line = await open(server.token);
    const made = await line.backbar(
      ...["token", "create", "ci-shop", "--grant", "renderer:shop", "--grant", "reader:internal"],
      ...["--expires", "30d"],
    );
    expect(made.stdout).toMatch(/^bbt_[A-Za-z0-9_-]{43}\n$/);
    expect(made.stderr).toContain("renderer:shop reader:internal");
    expect(made.stderr).not.toContain(made.stdout.trim());
    const own = await open(made.stdout.trim());
    expect(await own.json("whoami")).toEqual({
      actor: "ci-shop",
      grants: ["renderer:shop", "reader:internal"],
      expiresAt: "2031-06-05T07:08:09.000Z",
    });
    const { stdout } = await own.backbar("whoami");
    expect(stdout).toBe(
      "you are:  ci-shop\nyou may:  renderer:shop reader:internal\nuntil:    2031-06-05T07:08:09.000Z\n",
    );
  });

  test("lists them and revokes one by its name", async () => {
    const line = await open(server.token);
    const { token } = (await line.json("token", "create", "leaver", "--grant", "auditor")) as {
      token: string;
    };
    expect((await line.backbar("token", "revoke", "leaver")).stdout).toMatch(
      /^revoked the token [0-9a-f]{16} of leaver\n$/,
    );
    const { stdout } = await line.backbar("token", "list");
    expect(stdout).toMatch(/^ID +NAME +GRANTS +UNTIL +LAST USED +MADE BY$/m);
    expect(stdout).toMatch(/ leaver +auditor +revoked 2031-05-06 +- +admin$/m);
    expect(stdout).not.toContain(token);
    const refused = await (await open(token)).backbar("whoami");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(await line.json("token", "revoke", "leaver")).toMatchObject({
      error: { code: "cli_usage" },
    });
  });

  test.each([
    { name: "no grant", args: ["create", "x"], code: 2 },
    {
      name: "no duration",
      args: ["create", "x", "--grant", "reader", "--expires", "soon"],
      code: 2,
    },
    { name: "no role", args: ["create", "x", "--grant", "owner"], code: 1 },
    { name: "a name that is taken", args: ["create", "admin", "--grant", "reader"], code: 1 },
    {
      name: "too long a life",
      args: ["create", "x", "--grant", "reader", "--expires", "53w"],
      code: 2,
    },
  ])("exits $code on $name", async ({ args, code }) => {
    const result = await (await open(server.token)).backbar("token", ...args);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(/^backbar: error: /);
  });
});
