/**
 * A registry that was made to lie, by its database or before its clients, is named a liar by the
 * audit of its log. Each lie is told of a registry that was audited, and found clean, just before.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { eq, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { signPointer } from "../../../src/core/trust/release-signature.js";
import { commitUsage } from "../../../src/flows/usage-batch.js";
import {
  blobs,
  notices,
  pointers,
  refusals,
  releases,
  usage,
  versions,
} from "../../../src/store/schema.js";
import { ask, define } from "../../helpers/environments.js";
import { changeJson, type LyingProxy, startLyingProxy } from "../../helpers/lying-proxy.js";
import {
  cache,
  labels,
  makeNamespace,
  publishAll,
  queue,
  release,
  scoreFile,
} from "../../helpers/recipes.js";
import { rendered } from "../../helpers/rendering.js";
import { makeKeys, serveStore, startServer, type TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { type CommandLine, commandLineIn, openCommandLine } from "../command-line.js";

interface AuditJson {
  readonly clean: boolean;
  readonly size: number;
  readonly checks: readonly { readonly name: string; readonly outcome: string }[];
  readonly findings: readonly { readonly code: string; readonly message: string }[];
  readonly notCompared: readonly string[];
  readonly contradiction?: string;
}

const codesOf = ({ findings }: AuditJson) => [...new Set(findings.map(({ code }) => code))];

/** A registry with something of everything. */
async function fill(server: TestServer): Promise<void> {
  await makeNamespace(server, "acme");
  await publishAll(server, [cache("1.0.0"), cache("1.1.0"), labels(), queue()]);
  const entries = [
    { recipe: "acme/cache", range: "1.0.0", target: "compose" },
    { recipe: "acme/labels", range: "*" },
  ];
  await release(server, "one", entries);
  await define(server, "one", [{ ...entries[0], range: "*" } as never, entries[1] as never]);
  await ask(server, "one", "releases");
  const notice = { method: "POST", body: { reason: "it leaks" } };
  await server.admin("/v1/recipes/acme/queue/versions/1.0.0/yank", notice);
  const score = scoreFile("web", { store: { type: "cache" } });
  for (let i = 0; i < 3; i++) {
    await rendered(server, "one", { workloads: [{ score }], project: "shop" });
  }
  for (let i = 0; i < 3; i++) await server.call("/v1/tokens");
  await server.flush();
  server.clock.advance({ seconds: 60 });
  await commitUsage(server.registry);
}

