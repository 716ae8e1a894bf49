/** Rows 3 and 4: a published version is neither deleted nor taken out of what is served. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cache, labels, queue, release, scoreFile, startWith } from "../helpers/recipes.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

describe.each(STORES)("on $name", (kind) => {
  const entries = [
    { recipe: "acme/cache", range: "1.0.0" },
    { recipe: "acme/queue", range: "1.0.0" },
    { recipe: "acme/labels", range: "1.0.0" },
  ];
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [cache("1.0.0"), cache("1.1.0"), queue(), labels()]);
    await release(server, "standing", entries);
  });
  afterAll(() => server?.close());

  const say = (act: "yank" | "deprecate", version: string, body: object) =>
    server.admin(`/v1/recipes/${version}/${act}`, { method: "POST", body });

  const served = async () => {
    const paths = [
      "compose/provisioners.yaml",
      "k8s/provisioners.yaml",
      "compose/patches/acme-labels-labels.tpl",
      "compose/provisioners.yaml?release=1",
    ];
    const replies = await Promise.all(
      paths.map((path) => server.call(`/v1/environments/standing/${path}`)),
    );
    return replies.map(({ status, text, headers }) => ({ status, text, etag: headers.etag }));
  };
  const render = async (resources: object) => {
    const score = scoreFile("app", resources as Record<string, unknown>);
    const reply = await server.call("/v1/environments/standing/render?target=compose", {
      method: "POST",
      headers: { "content-type": "application/yaml" },
      body: score,
    });
    const { warnings } = reply.json<{ warnings: { code: string; message: string }[] }>();
    return { header: reply.headers["backbar-warnings"], warnings };
  };

  test("attack 4: a yanked version is served by the releases that have it, with a warning and the reason; a new cut refuses it", async () => {
    const before = await served();
    expect(before.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await render({ store: { type: "cache" } })).toEqual({
      header: undefined,
      warnings: [],
    });
    await say("yank", "acme/cache/versions/1.0.0", {
      reason: "loses data",
      successor: "acme/cache@1.1.0",
    });
    await say("deprecate", "acme/labels/versions/1.0.0", { reason: "not needed" });
    expect(await served()).toEqual(before);
    await expect(server.client.cutRelease("standing")).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining("loses data"),
    });
    expect(await served()).toEqual(before);

    const { header, warnings } = await render({ store: { type: "cache" } });
    expect(header).toBe("version_yanked, version_deprecated");
    expect(warnings).toEqual([
      {
        code: "version_yanked",
        message: "acme/cache 1.0.0 is yanked: loses data; use acme/cache@1.1.0 instead",
      },
      { code: "version_deprecated", message: "acme/labels 1.0.0 is deprecated: not needed" },
    ]);
    // Only what the render uses: the patch template applies always, the cache is not asked for.
    expect((await render({ jobs: { type: "queue" } })).header).toBe("version_deprecated");
  });

  test("attack 3: a version is never deleted, pinned or not: 405, with the environments that serve it", async () => {
    const path = "/v1/recipes/acme/cache/versions";
    for (const reply of [
      await server.admin(`${path}/1.0.0`, { method: "DELETE" }),
      await server.call(`${path}/1.0.0`, { method: "DELETE" }),
    ]) {
      expect(reply.json()).toMatchObject({
        status: 405,
        code: "version_delete",
        problems: [{ place: { path: "standing" } }],
      });
      expect(reply.headers.allow).toBe("GET, HEAD, PUT");
    }
    const unused = await server.admin(`${path}/1.1.0`, { method: "DELETE" });
    expect(unused.json()).toMatchObject({ status: 405, code: "version_delete" });
    expect(unused.json()).not.toHaveProperty("problems");
    const missing = await server.admin(`${path}/9.9.9`, { method: "DELETE" });
    expect(missing.json()).toMatchObject({ status: 404, code: "version_unknown" });
    expect((await server.call(`${path}/1.0.0`)).status).toBe(200);
  });
});
