/** Rows 24, 26 and 28: what would make the service fetch something, and bodies that grow. */
import http from "node:http";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cache,
  type RecipeText,
  release,
  scoreFile,
  startWith,
  submission,
} from "../helpers/recipes.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

describe.each(STORES)("on $name", (kind) => {
  let server: TestServer;
  let canary: http.Server;
  let connections = 0;
  beforeAll(async () => {
    server = await startWith(kind, [cache()]);
    canary = http.createServer((_request, response) => response.end("{}"));
    canary.on("connection", () => connections++);
    await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    await server?.close();
    canary?.close();
  });

  const bait = () => {
    const address = canary.address();
    return `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  };

  test("attack 26: nothing that a request holds makes the service connect to anything", async () => {
    const url = `http://${bait()}/x`;
    const baited: RecipeText = {
      name: "acme/baited",
      version: "1.0.0",
      metadata: [
        `links: [{title: x, url: "${url}"}]`,
        `maintainers: [{name: Ada, url: "${url}"}]`,
        "resources: {baited: {params: {type: object}}}",
        "",
      ].join("\n"),
      files: {
        "compose.provisioners.yaml": `- uri: template://${bait()}/x\n  type: baited\n  outputs: |\n    a: {{ .Params.url }}\n  services: |\n    x: {image: "${bait()}/x:1"}\n`,
        "README.md": `![x](${url})\n`,
        "examples/one/score.yaml": scoreFile("one", { one: { type: "baited", params: { url } } }),
      },
    };
    await server.client.publish(submission(baited, server.publisher)).catch(() => undefined);
    const published = await server.client
      .publish(submission({ ...baited, version: "1.0.1", metadata: "" }, server.publisher))
      .then(({ created }) => created);
    expect(published).toBe(true);
    for (const uri of [
      url,
      `https://${bait()}/x`,
      `oci://${bait()}/x:1`,
      `git+ssh://${bait()}/x`,
    ]) {
      const files = { "compose.provisioners.yaml": `- {uri: "${uri}", type: a}\n` };
      const sent = submission({ name: "acme/remote", version: "1.0.0", files }, server.publisher);
      await expect(server.client.publish(sent)).rejects.toMatchObject({ status: 422 });
    }
    await release(server, "local", [{ recipe: "acme/baited", range: "*" }]);
    const score = scoreFile("web", { one: { type: "baited", params: { url } } }, { U: url });
    const body = {
      target: "compose",
      environment: { http_proxy: url, HTTPS_PROXY: url },
      workloads: [{ score }],
    };
    expect(
      (await server.call("/v1/environments/local/render", { method: "POST", body })).status,
    ).toBe(200);
    for (const given of [url, { $ref: url }, `!include ${url}`]) {
      const workloads = [{ score: given, overridesFile: `a: ${url}` }];
      await server.call("/v1/environments/local/render", {
        method: "POST",
        body: { ...body, workloads },
      });
    }
    const header = Buffer.from(JSON.stringify({ alg: "ES256", jku: url, x5u: url, kid: url }));
    const payload = Buffer.from(JSON.stringify({ iss: url, aud: url, sub: "x" }));
    const token = `${header.toString("base64url")}.${payload.toString("base64url")}.AAAA`;
    expect((await server.call("/v1/recipes", { token })).status).toBe(401);
    const pretended: readonly Record<string, string>[] = [
      { host: bait() },
      { origin: `http://${bait()}` },
      { referer: url, "x-forwarded-host": bait(), forwarded: `host=${bait()}` },
    ];
    for (const headers of pretended) {
      await server.call("/v1/recipes", { headers });
      await server.call("/.well-known/backbar.json", { headers });
      await server.admin("/.well-known/backbar.json", { headers });
    }
    await server.call(`${url}?a=${url}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(connections).toBe(0);
  });

  test("attack 24: an unknown recipe is looked for nowhere else", async () => {
    const entries = [{ recipe: "internal/cache", range: "*" }];
    await server.client.putEnvironment("confused", { entries, rules: {} }, { create: true });
    await expect(server.client.cutRelease("confused")).rejects.toMatchObject({
      status: 409,
      code: "recipe_unresolved",
    });
    expect((await server.call("/v1/recipes/internal/cache")).status).toBe(404);
    expect(connections).toBe(0);
  });

  test.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])(
    "attack 28: a body that %s makes 200 times as large is cut off",
    async (encoding, compress) => {
      const body = compress(Buffer.alloc(128 * 1024 ** 2, " "));
      expect(body.length).toBeLessThan(1024 ** 2);
      const before = process.memoryUsage().rss;
      const reply = await server.admin("/v1/namespaces/wide", {
        method: "PUT",
        body: new Uint8Array(body),
        headers: { "content-type": "application/json", "content-encoding": encoding },
      });
      expect([413, 415]).toContain(reply.status);
      expect(process.memoryUsage().rss - before).toBeLessThan(96 * 1024 ** 2);
    },
  );
});
