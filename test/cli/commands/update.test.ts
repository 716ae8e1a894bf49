import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishPackage } from "../../../src/client/publish-folder.js";
import { cache, labels, publishAll, queue, recipe, startWith } from "../../helpers/recipes.js";
import type { TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { newProject, picked } from "../install/installed.js";

let server: TestServer;

/** Another `uri` for what acme/queue serves. */
const movedQueue = () => {
  const next = queue("2.0.0");
  const file = next.files["compose.provisioners.yaml"]?.replaceAll("acme/queue", "acme/moved");
  return recipe({ ...next, files: { "compose.provisioners.yaml": file ?? "" } });
};

beforeAll(async () => {
  const [kind] = STORES;
  if (kind === undefined) throw new Error("no store");
  const versions = ["1.0.0", "1.1.0", "2.0.0-rc.1"].map(cache);
  server = await startWith(kind, [...versions, queue("1.0.0"), labels("1.0.0")]);
});

afterAll(() => server.close());

const openProject = () => newProject({ BACKBAR_SERVER: server.url });

describe("backbar outdated and update", () => {
  test("know what is current, wanted and latest, and what was said", async () => {
    const project = await openProject();
    await project.backbar("install", "acme/cache@~1.0", "acme/queue");
    expect(await project.json("outdated")).toEqual({
      outdated: [
        {
          recipe: "acme/cache",
          range: "~1.0",
          current: "1.0.0",
          wanted: "1.0.0",
          latest: "1.1.0",
        },
      ],
    });
    const { code, stdout } = await project.backbar("outdated", "--exit-code");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^RECIPE +CURRENT +WANTED +LATEST +NOTICE\nacme\/cache +1\.0\.0/);
    expect(await project.backbar("outdated", "acme/queue", "--exit-code")).toMatchObject({
      code: 0,
      stdout: "everything is up to date\n",
    });
  });

  test.each([
    { name: "within its range", args: [], want: "acme/cache@~1.0 1.0.0" },
    { name: "to another range", args: ["acme/cache", "--to", "^1"], want: "acme/cache@^1 1.1.0" },
    { name: "to the latest", args: ["--latest"], want: "acme/cache@^1.1.0 1.1.0" },
  ])("moves a recipe $name", async ({ args, want }) => {
    const project = await openProject();
    await project.backbar("install", "acme/cache@~1.0");
    expect(await project.backbar("update", ...args)).toMatchObject({ code: 0 });
    expect(picked(await project.lock())).toEqual([want]);
  });

  test.each([
    { name: "--to without a recipe", args: ["--to", "^1"], code: "cli_usage" },
    {
      name: "--to with --latest",
      args: ["acme/cache", "--to", "1", "--latest"],
      code: "cli_usage",
    },
    {
      name: "a range without a version",
      args: ["acme/cache", "--to", "^7"],
      code: "recipe_unresolved",
    },
    { name: "a recipe that is not installed", args: ["acme/queue"], code: "cli_lock_recipe" },
  ])("refuses $name: $code", async ({ args, code }) => {
    const project = await openProject();
    await project.backbar("install", "acme/cache@~1.0");
    expect(await project.json("update", ...args)).toMatchObject({ error: { code } });
    expect(picked(await project.lock())).toEqual(["acme/cache@~1.0 1.0.0"]);
  });

  test("warns where a changed uri would lose state", async () => {
    const project = await openProject();
    await project.backbar("install", "acme/queue@^1");
    await publishPackage(server.client, movedQueue(), server.publisher, { force: true });
    const { code, stdout, stderr } = await project.backbar("update", "--latest");
    expect(code).toBe(0);
    expect(stdout).toContain("acme/queue 1.0.0 -> 2.0.0 (^2.0.0)");
    expect(stderr).toContain("template://acme/moved-fast");
    expect(stderr).toContain("would lose their state");
  });

  test("tells that an installed version was yanked, and moves off it", async () => {
    const project = await openProject();
    await publishAll(server, [labels("1.2.0")]);
    await project.backbar("install", "acme/labels");
    const yank = { method: "POST", body: { reason: "wrong team", successor: "acme/cache" } };
    await server.admin("/v1/recipes/acme/labels/versions/1.2.0/yank", yank);
    expect((await project.backbar("outdated")).stdout).toContain(
      "yanked: wrong team; use acme/cache",
    );
    const clone = await openProject();
    await clone.put("backbar.lock", await project.read("backbar.lock"));
    const { code, stderr } = await clone.backbar("install", "--frozen");
    expect(code).toBe(0);
    expect(stderr).toContain("acme/labels 1.2.0 is yanked: wrong team");
    expect(await project.json("update")).toMatchObject({ error: { code: "recipe_unresolved" } });
    await publishAll(server, [labels("1.3.0")]);
    const moved = await project.backbar("update");
    expect(moved.stdout).toContain("acme/labels 1.2.0 -> 1.3.0 (^1.2.0)");
    expect(moved.stderr).not.toContain("yanked");
  });
});
