import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sha256Digest } from "../../src/core/codec/digest.js";
import { cache, labels, publishAll, queue, recipe, startWith } from "../helpers/recipes.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

interface Page {
  readonly recipes: readonly { readonly recipe: string; readonly version: string }[];
  readonly next?: string;
}

describe.each(STORES)("recipes on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, []);
    // Not in order: the highest version is not the one published last.
    await publishAll(server, [
      cache("2.0.0"),
      cache("10.0.0"),
      cache("10.1.0-rc.10"),
      cache("10.1.0-rc.2"),
      cache("1.0.1"),
      queue(),
      labels(),
      {
        ...queue(),
        name: "acme/percent",
        metadata: "title: 100% of_it\nmaintainers: [{name: Ada Example}]\n",
      },
    ]);
  });
  afterAll(() => server?.close());

  const search = async (query: string) =>
    (await server.call(`/v1/recipes?${query}`)).json<Page>().recipes.map((found) => found.recipe);

  test.each([
    ["", ["acme/cache", "acme/labels", "acme/percent", "acme/queue"]],
    ["type=cache", ["acme/cache"]],
    ["type=nosuch", []],
    ["target=k8s", ["acme/cache"]],
    ["type=queue&target=k8s", []],
    ["type=queue&class=fast", ["acme/percent", "acme/queue"]],
    ["type=queue&class=any-other", ["acme/percent", "acme/queue"]],
    ["class=fast&target=k8s", ["acme/cache"]],
    ["q=CACHE", ["acme/cache"]],
    ["q=things%20near", ["acme/cache"]],
    ["q=queues", ["acme/queue"]],
    ["q=%25", ["acme/percent"]],
    ["q=f_i", ["acme/percent"]],
    ["q=%5C", []],
    ["q=acme&type=cache", ["acme/cache"]],
    ["q=near%20KEEPS", ["acme/cache"]],
    ["q=near%20queues", []],
    ["q=queue", ["acme/percent", "acme/queue"]],
    ["q=%20%20", ["acme/cache", "acme/labels", "acme/percent", "acme/queue"]],
    ["provider=acme&q=labels", ["acme/labels"]],
    ["provider=ada%20example", ["acme/percent"]],
    ["provider=ada", []],
  ])("are found by %s", async (query, expected) => {
    expect(await search(query)).toEqual(expected);
  });

  test("come by page, without gaps", async () => {
    const seen: string[] = [];
    let cursor = "";
    for (let i = 0; i < 5; i++) {
      const page = (await server.call(`/v1/recipes?limit=1${cursor}`)).json<Page>();
      seen.push(...page.recipes.map((found) => found.recipe));
      if (page.next === undefined) break;
      cursor = `&cursor=${page.next}`;
    }
    expect(seen).toEqual(["acme/cache", "acme/labels", "acme/percent", "acme/queue"]);
  });

  test("show their highest stable version, everywhere the same", async () => {
    const found = (await server.call("/v1/recipes?type=cache")).json<Page>();
    expect(found.recipes[0]?.version).toBe("10.0.0");
    const one = (await server.call("/v1/recipes/acme/cache")).json();
    expect(one).toMatchObject({ version: "10.0.0" });
    const versions = (await server.call("/v1/recipes/acme/cache/versions")).json<{
      versions: { version: string }[];
    }>();
    expect(versions.versions.map(({ version }) => version)).toEqual([
      "10.1.0-rc.10",
      "10.1.0-rc.2",
      "10.0.0",
      "2.0.0",
      "1.0.1",
    ]);
  });

  test("list their versions by page; one that is published meanwhile moves nothing", async () => {
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = (await server.call(`/v1/recipes/acme/cache/versions?limit=2${cursor}`)).json<{
        versions: { version: string }[];
        next?: string;
      }>();
      seen.push(...page.versions.map(({ version }) => version));
      cursor = page.next === undefined ? "" : `&cursor=${page.next}`;
    } while (cursor !== "");
    expect(seen).toEqual(["10.1.0-rc.10", "10.1.0-rc.2", "10.0.0", "2.0.0", "1.0.1"]);
  });

  test.each([
    ["compose.provisioners.yaml", "application/yaml; charset=utf-8"],
    ["README.md", "text/plain; charset=utf-8"],
    ["examples/plain/score.yaml", "application/yaml; charset=utf-8"],
  ])("serve the file %s as %s, for ever", async (path, type) => {
    const url = `/v1/recipes/acme/cache/versions/2.0.0/files/${path}`;
    const reply = await server.call(url);
    const packed = recipe(cache("2.0.0")).files.find(({ title }) => title.startsWith(path));
    expect(reply.bytes).toEqual(Buffer.from(packed?.content ?? []));
    expect(reply.headers).toMatchObject({
      etag: `"${sha256Digest(reply.bytes)}"`,
      "content-type": type,
      "x-content-type-options": "nosniff",
    });
    expect(reply.headers["cache-control"]).toBe("private, max-age=31536000, immutable");
    const headers = { "if-none-match": reply.headers.etag ?? "" };
    expect((await server.call(url, { headers })).status).toBe(304);
    expect((await server.call(url, { method: "HEAD" })).bytes.length).toBe(0);
  });

  test.each(["files/nosuch", "files/", "files/__proto__", "files//etc/passwd"])(
    "have no file %s",
    async (path) => {
      const reply = await server.call(`/v1/recipes/acme/cache/versions/2.0.0/${path}`);
      expect(reply.status).toBe(404);
      expect(reply.headers["content-type"]).toContain("application/problem+json");
    },
  );

  test("tell what changed since the previous version, or since another", async () => {
    const diff = async (query: string) =>
      (await server.call(`/v1/recipes/acme/cache/versions/10.0.0/diff${query}`)).json<{
        from: { version: string };
        files: { path: string; change: string; diff: string }[];
        metadata: unknown[];
      }>();
    const found = await diff("");
    expect(found).toMatchObject({ from: { version: "2.0.0" }, to: { version: "10.0.0" } });
    expect(found.files.map(({ path, change }) => [path, change])).toEqual([
      ["compose.provisioners.yaml", "changed"],
    ]);
    expect(found.files[0]?.diff).toContain("+      image: example.com/cache:10.0.0\n");
    expect(await diff("?from=1.0.1")).toMatchObject({ from: { version: "1.0.1" } });
    expect(await diff("?from=10.0.0")).toMatchObject({ files: [], metadata: [] });
  });

  test("describe a version with its README, examples and what it provides", async () => {
    const body = (await server.call("/v1/recipes/acme/cache/versions/2.0.0")).json<{
      examples: { files: { href: string }[] }[];
    }>();
    expect(body).toMatchObject({
      readme: "# A cache\n",
      commands: false,
      metadata: { resources: { cache: { secretOutputs: ["password"] } } },
      images: {},
      examples: [
        {
          name: "plain",
          href: "/v1/recipes/acme/cache/versions/2.0.0/examples/plain",
          targets: ["compose", "k8s"],
          files: [{ path: "examples/plain/score.yaml" }],
        },
      ],
      signatures: [{ keyFingerprint: server.publisher.publicKey.fingerprint }],
    });
    const href = body.examples[0]?.files[0]?.href ?? "";
    expect((await server.call(href)).text).toContain("apiVersion: score.dev/v1b1");
  });

  test("show an example with its files and what it rendered at publish, for ever", async () => {
    const path = "/v1/recipes/acme/cache/versions/2.0.0/examples/plain";
    const reply = await server.call(path);
    expect(reply.json()).toMatchObject({
      name: "plain",
      files: [{ path: "examples/plain/score.yaml", text: expect.stringContaining("plain") }],
      renderings: [
        { target: "compose", document: expect.stringContaining("services:") },
        { target: "k8s", document: expect.stringContaining("kind: Deployment") },
      ],
    });
    const headers = { "if-none-match": reply.headers.etag ?? "" };
    expect((await server.call(path, { headers })).status).toBe(304);
    const one = (await server.call(`${path}?target=k8s`)).json<{ renderings: object[] }>();
    expect(one.renderings).toHaveLength(1);
    expect(one.renderings).toMatchObject([{ target: "k8s" }]);
  });

  test.each([
    ["/v1/recipes/acme/nosuch", 404, "recipe_unknown"],
    ["/v1/recipes/nobody/cache", 404, "recipe_unknown"],
    ["/v1/recipes/acme/nosuch/versions", 404, "recipe_unknown"],
    ["/v1/recipes/acme/cache/versions/9.9.9", 404, "version_unknown"],
    ["/v1/recipes/acme/cache/versions/latest", 404, "version_unknown"],
    ["/v1/recipes/acme/cache/versions/2.0.0/files/x", 404, "version_file_unknown"],
    ["/v1/recipes/Acme/cache", 400, "http_request_invalid"],
    ["/v1/recipes/acme/..%2fcache", 400, "http_request_invalid"],
    ["/v1/recipes?target=nomad", 400, "http_request_invalid"],
    ["/v1/recipes?limit=0", 400, "http_request_invalid"],
    ["/v1/recipes?limit=2147483647", 400, "http_request_invalid"],
    ["/v1/recipes?cursor=x", 400, "http_request_invalid"],
    ["/v1/recipes?cursor=n:%00", 400, "http_request_invalid"],
    ["/v1/recipes/acme/cache/versions?limit=501", 400, "http_request_invalid"],
    ["/v1/recipes/acme/cache/versions?cursor=n:x", 400, "http_request_invalid"],
    ["/v1/recipes/acme/cache/versions/1.0.1/diff", 404, "version_first"],
    ["/v1/recipes/acme/cache/versions/2.0.0/diff?from=9.9.9", 404, "version_unknown"],
    ["/v1/recipes/acme/cache/versions/9.9.9/diff", 404, "version_unknown"],
    ["/v1/recipes/acme/cache/versions/2.0.0/examples/nosuch", 404, "example_unknown"],
    ["/v1/recipes/acme/cache/versions/2.0.0/examples/__proto__", 404, "example_unknown"],
    ["/v1/recipes/acme/cache/versions/2.0.0/examples/plain?target=x", 400, "http_request_invalid"],
    ["/v1/recipes/acme/cache/versions/9.9.9/examples/plain", 404, "version_unknown"],
    [`/v1/recipes?q=${"x".repeat(129)}`, 400, "http_request_invalid"],
  ])("%s is %i %s", async (path, status, code) => {
    const reply = await server.call(path);
    expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({ status, code });
  });
});
