import { describe, expect, test } from "vitest";
import { BackbarClient } from "../../src/client/client.js";
import { signPackage } from "../../src/client/publish-folder.js";
import { sha256Digest } from "../../src/core/codec/digest.js";
import { parseManifest } from "../../src/core/oci/manifest.js";
import { parseSubmission } from "../../src/core/oci/submission.js";
import { packProvisionersFile } from "../../src/core/recipe/package.js";
import { openBundles } from "../../src/core/trust/bundle.js";
import { makePrivateKey } from "../../src/core/trust/keys.js";
import { sendJson, serve } from "./loopback-server.js";

const key = makePrivateKey("ES256", new Uint8Array(32).fill(1));
const submission = signPackage(
  packProvisionersFile({
    name: "dapr/redis",
    version: "1.0.0",
    target: "compose",
    content: new TextEncoder().encode("- {uri: 'template://r', type: redis}\n"),
  }),
  key,
);
const receipt = {
  recipe: "dapr/redis",
  version: "1.0.0",
  digest: sha256Digest(submission.manifest),
  logIndex: 4,
};

describe("publishing", () => {
  test("sends a version that the other side can open", async () => {
    const { url, seen } = await serve((_, response) => sendJson(response, 201, receipt));
    expect(await new BackbarClient({ url }).publish(submission)).toEqual({
      ...receipt,
      created: true,
      warnings: [],
    });
    expect(seen[0]).toMatchObject({
      method: "PUT",
      url: "/v1/recipes/dapr/redis/versions/1.0.0",
    });
    const received = parseSubmission(JSON.parse(seen[0]?.body ?? ""));
    const recipe = parseManifest(received.manifest, received.blobs);
    const signers = openBundles(received.bundles, [key.publicKey], {
      recipe: "dapr/redis",
      version: "1.0.0",
      digest: recipe.digest,
    });
    expect(signers.map((one) => one.key)).toEqual([key.publicKey]);
  });

  test("again says that nothing was made", async () => {
    const { url } = await serve((_, response) => sendJson(response, 200, receipt));
    expect((await new BackbarClient({ url }).publish(submission)).created).toBe(false);
  });

  test.each([
    {
      name: "another digest",
      change: { digest: `sha256:${"0".repeat(64)}` },
      code: "client_receipt",
    },
    { name: "another version", change: { version: "1.0.1" }, code: "client_receipt" },
    { name: "another recipe", change: { recipe: "dapr/other" }, code: "client_receipt" },
    { name: "no index", change: { logIndex: undefined }, code: "client_answer" },
  ])("refuses a receipt with $name", async ({ change, code }) => {
    const { url } = await serve((_, response) =>
      sendJson(response, 201, { ...receipt, ...change }),
    );
    await expect(new BackbarClient({ url }).publish(submission)).rejects.toMatchObject({ code });
  });
});

describe("environments", () => {
  const stored = { name: "staging", digest: "d", definition: { entries: [] }, updatedAt: "now" };

  test("are found with their etag, or not at all", async () => {
    const { url } = await serve((request, response) =>
      request.url === "/v1/environments/staging"
        ? sendJson(response, 200, stored, { etag: '"d"' })
        : sendJson(response, 404, { code: "environment_unknown" }),
    );
    const client = new BackbarClient({ url });
    expect(await client.findEnvironment("staging")).toEqual({
      name: "staging",
      definition: { entries: [] },
      etag: '"d"',
    });
    expect(await client.findEnvironment("nowhere")).toBeUndefined();
  });

  test.each([
    {
      name: "to be made",
      condition: { create: true as const },
      header: "if-none-match",
      value: "*",
    },
    { name: "to be replaced", condition: { ifMatch: '"d"' }, header: "if-match", value: '"d"' },
  ])("$name are put under their condition", async ({ condition, header, value }) => {
    const { url, seen } = await serve((_, response) => sendJson(response, 200, stored));
    await new BackbarClient({ url }).putEnvironment("staging", { entries: [] }, condition);
    expect(seen[0]?.headers[header]).toBe(value);
    expect(seen[0]?.body).toBe('{"entries":[]}');
  });

  test("with names that are none are never asked for", async () => {
    const { url, seen } = await serve((_, response) => sendJson(response, 200, stored));
    const client = new BackbarClient({ url });
    await expect(client.findEnvironment("../admin")).rejects.toMatchObject({
      code: "environment_name",
    });
    expect(seen).toEqual([]);
  });
});

test("a search reads every page", async () => {
  const pages = [["a/a", "a/b"], ["b/a"]].map((names) =>
    names.map((recipe) => ({ recipe, version: "1.0.0", digest: "d", title: "more" })),
  );
  const { url, seen } = await serve((request, response) => {
    const page = request.url.includes("cursor=two") ? 1 : 0;
    sendJson(response, 200, { recipes: pages[page], ...(page === 0 ? { next: "two" } : {}) });
  });
  const found = await new BackbarClient({ url }).searchRecipes({ namespace: "a", type: "redis" });
  expect([...found.keys()]).toEqual(["a/a", "a/b"]);
  expect(seen.every((request) => request.url.includes("type=redis"))).toBe(true);
});

test("an answer of another shape is refused", async () => {
  const { url } = await serve((_, response) => sendJson(response, 200, { namespaces: [1] }));
  await expect(new BackbarClient({ url }).listNamespaces()).rejects.toMatchObject({
    code: "client_answer",
  });
});
