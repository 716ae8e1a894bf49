import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sha256Digest } from "../../../src/core/codec/digest.js";
import { parseEntryBundle } from "../../../src/core/tlog/entry-bundle.js";
import { leafHash, parseLeaf } from "../../../src/core/tlog/leaf.js";
import { parseTlogProof, verifyTlogProof } from "../../../src/core/tlog/tlog-proof.js";
import { openRecord } from "../../../src/core/trust/record.js";
import { refusalOf } from "../../helpers/environments.js";
import { checkServedLog, grow, logKeys, servedCheckpoint } from "../../helpers/log.js";
import { cache, makeNamespace, publishAll, release } from "../../helpers/recipes.js";
import { startServer, type TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";

describe.each(STORES)("the served log on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(kind);
  });
  afterAll(() => server?.close());

  const get = (path: string) => server.call(`/v1/log/${path}`);

  test("has a checkpoint while it is empty, and no tile", async () => {
    expect((await servedCheckpoint(server)).checkpoint.size).toBe(0);
    expect(refusalOf(await get("tile/0/000"))).toMatchObject({
      status: 404,
      code: "log_beyond_checkpoint",
    });
  });

  test("is the tree of its leaves at sizes around full tiles", async () => {
    await makeNamespace(server, "acme");
    await publishAll(server, [cache()]);
    await release(server, "local", [{ recipe: "acme/cache", range: "*" }]);
    expect(await checkServedLog(server)).toHaveLength(4);
    for (const size of [255, 256, 257, 511, 512, 700]) {
      await grow(server, size - (await server.logSize()));
      expect(await checkServedLog(server)).toHaveLength(size);
    }
  });

  test("serves a tile full or as narrow as asked for, for ever the same", async () => {
    const full = await get("tile/0/001");
    expect(full.bytes).toHaveLength(256 * 32);
    expect(full.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "cache-control": "max-age=31536000, immutable",
      etag: `"${sha256Digest(full.bytes)}"`,
    });
    const narrow = await get("tile/0/001.p/3");
    expect(narrow.bytes).toEqual(full.bytes.subarray(0, 3 * 32));
    const bundle = await get("tile/entries/001");
    const partial = await get("tile/entries/001.p/3");
    expect(parseEntryBundle(partial.bytes, 3)).toEqual(
      parseEntryBundle(bundle.bytes, 256).slice(0, 3),
    );
    const etag = full.headers.etag ?? "";
    const again = await server.call("/v1/log/tile/0/001", { headers: { "if-none-match": etag } });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
  });

  test.each([
    { path: "tile/0/002", code: "log_beyond_checkpoint" },
    { path: "tile/0/002.p/200", code: "log_beyond_checkpoint" },
    { path: "tile/0/003.p/1", code: "log_beyond_checkpoint" },
    { path: "tile/1/000", code: "log_beyond_checkpoint" },
    { path: "tile/2/000.p/1", code: "log_beyond_checkpoint" },
    { path: "tile/63/000", code: "log_beyond_checkpoint" },
    { path: "tile/entries/002", code: "log_beyond_checkpoint" },
    { path: "tile/entries/x009/x007/x199/x254/x740/991", code: "log_beyond_checkpoint" },
    { path: "tile/0/000.p/0", code: "tlog_tile_path" },
    { path: "tile/0/000.p/256", code: "tlog_tile_path" },
    { path: "tile/64/000", code: "tlog_tile_path" },
    { path: "tile/0/0", code: "tlog_tile_path" },
    { path: "tile/0/x000/001", code: "tlog_tile_path" },
    { path: "tile/entries/-01", code: "tlog_tile_path" },
    { path: "tile/", code: "tlog_tile_path" },
  ])("answers 404 to $path", async ({ path, code }) => {
    expect(refusalOf(await get(path))).toMatchObject({ status: 404, code });
  });

  test("renews its own cosignature once it is a minute old", async () => {
    const times = async () =>
      (await servedCheckpoint(server)).signatures.flatMap(({ time }) => time ?? []);
    const now = () => server.clock.now().getTime() / 1000;
    const [first] = await times();
    server.clock.advance({ seconds: 60 });
    expect(await times()).toEqual([first]);
    server.clock.advance({ seconds: 1 });
    expect(await times()).toEqual([now()]);
  });

  test("is not cached for longer than seconds, and answers 304", async () => {
    const { headers } = await get("checkpoint");
    expect(headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "max-age=2",
    });
    const known = { "if-none-match": headers.etag ?? "" };
    expect((await server.call("/v1/log/checkpoint", { headers: known })).status).toBe(304);
  });

  test("proves a version and a release without the log", async () => {
    const proofs = [
      { path: "/v1/recipes/acme/cache/versions/1.0.0/proof", index: 1, kind: "publish" as const },
      { path: "/v1/environments/local/releases/1/proof", index: 3, kind: "release" as const },
    ];
    for (const { path, index, kind: act } of proofs) {
      const reply = await server.call(path);
      expect(reply.headers["content-type"]).toBe("text/plain; charset=utf-8");
      const bundle = parseEntryBundle((await get("tile/entries/000.p/4")).bytes, 4);
      const leaf = parseLeaf(bundle[index] ?? new Uint8Array());
      expect(leaf.kind).toBe(act);
      const envelope = await get(`envelopes/${leaf.envelope}`);
      const hash = leafHash({ kind: act, envelope: sha256Digest(envelope.bytes) });
      const proof = parseTlogProof(reply.text);
      expect(proof.index).toBe(index);
      const { checkpoint } = verifyTlogProof(proof, hash, await logKeys(server));
      expect(checkpoint.size).toBe(await server.logSize());
      await expect(async () =>
        verifyTlogProof(proof, leafHash({ ...leaf, kind: "yank" }), await logKeys(server)),
      ).rejects.toMatchObject({ code: "tlog_root_mismatch" });
    }
    expect((await server.call("/v1/recipes/acme/cache/versions/9.0.0/proof")).status).toBe(404);
    expect((await server.call("/v1/environments/local/releases/9/proof")).status).toBe(404);
  });

  test("serves envelopes alone under their digest", async () => {
    const version = (await server.call("/v1/recipes/acme/cache/versions/1.0.0")).json<{
      digest: string;
    }>();
    expect((await get(`envelopes/${version.digest}`)).status).toBe(404);
    expect((await get(`envelopes/sha256:${"0".repeat(64)}`)).status).toBe(404);
    expect((await get("envelopes/latest")).status).toBe(400);
  });

  test("hides what is about a private namespace from who does not see it", async () => {
    await makeNamespace(server, "secret", { visibility: "private" });
    await publishAll(server, [{ ...cache(), name: "secret/cache" }]);
    const size = await server.logSize();
    const place = `tile/entries/${String(Math.floor(size / 256)).padStart(3, "0")}.p/${size % 256}`;
    const [namespace, publish] = parseEntryBundle((await get(place)).bytes, size % 256)
      .slice(-2)
      .map(parseLeaf);
    const { release: key } = server.registry.keys;
    for (const leaf of [namespace, publish]) {
      const path = `/v1/log/envelopes/${leaf?.envelope}`;
      expect(refusalOf(await server.call(path))).toMatchObject({ code: "log_envelope_unknown" });
      const reply = await server.admin(path);
      expect(reply.headers).toMatchObject({
        "content-type": expect.stringContaining("application/jose"),
        "cache-control": "private, max-age=31536000, immutable",
      });
      expect((await openRecord(reply.text, key.publicKey)).kind).toBe(leaf?.kind);
    }
    const proof = "/v1/recipes/secret/cache/versions/1.0.0/proof";
    expect((await server.call(proof)).status).toBe(404);
    expect((await server.admin(proof)).headers["cache-control"]).toBe("private, no-cache");
  });
});
