/** Rows 23, 25 and 27: names that look like others, that were given up, or that lead out of their place. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishPackage } from "../../src/client/publish-folder.js";
import { formatSubmission } from "../../src/core/oci/submission.js";
import { formatPublicKey } from "../../src/core/trust/keys.js";
import { openRecord } from "../../src/core/trust/record.js";
import { getBlob } from "../../src/store/blobs.js";
import { readLogLeaves } from "../../src/store/log.js";
import {
  cache,
  labels,
  makeNamespace,
  publishAll,
  queue,
  recipe,
  release,
  startWith,
  submission,
} from "../helpers/recipes.js";
import { makeKey, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";
import { type SubmissionJson, withTitle } from "../helpers/submissions.js";
import { readRegistry } from "../helpers/tables.js";

describe.each(STORES)("on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [cache()]);
  });
  afterAll(() => server?.close());

  const pem = () => formatPublicKey(makeKey().publicKey);
  const putKeys = (name: string, publisherKeys: readonly string[]) =>
    server.admin(`/v1/namespaces/${name}`, { method: "PUT", body: { publisherKeys } });
  const lastRecord = async () => {
    const size = await server.logSize();
    const [leaf] = await readLogLeaves(server.registry.db, size - 1, size);
    const envelope = await getBlob(server.registry.db, leaf?.envelope ?? "");
    return openRecord(new TextDecoder().decode(envelope), [server.registry.keys.release.publicKey]);
  };

  test.each([
    ["ac-me", 409, "namespace_look_alike"],
    ["acrne", 409, "namespace_look_alike"],
    ["Acme", 400, "http_request_invalid"],
    ["acme-", 400, "http_request_invalid"],
    ["ac_me", 400, "http_request_invalid"],
    ["%d0%b0cme", 400, "http_request_invalid"],
    ["environments", 400, "namespace_name"],
    ["v2", 400, "namespace_name"],
  ])("attack 23: no namespace is called %s, beside acme", async (name, status, code) => {
    const before = await server.logSize();
    const reply = await putKeys(name, [pem()]);
    expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({ status, code });
    expect(await server.logSize()).toBe(before);
  });

  test("attack 23: of namespaces that look alike, made at once, one is made", async () => {
    const replies = await Promise.all(
      ["lookalike", "look-alike", "lo-okalike"].map((name) => putKeys(name, [pem()])),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  test("attack 23: no recipe is called as one that looks like it, in its namespace", async () => {
    await publishAll(server, [{ ...queue(), name: "acme/redis" }]);
    for (const name of ["acme/redls", "acme/re-dis", "acme/red1s"]) {
      const publishing = server.client.publish(submission({ ...queue(), name }, server.publisher));
      await expect(publishing).rejects.toMatchObject({ code: "recipe_look_alike", status: 409 });
    }
    for (const name of ["r%d0%b5dis", "redis-", "Redis", "re_dis"]) {
      const path = `/v1/recipes/acme/${name}/versions/1.0.0`;
      const body = formatSubmission(
        submission({ ...queue(), name: "acme/redis" }, server.publisher),
      );
      const reply = await server.admin(path, { method: "PUT", body });
      expect(reply.json()).toMatchObject({ status: 400, code: "http_request_invalid" });
    }
    await makeNamespace(server, "other");
    await publishAll(server, [{ ...queue(), name: "other/redls" }]);
    await publishAll(server, [{ ...queue("1.0.1"), name: "acme/redis" }]);
  });

  describe("a namespace that was given up", () => {
    beforeAll(async () => {
      await makeNamespace(server, "gone");
      await publishAll(server, [{ ...labels(), name: "gone/labels" }]);
      await release(server, "on-gone", [{ recipe: "gone/labels", range: "*" }]);
      await server.admin("/v1/namespaces/gone", { method: "DELETE" });
    });

    test("attack 25: stays listed with the time, once", async () => {
      const tombstonedAt = server.clock.now().toISOString();
      expect(await lastRecord()).toMatchObject({
        kind: "namespace",
        details: { namespace: "gone", tombstonedAt },
      });
      const before = await server.logSize();
      server.clock.advance({ seconds: 5 });
      const again = await server.admin("/v1/namespaces/gone", { method: "DELETE" });
      expect(again.json()).toMatchObject({ name: "gone", tombstonedAt });
      expect(await server.logSize()).toBe(before);
      const gone = (await server.call("/v1/namespaces/gone")).json<{ publisherKeys: unknown[] }>();
      expect(gone.publisherKeys).toHaveLength(1);
      expect(await server.client.listNamespaces()).toContain("gone");
    });

    test.each([
      ["gone", 410, "namespace_tombstoned"],
      ["go-ne", 409, "namespace_look_alike"],
      ["g0ne", 409, "namespace_look_alike"],
    ])("attack 25: is not given to anybody as %s", async (name, status, code) => {
      expect((await putKeys(name, [pem()])).json()).toMatchObject({ status, code });
    });

    test("attack 25: takes no versions, and serves those that are there", async () => {
      const next = recipe({ ...labels("1.0.1"), name: "gone/labels" });
      await expect(publishPackage(server.client, next, server.publisher)).rejects.toMatchObject({
        status: 410,
        code: "namespace_tombstoned",
      });
      expect((await server.call("/v1/recipes/gone/labels/versions/1.0.0")).status).toBe(200);
      const patch = "/v1/environments/on-gone/compose/patches/gone-labels-labels.tpl";
      expect((await server.call(patch)).status).toBe(200);
      expect((await server.client.cutRelease("on-gone")).digest).not.toBeNull();
    });

    test("attack 25: that never was cannot be given up", async () => {
      const reply = await server.admin("/v1/namespaces/never", { method: "DELETE" });
      expect(reply.json()).toMatchObject({ status: 404, code: "namespace_unknown" });
    });
  });

  const LONG = "x".repeat(600);
  test.each([
    "/v1/recipes/..%2f../queue",
    "/v1/recipes/acme/..%2fcache",
    "/v1/recipes/acme/%2e%2e",
    "/v1/recipes/acme/cache%00",
    `/v1/recipes/acme/${LONG}`,
    "/v1/recipes/acme/cache/versions/..%2f..%2f..",
    "/v1/recipes/acme/cache/versions/1.0.0/files/../../1.0.1/files/README.md",
    "/v1/recipes/acme/cache/versions/1.0.0/files/..%2f..%2f1.0.1%2ffiles%2fREADME.md",
    "/v1/recipes/acme/cache/versions/1.0.0/files/%2e%2e/%2e%2e/README.md",
    "/v1/recipes/acme/cache/versions/1.0.0/files/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/v1/recipes/acme/cache/versions/1.0.0/files/..%5c..%5cREADME.md",
    "/v1/recipes/acme/cache/versions/1.0.0/files/README.md%00.txt",
    `/v1/recipes/acme/cache/versions/1.0.0/files/${LONG}`,
    "/v1/recipes/acme/cache/versions/1.0.0/examples/..%2fplain",
    "/v1/environments/..%2flocal",
    "/v1/environments/%2e%2e/catalog",
    `/v1/environments/${LONG}`,
    "/v1/environments/local/compose/patches/..%2f..%2fx.tpl",
    "/v1/environments/local%00/resolve?type=cache",
    "/v1/namespaces/%2e%2e",
    "/v1/projects/..%2f../environments/local/state",
    "/v1/projects/shop/environments/..%2flocal/state",
    "/v1/usage?project=%00",
  ])("attack 27: GET %s is 400 problem details", async (path) => {
    const reply = await server.call(path);
    expect(reply.json()).toMatchObject({
      status: 400,
      code: expect.stringMatching(/_invalid$|_path$|_name$/),
    });
    expect(reply.headers["content-type"]).toContain("application/problem+json");
  });

  test.each([
    "../../x.yaml",
    "/etc/passwd",
    "a/../../b.yaml",
    "..\\..\\x.yaml",
    "C:\\x.yaml",
    "aux.yaml",
    `${"x".repeat(300)}.yaml`,
  ])(
    "attack 27: a version whose file has the title %j is 400, and nothing is stored",
    async (title) => {
      const honest = formatSubmission(submission(labels("27.0.0"), server.publisher));
      const body = withTitle(honest as unknown as SubmissionJson, title);
      const before = await readRegistry(server.registry.db);
      const path = "/v1/recipes/acme/labels/versions/27.0.0";
      const reply = await server.admin(path, { method: "PUT", body });
      expect(reply.json()).toMatchObject({ status: 400, code: "recipe_file_path" });
      expect(await readRegistry(server.registry.db)).toEqual(before);
    },
  );

  test.each(["shop/../..", "..", "a/b", "A", "x".repeat(200), "a\u0000b"])(
    "attack 27: a render of a project or workload called %j is 400 or 422",
    async (name) => {
      const score = JSON.stringify({
        apiVersion: "score.dev/v1b1",
        metadata: { name },
        containers: { main: { image: "x" } },
      });
      await release(server, `local-${++environments}`, [{ recipe: "acme/cache", range: "*" }]);
      const path = `/v1/environments/local-${environments}/render`;
      const workload = { target: "compose", workloads: [{ score }] };
      const named = await server.call(path, { method: "POST", body: workload });
      expect([400, 422]).toContain(named.status);
      const project = { target: "compose", workloads: [], project: name };
      expect((await server.call(path, { method: "POST", body: project })).status).toBe(400);
    },
  );
  let environments = 0;
});
