import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cache, queue, startWith } from "../../helpers/recipes.js";
import type { TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { type CommandLine, openCommandLine } from "../command-line.js";

let server: TestServer;
let line: CommandLine;

beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  server = await startWith(kind, [cache("1.0.0"), cache("1.1.0"), queue("1.0.0")]);
});

afterAll(() => server.close());

beforeEach(async () => {
  line = await openCommandLine({ env: { BACKBAR_SERVER: server.url } });
});

/** Puts a version of the cache into a folder, with changes of its texts. */
async function putCache(folder: string, version: string, from = "", to = ""): Promise<void> {
  const { name, metadata, files } = cache(version);
  const replaced = (text: string) => (from === "" ? text : text.replaceAll(from, to));
  await line.put(
    `${folder}/recipe.yaml`,
    `name: ${name}\nversion: ${version}\n${replaced(metadata ?? "")}`,
  );
  for (const [file, text] of Object.entries(files)) {
    await line.put(`${folder}/${file}`, replaced(text));
  }
}

describe("backbar diff", () => {
  test.each([
    { name: "a version with the one before", args: ["acme/cache@1.1.0"] },
    { name: "two versions", args: ["acme/cache@1.0.0", "acme/cache@1.1.0"] },
  ])("compares $name by the registry's own answer", async ({ args }) => {
    const reply = await server.call("/v1/recipes/acme/cache/versions/1.1.0/diff");
    expect(await line.json("diff", ...args)).toEqual(reply.json());
    const { code, stdout } = await line.backbar("diff", ...args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^acme\/cache 1\.0\.0 -> acme\/cache 1\.1\.0\n/);
    expect(stdout).toMatch(
      / compose\.provisioners\.yaml \| \+1 -1\n 1 file changed, \+1 -1 lines\n/,
    );
    expect(stdout).toContain("\n+      image: example.com/cache:1.1.0\n");
  });

  test("compares folders without a registry", async () => {
    await putCache("old", "1.0.0");
    await putCache("new", "1.1.0", "A cache", "The cache");
    await line.put("new/NOTICE", "new\n");
    const offline = await line.backbar(
      "diff",
      "old",
      "new",
      "--stat",
      "--server",
      "http://localhost:1",
    );
    expect(offline).toMatchObject({ code: 0, stderr: "" });
    expect(offline.stdout).toContain("~ title changed\n");
    expect(offline.stdout).toMatch(/ NOTICE +\| new, 4 bytes\n/);
    expect(offline.stdout).not.toContain("@@");
  });

  test.each([
    { name: "the folder's own version", version: "1.1.0", from: "1.1.0", files: 0 },
    { name: "the version before", version: "1.2.0", from: "1.1.0", files: 1 },
  ])("compares a folder with $name", async ({ version, from, files }) => {
    await putCache("cache", version);
    const answer = await line.json("diff", "cache");
    expect(answer).toMatchObject({
      from: { recipe: "acme/cache", version: from },
      to: { recipe: "acme/cache", version },
      files: { length: files },
    });
  });

  test("compares a version with a folder, and versions of two recipes", async () => {
    await putCache("cache", "1.1.0");
    const same = await line.backbar("diff", "acme/cache@1.1.0", "cache", "--exit-code");
    expect(same).toMatchObject({ code: 0 });
    expect(same.stdout).toContain("no difference\n");
    const other = await line.backbar("diff", "acme/cache@1.1.0", "acme/queue@1.0.0", "--exit-code");
    expect(other.code).toBe(1);
    expect(other.stdout).toContain("- no longer provides cache.*#* for k8s\n");
  });

  test("says that recipe.yaml alone differs", async () => {
    await putCache("old", "1.0.0");
    await putCache("new", "1.0.0", ", additionalProperties: false", "");
    const { code, stdout } = await line.backbar("diff", "old", "new", "--exit-code");
    expect({ code, told: stdout.includes("but in recipe.yaml") }).toEqual({ code: 1, told: true });
  });

  test.each([
    { name: "what is neither", args: ["acme/cache"], code: 2, error: "cli_usage" },
    { name: "a range", args: ["acme/cache@^1"], code: 2, error: "cli_usage" },
    {
      name: "a version that is not there",
      args: ["acme/cache@9.0.0"],
      code: 1,
      error: "version_unknown",
    },
    {
      name: "the first version alone",
      args: ["acme/cache@1.0.0"],
      code: 1,
      error: "version_first",
    },
    {
      name: "another that is not there",
      args: ["f", "acme/cache@9.0.0"],
      code: 1,
      error: "cli_version",
    },
    { name: "a folder before all versions", args: ["first"], code: 1, error: "cli_version" },
    { name: "a folder with faults", args: ["bad", "f"], code: 1, error: "provisioners_type" },
  ])("refuses $name", async ({ args, code, error }) => {
    await putCache("f", "1.0.0");
    await putCache("first", "0.1.0");
    await putCache("bad", "1.0.0", "  type: cache\n", "");
    const result = await line.backbar("diff", ...args, "--json");
    const { error: told } = JSON.parse(result.stdout);
    const codes = [told.code, ...(told.problems ?? []).map((one: { code: string }) => one.code)];
    expect({ code: result.code, told: codes.includes(error) }).toEqual({ code, told: true });
  });
});