describe.each(STORES)("backbar log audit on $name", (kind) => {
  const keys = makeKeys();
  let server: TestServer;
  let proxy: LyingProxy;
  let line: CommandLine;
  const around = (token?: string) => ({
    env: {
      BACKBAR_SERVER: proxy.url,
      BACKBAR_ROOT: keys.root.publicKey.fingerprint,
      ...(token === undefined ? {} : { BACKBAR_TOKEN: token }),
    },
    now: () => server.clock.now(),
  });
  const open = (token?: string) => openCommandLine(around(token));
  beforeAll(async () => {
    server = await startServer(kind, { keys });
    await fill(server);
    proxy = await startLyingProxy(server.url);
    // It is there as long as the memory in it has to be.
    const folder = await mkdtemp(path.join(tmpdir(), "backbar-"));
    line = commandLineIn(folder, around(server.token));
  });
  afterEach(() => proxy.repent());
  afterAll(async () => {
    await proxy?.close();
    await server?.close();
    if (line !== undefined) await rm(line.folder, { recursive: true, force: true });
  });

  const audit = async (...flags: string[]) =>
    (await line.json("log", "audit", ...flags)) as AuditJson;
  /** Changes the database, audits, and changes it back. */
  const auditAfter = async (change: () => Promise<unknown>, undo: () => Promise<unknown>) => {
    expect(await audit()).toMatchObject({ clean: true, findings: [] });
    await change();
    server.registry.freshness.drop();
    try {
      return await audit();
    } finally {
      await undo();
      server.registry.freshness.drop();
    }
  };

  test("finds nothing where nobody lies, and says what was looked at", async () => {
    const found = await audit("--full");
    expect(found).toMatchObject({ clean: true, findings: [], notCompared: [] });
    const { code, stdout } = await line.backbar("log", "audit");
    expect(code).toBe(0);
    expect(stdout).toContain("4 versions, 2 releases");
    expect(stdout).toContain("the registry says what its log says");
  });

  test("says what it cannot compare for lack of a role", async () => {
    const found = (await (await open()).json("log", "audit")) as AuditJson;
    expect(found).toMatchObject({ clean: true, findings: [] });
    expect(found.notCompared.join("\n")).toContain("usage");
    expect(found.notCompared.join("\n")).toContain("refusals");
  });

  test("is the same offline, from a bundle", async () => {
    await line.backbar("log", "bundle", "--out", "log.json", "--full");
    const { fingerprint } = server.registry.keys.root.publicKey;
    const away = await openCommandLine({
      env: { BACKBAR_SERVER: "http://127.0.0.1:1", BACKBAR_ROOT: fingerprint },
      now: () => server.clock.now(),
    });
    const text = await line.read("log.json");
    await away.put("log.json", text);
    expect(await away.json("log", "audit", "--bundle", "log.json")).toMatchObject({ clean: true });
    const bundle = JSON.parse(text);
    const [digest = ""] = Object.keys(bundle.blobs);
    const damaged = async (change: object) => {
      await away.put("log.json", JSON.stringify({ ...bundle, ...change }));
      return codesOf((await away.json("log", "audit", "--bundle", "log.json")) as AuditJson);
    };
    expect(await damaged({ blobs: { ...bundle.blobs, [digest]: "AAAA" } })).toEqual([
      "audit_blob_changed",
    ]);
    expect(await damaged({ leaves: bundle.leaves.slice(1) })).toContain("audit_leaf_dropped");
    expect(await damaged({ envelopes: {} })).toContain("audit_envelope_hidden");
    const { refusals: _refusals, ...older } = bundle.told;
    await away.put("log.json", JSON.stringify({ ...bundle, told: older }));
    expect(await away.json("log", "audit", "--bundle", "log.json")).toMatchObject({
      notCompared: ["refusals: not in this evidence"],
    });
    const told = { ...bundle.told, versions: bundle.told.versions.slice(1) };
    expect(await damaged({ told })).toEqual(["audit_version_hidden"]);
  });

  describe("names the lie of a database that was changed:", () => {
    test("a changed blob", async () => {
      const store = server.registry.db;
      const detail = (await server.admin("/v1/recipes/acme/cache/versions/1.1.0")).json<{
        files: { path: string; digest: string }[];
      }>();
      const digest = detail.files.find(({ path }) => path.startsWith("compose"))?.digest ?? "";
      const [row] = await store.select().from(blobs).where(eq(blobs.digest, digest));
      const set = (content: Uint8Array) =>
        store.update(blobs).set({ content }).where(eq(blobs.digest, digest));
      // One that has kept nothing of it in memory.
      const restarted = await serveStore(server.store, keys);
      try {
        const found = await auditAfter(
          async () => {
            await set(new Uint8Array([1, 2, 3]));
            proxy.divert("/files/", restarted.url);
          },
          () => set(row?.content ?? new Uint8Array()),
        );
        expect(codesOf(found)).toEqual(["audit_blob_unreadable"]);
      } finally {
        await restarted.close();
      }
    });

    test("a version that is something else", async () => {
      const store = server.registry.db;
      const at = eq(versions.version, "1.0.0");
      const rows = await store.select().from(versions).where(at);
      const [first] = rows.filter(({ recipe }) => recipe === "acme/cache");
      const [other] = await store.select().from(versions).where(eq(versions.version, "1.1.0"));
      const set = (digest: string) =>
        store
          .update(versions)
          .set({ digest })
          .where(sql`${versions.recipe} = 'acme/cache' and ${at}`);
      const found = await auditAfter(
        () => set(other?.digest ?? ""),
        () => set(first?.digest ?? ""),
      );
      expect(codesOf(found)).toContain("audit_version_changed");
    });

    test("a version that is gone", async () => {
      const store = server.registry.db;
      const at = eq(versions.recipe, "acme/queue");
      const rows = await store.select().from(versions).where(at);
      const found = await auditAfter(
        () => store.delete(versions).where(at),
        () => store.insert(versions).values(rows),
      );
      expect(codesOf(found)).toContain("audit_version_hidden");
    });

    test("a version that nobody published", async () => {
      const store = server.registry.db;
      const [row] = await store.select().from(versions).where(eq(versions.version, "1.1.0"));
      if (row === undefined) throw new Error("no row");
      const found = await auditAfter(
        () => store.insert(versions).values({ ...row, version: "9.0.0" }),
        () => store.delete(versions).where(eq(versions.version, "9.0.0")),
      );
      expect(codesOf(found)).toContain("audit_version_unlogged");
    });

    test("a release that was rolled back", async () => {
      const store = server.registry.db;
      const [now] = await store.select().from(pointers);
      const [old] = await store.select().from(releases).where(eq(releases.number, 1));
      if (now === undefined || old === undefined) throw new Error("no row");
      const issued = server.clock.now();
      const expires = new Date(issued.getTime() + 3_600_000);
      const pointer = {
        ...{ environment: "one", number: 1, release: old.digest },
        ...{ issued: issued.toISOString(), expires: expires.toISOString() },
      };
      const jws = await signPointer(pointer, server.registry.keys.release);
      const found = await auditAfter(
        () => store.update(pointers).set({ number: 1, jws, issuedAt: issued, expiresAt: expires }),
        () => store.update(pointers).set(now),
      );
      expect(codesOf(found)).toEqual(["audit_release_rolled_back"]);
    });

    test.each([
      { name: "fewer renders", change: { renders: 1 } },
      { name: "another actor", change: { actor: "somebody" } },
      { name: "another time", change: { firstUsedAt: new Date("2031-05-06T07:00:00Z") } },
      {
        name: "fewer renders, as if it were not committed yet",
        change: { renders: 1, leaf: null },
      },
    ])("rewritten usage: $name", async ({ change }) => {
      const store = server.registry.db;
      const rows = await store.select().from(usage);
      const found = await auditAfter(
        () => store.update(usage).set(change).where(eq(usage.recipe, "acme/cache")),
        async () => {
          await store.delete(usage);
          await store.insert(usage).values(rows);
        },
      );
      expect(codesOf(found)).toEqual(["audit_usage_rewritten"]);
    });

    test("usage that is gone, and usage that was made up", async () => {
      const store = server.registry.db;
      const rows = await store.select().from(usage);
      const gone = await auditAfter(
        () => store.delete(usage),
        () => store.insert(usage).values(rows),
      );
      expect(codesOf(gone)).toEqual(["audit_usage_rewritten"]);
      const [row] = rows;
      if (row === undefined) throw new Error("no row");
      const made = await auditAfter(
        () => store.insert(usage).values({ ...row, workload: "ghost" }),
        () => store.delete(usage).where(eq(usage.workload, "ghost")),
      );
      expect(codesOf(made)).toEqual(["audit_usage_rewritten"]);
    });

    // Tests before may have been refused something as well.
    const ofFilling = eq(refusals.route, "/v1/tokens");
    test.each([
      { name: "fewer", change: { count: 1 } },
      { name: "more", change: { count: 4 } },
      { name: "of somebody else", change: { actor: "somebody" } },
      { name: "as if they were not committed yet", change: { leaf: null } },
    ])("rewritten refusals: $name", async ({ change }) => {
      const store = server.registry.db;
      const rows = await store.select().from(refusals).where(ofFilling);
      expect(rows).toMatchObject([{ actor: "anonymous", count: 3, leaf: expect.any(Number) }]);
      const found = await auditAfter(
        () => store.update(refusals).set(change).where(ofFilling),
        async () => {
          await store.delete(refusals).where(ofFilling);
          await store.insert(refusals).values(rows);
        },
      );
      expect(codesOf(found)).toEqual(["audit_refusals_rewritten"]);
    });

    test("refusals that are gone, and refusals that never reach the log", async () => {
      const store = server.registry.db;
      const rows = await store.select().from(refusals).where(ofFilling);
      const gone = await auditAfter(
        () => store.delete(refusals).where(ofFilling),
        () => store.insert(refusals).values(rows),
      );
      expect(codesOf(gone)).toEqual(["audit_refusals_rewritten"]);
      const [row] = rows;
      if (row === undefined) throw new Error("no row");
      const minute = new Date(row.minute.getTime() - 3 * 3_600_000);
      const kept = await auditAfter(
        () => store.insert(refusals).values({ ...row, minute, leaf: null }),
        () => store.delete(refusals).where(eq(refusals.minute, minute)),
      );
      expect(codesOf(kept)).toEqual(["audit_refusals_uncommitted"]);
    });

    test("a notice that was taken away", async () => {
      const store = server.registry.db;
      const rows = await store.select().from(notices);
      const found = await auditAfter(
        () => store.delete(notices),
        () => store.insert(notices).values(rows),
      );
      expect(codesOf(found)).toContain("audit_notice_changed");
    });
  });

  describe("names the lie of a registry that shows this client something else:", () => {
    test("a changed file", async () => {
      proxy.lie("/files/compose.provisioners.yaml", () => "- uri: template://evil\n");
      expect(codesOf(await audit())).toEqual(["audit_blob_changed"]);
    });

    test("another combined file", async () => {
      proxy.lie("/compose/provisioners.yaml", (body) => `${body.toString("utf8")}# more\n`);
      expect(codesOf(await audit())).toEqual(["audit_blob_changed"]);
    });

    test("a hidden version", async () => {
      proxy.lie(
        "/v1/recipes/acme/cache/versions?",
        changeJson<{ versions: unknown[] }>((list) => list.versions.shift()),
      );
      expect(codesOf(await audit())).toEqual(["audit_version_hidden"]);
    });

    test("an older release, by its pointer of then", async () => {
      proxy.lie(
        "/v1/environments?",
        changeJson<{ environments: object[] }>((list) =>
          Object.assign(list.environments[0] ?? {}, { current: 1 }),
        ),
      );
      expect(codesOf(await audit())).toEqual(["audit_release_rolled_back"]);
    });

    test("another definition of an environment", async () => {
      proxy.lie(
        "/v1/environments?",
        changeJson<{ environments: { definition: { entries: unknown[] } }[] }>((list) =>
          list.environments[0]?.definition.entries.pop(),
        ),
      );
      expect(codesOf(await audit())).toEqual(["audit_environment_changed"]);
    });

    test("a namespace with another owner", async () => {
      proxy.lie(
        "/v1/namespaces?",
        changeJson<{ namespaces: { owners: string[] }[] }>((list) =>
          list.namespaces[0]?.owners.push("eve"),
        ),
      );
      expect(codesOf(await audit())).toEqual(["audit_namespace_changed"]);
    });

    test("a leaf that was changed in its bundle", async () => {
      proxy.lie("/v1/log/tile/entries/", (body) =>
        Buffer.from(body.toString("latin1").replace("publish", "forced "), "latin1"),
      );
      const { code, stdout } = await line.backbar("log", "audit", "--json");
      expect(code).toBe(1);
      expect(stdout).toMatch(/tlog_leaf|audit_leaf_dropped|tlog_bundle_form/);
    });

    test("an envelope that is hidden, and one that is another", async () => {
      const fresh = await open(server.token);
      const own = async () => (await fresh.json("log", "audit")) as AuditJson;
      proxy.lie("/v1/log/envelopes/", () => undefined);
      expect(codesOf(await own())).toContain("audit_envelope_hidden");
      proxy.repent();
      proxy.lie("/v1/log/envelopes/", () => "e30.e30.e30");
      expect(codesOf(await own())).toContain("audit_envelope_changed");
    });
  });
});
