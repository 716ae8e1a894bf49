import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRecord } from "../../src/core/trust/record.js";
import { giveNotice } from "../../src/flows/give-notice.js";
import { putNamespace } from "../../src/flows/namespace.js";
import { readNotices } from "../../src/flows/notice.js";
import { getBlob } from "../../src/store/blobs.js";
import { lockLogHead, readLogLeaves } from "../../src/store/log.js";
import { refusalOf } from "../helpers/environments.js";
import { cache, labels, queue, startWith } from "../helpers/recipes.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

interface Entry {
  readonly version: string;
  readonly digest: string;
  readonly yanked?: { readonly reason: string };
  readonly deprecated?: { readonly reason: string; readonly successor?: string };
}

describe.each(STORES)("notices on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [
      cache("1.0.0"),
      cache("1.1.0"),
      cache("2.0.0-rc.1"),
      queue(),
      labels(),
      { ...queue(), name: "acme/other" },
    ]);
  });
  afterAll(() => server?.close());

  const say = (act: "yank" | "deprecate", version: string, body: object) =>
    server.admin(`/v1/recipes/${version}/${act}`, { method: "POST", body });
  const lastRecord = async () => {
    const size = await server.logSize();
    const [leaf] = await readLogLeaves(server.registry.db, size - 1, size);
    const envelope = await getBlob(server.registry.db, leaf?.envelope ?? "");
    return openRecord(new TextDecoder().decode(envelope), [server.registry.keys.release.publicKey]);
  };
  const shown = async () =>
    (await server.call("/v1/recipes?type=cache")).json<{ recipes: Entry[] }>().recipes[0];

  test("are given, changed and taken back, each with a leaf; the same again changes nothing", async () => {
    const at = server.clock.now().toISOString();
    const before = await server.logSize();
    const body = { reason: "old\nand slow", successor: "acme/queue@1.0.0" };
    const given = await say("deprecate", "acme/other/versions/1.0.0", body);
    expect(given.status).toBe(200);
    expect(given.json()).toMatchObject({ deprecated: { ...body, at } });
    expect(await lastRecord()).toMatchObject({
      kind: "deprecate",
      actor: "admin",
      details: { recipe: "acme/other", version: "1.0.0", ...body },
    });
    server.clock.advance({ seconds: 5 });
    const again = await say("deprecate", "acme/other/versions/1.0.0", body);
    expect(again.json()).toEqual(given.json());
    expect(await server.logSize()).toBe(before + 1);

    const other = { reason: "old" };
    const changed = (await say("deprecate", "acme/other/versions/1.0.0", other)).json<Entry>();
    expect(changed.deprecated).toEqual({ ...other, at: server.clock.now().toISOString() });

    const undo = { undo: true, reason: "it is not" };
    const undone = await say("deprecate", "acme/other/versions/1.0.0", undo);
    expect(undone.json<Entry>().deprecated).toBeUndefined();
    expect(await lastRecord()).toMatchObject({ kind: "deprecate", details: undo });
    expect(await server.logSize()).toBe(before + 3);
    const none = await say("deprecate", "acme/other/versions/1.0.0", { undo: true });
    expect(none.json()).toMatchObject({ status: 409, code: "notice_none" });
    expect(await server.logSize()).toBe(before + 3);
  });

  test("given at once are one leaf", async () => {
    const before = await server.logSize();
    const body = { reason: "at once" };
    await Promise.all(
      Array.from({ length: 4 }, () => say("yank", "acme/other/versions/1.0.0", body)),
    );
    expect(await server.logSize()).toBe(before + 1);
    await say("yank", "acme/other/versions/1.0.0", { undo: true });
  });

  const INVALID = "400 http_request_invalid";
  const STATE = "409 notice_successor";
  test.each<[string, object, string]>([
    ["no reason", {}, INVALID],
    ["an empty reason", { reason: "" }, INVALID],
    ["a blank reason", { reason: " \n " }, INVALID],
    ["a reason of 501 characters", { reason: "x".repeat(501) }, INVALID],
    ["a reason with a tab", { reason: "a\tb" }, INVALID],
    ["a reason that turns text", { reason: "a\u202eb" }, INVALID],
    ["a reason with half a character", { reason: "a\ud800" }, INVALID],
    ["an unknown field", { reason: "x", successors: [] }, INVALID],
    ["an undo with a successor", { undo: true, successor: "acme/queue" }, INVALID],
    ["a successor that is not there", { reason: "x", successor: "acme/nosuch" }, STATE],
    ["a version that is not there", { reason: "x", successor: "acme/queue@9.9.9" }, STATE],
    ["a successor that is no name", { reason: "x", successor: "../.." }, INVALID],
    ["a successor with a range", { reason: "x", successor: "acme/queue@^1.0.0" }, INVALID],
    [
      "a successor that no database keeps (attack 27)",
      { reason: "x", successor: "acme/q\0" },
      INVALID,
    ],
    ["itself as successor", { reason: "x", successor: "acme/cache@1.0.0" }, STATE],
    ["its own recipe as successor", { reason: "x", successor: "acme/cache" }, STATE],
  ])("refuse %s", async (_name, body, refusal) => {
    const before = await server.logSize();
    const reply = await say("yank", "acme/cache/versions/1.0.0", body);
    const { status, code } = refusalOf(reply);
    expect(`${status} ${code}`).toBe(refusal);
    expect(reply.text).not.toContain("must match pattern");
    expect(await server.logSize()).toBe(before);
  });

  test("are given by administrators and owners only (attack 2)", async () => {
    const path = "/v1/recipes/acme/queue/versions/1.0.0/yank";
    const open = await server.call(path, { method: "POST", body: { reason: "x" } });
    expect(open.json()).toMatchObject({ status: 401, code: "http_token_required" });
    const change = {
      recipe: "acme/queue",
      version: "1.0.0",
      kind: "yanked",
      reason: "x",
      successor: undefined,
      undo: false,
    } as const;
    const olga = { actor: "olga", grants: [] };
    await expect(giveNotice(server.registry, olga, change)).rejects.toMatchObject({
      code: "namespace_owner",
    });
    await server.admin("/v1/namespaces/acme", { method: "PUT", body: { owners: ["olga"] } });
    const given = await giveNotice(server.registry, olga, change);
    expect(given.notices).toMatchObject([{ kind: "yanked", actor: "olga" }]);
    await giveNotice(server.registry, olga, { ...change, reason: undefined, undo: true });

    // Whoever stops being an owner while the notice waits for its turn is none.
    const { giving, removing } = await server.registry.db.transaction(async (tx) => {
      await lockLogHead(tx);
      const caller = { actor: "admin", grants: [{ role: "admin" as const }] };
      const removed = putNamespace(server.registry, { name: "acme", owners: [] }, { caller });
      await sleep(100);
      const late = giveNotice(server.registry, olga, change).catch((error: Error) => error);
      await sleep(100);
      return { giving: late, removing: removed };
    });
    await removing;
    expect(await giving).toMatchObject({ code: "namespace_owner" });
  });

  test("of versions that are not there are 404", async () => {
    const reply = await say("yank", "acme/cache/versions/9.9.9", { reason: "x" });
    expect(reply.json()).toMatchObject({ status: 404, code: "version_unknown" });
  });

  test("decide which version is shown: stable before prerelease before yanked", async () => {
    expect((await shown())?.version).toBe("1.1.0");
    await say("yank", "acme/cache/versions/1.1.0", { reason: "x" });
    expect((await shown())?.version).toBe("1.0.0");
    await say("yank", "acme/cache/versions/1.0.0", { reason: "x" });
    expect((await shown())?.version).toBe("2.0.0-rc.1");
    await say("yank", "acme/cache/versions/2.0.0-rc.1", { reason: "all of them" });
    expect(await shown()).toMatchObject({ version: "1.1.0", yanked: { reason: "x" } });
    expect((await server.call("/v1/recipes/acme/cache")).json()).toMatchObject({
      version: "1.1.0",
      yanked: { reason: "x" },
    });
    for (const version of ["1.1.0", "1.0.0", "2.0.0-rc.1"]) {
      await say("yank", `acme/cache/versions/${version}`, { undo: true });
    }
    expect((await shown())?.version).toBe("1.1.0");
  });

  test("show in lists and change the ETag of what they are about, not its digest", async () => {
    const path = "/v1/recipes/acme/cache/versions/2.0.0-rc.1";
    const before = await server.call(path);
    await say("deprecate", "acme/cache/versions/2.0.0-rc.1", { reason: "a trial" });
    const after = await server.call(path);
    expect(after.json<Entry>()).toMatchObject({
      digest: before.json<Entry>().digest,
      deprecated: { reason: "a trial" },
    });
    expect(after.headers.etag).not.toBe(before.headers.etag);
    const known = { headers: { "if-none-match": after.headers.etag ?? "" } };
    expect(await server.call(path, known)).toMatchObject({ status: 304, text: "" });
    const old = { headers: { "if-none-match": before.headers.etag ?? "" } };
    expect((await server.call(path, old)).status).toBe(200);
    const { versions } = (await server.call("/v1/recipes/acme/cache/versions")).json<{
      versions: Entry[];
    }>();
    expect(versions.map(({ deprecated }) => deprecated?.reason)).toEqual([
      "a trial",
      undefined,
      undefined,
    ]);
    const { digest } = after.json<Entry>();
    const found = await readNotices(server.registry.db, [digest, "sha256:none"]);
    expect([...found.keys()]).toEqual([digest]);
  });
});
