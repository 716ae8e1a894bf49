import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseGrants } from "../../src/core/trust/grants.js";
import { formatPublicKey } from "../../src/core/trust/keys.js";
import { describeVersion, readRecipe, readVersions, search } from "../../src/flows/browse.js";
import type { Caller } from "../../src/flows/caller.js";
import { diffVersions } from "../../src/flows/compare.js";
import { readVersionFile } from "../../src/flows/distribute.js";
import { cache, publishAll, queue, release, scoreFile, startWith } from "../helpers/recipes.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const RECIPE = "secret/cache";

describe.each(STORES)("private namespaces on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, []);
    await server.admin("/v1/namespaces/secret", {
      method: "PUT",
      body: {
        publisherKeys: [formatPublicKey(server.publisher.publicKey)],
        owners: ["olga"],
        visibility: "private",
      },
    });
    await publishAll(server, [
      { ...cache("1.0.0"), name: RECIPE },
      { ...cache("1.1.0"), name: RECIPE },
      { ...queue(), name: "acme/visible" },
    ]);
    await release(server, "mixed", [{ recipe: RECIPE, range: "1.0.0" }]);
  });
  afterAll(() => server?.close());

  test.each([
    ["GET", ""],
    ["GET", "/versions"],
    ["GET", "/versions/1.0.0"],
    ["GET", "/versions/1.0.0/files/README.md"],
    ["GET", "/versions/1.0.0/examples/plain"],
    ["GET", "/versions/1.1.0/diff"],
    ["GET", "/versions/1.1.0/diff?from=1.0.0"],
    ["DELETE", "/versions/1.0.0"],
  ])("attack 30: %s %s is as if nothing was there", async (method, path) => {
    const hidden = await server.call(`/v1/recipes/${RECIPE}${path}`, { method });
    const missing = await server.call(`/v1/recipes/secret/nosuch${path}`, { method });
    const shape = (reply: typeof hidden) => {
      const { instance: _request, ...body } = reply.json<{ instance: string }>();
      return { status: reply.status, body: JSON.stringify(body).replaceAll("nosuch", "cache") };
    };
    expect(shape(hidden)).toEqual(shape(missing));
    expect(hidden.status).toBe(404);
    expect((await server.admin(`/v1/recipes/${RECIPE}${path}`, { method })).status).not.toBe(404);
  });

  test.each(["", "type=cache", "q=secret", "provider=secret", "q=near"])(
    "attack 30: search does not find them by ?%s",
    async (query) => {
      const names = async (reply: Promise<{ json<T>(): T }>) =>
        (await reply).json<{ recipes: { recipe: string }[] }>().recipes.map((one) => one.recipe);
      expect(await names(server.call(`/v1/recipes?${query}`))).not.toContain(RECIPE);
      expect(await names(server.admin(`/v1/recipes?${query}`))).toContain(RECIPE);
    },
  );

  test("attack 30: they are shown to their owners, and to no other name", async () => {
    const { registry } = server;
    const looks = (caller: Caller) => [
      () => readRecipe(registry, caller, RECIPE),
      () => readVersions(registry, caller, RECIPE, { limit: 9 }),
      () => describeVersion(registry, caller, RECIPE, "1.0.0"),
      () => diffVersions(registry, caller, { recipe: RECIPE, version: "1.1.0" }),
      () =>
        readVersionFile(registry, caller, { recipe: RECIPE, version: "1.0.0", path: "README.md" }),
    ];
    const find = async (caller: Caller) =>
      (await search(registry, caller, { limit: 9 })).map(({ recipe }) => recipe);
    const granted = (...grants: string[]) => ({ actor: "mallory", grants: parseGrants(grants) });
    const own = RECIPE.split("/")[0];
    const insiders = [
      { actor: "olga", grants: [] },
      ...[`reader:${own}`, "reader:*", `publisher:x,${own?.slice(0, 2)}*`, "publisher"].map((one) =>
        granted(one),
      ),
      granted("auditor"),
    ];
    const outsiders = [
      granted(),
      granted("reader", "renderer", "releaser", "approver"),
      granted("reader:other", `publisher:${own}-2`, "publisher:acme"),
    ];
    for (const caller of insiders) {
      for (const look of looks(caller)) await look();
      expect(await find(caller)).toEqual(["acme/visible", RECIPE]);
    }
    for (const caller of outsiders) {
      for (const look of looks(caller)) {
        await expect(look()).rejects.toMatchObject({
          code: expect.stringMatching(/^(recipe|version)_unknown$/),
        });
      }
      expect(await find(caller)).toEqual(["acme/visible"]);
    }
  });

  test("are served by environments to everybody: the environment decides", async () => {
    const get = (path: string) => server.call(`/v1/environments/mixed/${path}`);
    expect((await get("compose/provisioners.yaml")).text).toContain("template://acme/cache");
    expect((await get("resolve?type=cache")).text).toContain(RECIPE);
    const rendered = await server.call("/v1/environments/mixed/render?target=compose", {
      method: "POST",
      headers: { "content-type": "application/yaml" },
      body: scoreFile("app", { store: { type: "cache" } }),
    });
    expect(rendered.status).toBe(200);
    expect((await server.call(`/v1/usage?recipe=${RECIPE}`)).text).toContain(RECIPE);
  });

  test("that become public show what they hold at once", async () => {
    const body = { visibility: "public" };
    await server.admin("/v1/namespaces/secret", { method: "PUT", body });
    expect((await server.call(`/v1/recipes/${RECIPE}`)).status).toBe(200);
    await server.admin("/v1/namespaces/secret", { method: "PUT", body: { visibility: "private" } });
    expect((await server.call(`/v1/recipes/${RECIPE}`)).status).toBe(404);
  });
});
