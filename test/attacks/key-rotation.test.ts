import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { isNotNull } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RegistryTrust, readTrust, readVerifiedRelease } from "../../src/client/catalog.js";
import { openKeySet, signKeySet } from "../../src/core/trust/key-set.js";
import { formatPublicKey } from "../../src/core/trust/keys.js";
import {
  checkPointer,
  openPointer,
  releaseDigest,
  signPointer,
  signRelease,
} from "../../src/core/trust/release-signature.js";
import { localSigner } from "../../src/core/trust/signer.js";
import { readKeySet, renewKeySet } from "../../src/flows/identity.js";
import type { Registry } from "../../src/flows/registry.js";
import { revokeKey, rotateKey, rotateRoot } from "../../src/flows/rotate-key.js";
import { publisherKeys, signingKeys } from "../../src/store/schema.js";
import { type CommandLine, commandLineIn, openCommandLine } from "../cli/command-line.js";
import { sendJson, serve } from "../client/loopback-server.js";
import { cache, release, startWith } from "../helpers/recipes.js";
import { makeKey, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const newSigner = (purpose?: "release" | "checkpoint") =>
  localSigner(makeKey(purpose === "checkpoint" ? "Ed25519" : "ES256"));

async function startReleased(kind: (typeof STORES)[number]): Promise<TestServer> {
  const server = await startWith(kind, [cache()]);
  await release(server, "staging", [{ recipe: "acme/cache", range: "*" }]);
  return server;
}

/** The service goes on with these keys, as after a restart. */
function restart({ registry }: TestServer, keys: Partial<Registry["keys"]>): void {
  Object.assign(registry, { keys: { ...registry.keys, ...keys } });
}

async function catalog(server: TestServer) {
  return (await server.call("/v1/environments/staging/catalog")).json<{
    pointer: string;
    release: string;
  }>();
}

describe.each(STORES)("attack 22: key rotation with cached clients, on $name", (kind) => {
  let server: TestServer;
  let before: RegistryTrust;
  let cached: { pointer: string };
  beforeAll(async () => {
    server = await startReleased(kind);
    before = await readTrust(server.client);
    cached = await catalog(server);
  });
  afterAll(() => server?.close());

  const pull = (trust: RegistryTrust) =>
    readVerifiedRelease(server.client, "staging", trust, { now: server.clock.now() });
  const openCached = async () => {
    const { keySet } = await readTrust(server.client);
    return openPointer(cached.pointer, keySet.release, server.clock.now());
  };

  test("overlap is accepted, a removed key is refused", async () => {
    const old = server.registry.keys.release;
    const next = newSigner();
    await rotateKey(server.registry, "release", next);
    // A process that was not restarted serves and cuts on, to clients old and new.
    await release(server, "late", [{ recipe: "acme/cache", range: "*" }]);
    for (const trust of [before, await readTrust(server.client)]) await pull(trust);

    restart(server, { release: next });
    await release(server, "later", [{ recipe: "acme/cache", range: "*" }]);
    await pull(await readTrust(server.client));
    await openCached();

    server.clock.advance({ hours: 49 });
    await expect(openCached()).rejects.toMatchObject({ code: "key_expired" });
    // The pointer was signed anew; the release itself is by the old key, in its time.
    await pull(await readTrust(server.client));

    const { fingerprint } = old.publicKey;
    await revokeKey(server.registry, { purpose: "release", fingerprint, reason: "stolen" });
    await expect(openCached()).rejects.toMatchObject({ code: "key_revoked" });
    await pull(await readTrust(server.client));
  });

  test("a process with the old key stops signing before its signatures would outlive it", async () => {
    const [old, next] = [server.registry.keys.release, newSigner()];
    await rotateKey(server.registry, "release", next);
    const change = (name: string) =>
      server.admin(`/v1/namespaces/${name}`, { method: "PUT", body: {} });
    expect((await change("overlap")).status).toBe(200);
    server.clock.advance({ hours: 25 });
    expect((await change("outlived")).json()).toMatchObject({
      status: 503,
      code: "signing_key_replaced",
    });
    expect((await server.call("/v1/recipes/acme/cache/versions/1.0.0")).status).toBe(200);
    restart(server, { release: next });
    expect((await change("outlived")).status).toBe(200);
    await pull(await readTrust(server.client));
    const { fingerprint } = old.publicKey;
    const at = server.clock.now();
    await revokeKey(server.registry, { purpose: "release", fingerprint, reason: "stolen", at });
    restart(server, { release: old });
    expect((await change("revoked")).json()).toMatchObject({ code: "signing_key_replaced" });
    restart(server, { release: next });
    // Pointers by the revoked key are signed anew at once.
    await pull(await readTrust(server.client));
  });

  test("what a stolen key signed since then is cut anew", async () => {
    const stolen = server.registry.keys.release;
    server.clock.advance({ hours: 1 });
    const at = server.clock.now();
    await release(server, "doubtful", [{ recipe: "acme/cache", range: "*" }]);
    server.clock.advance({ hours: 1 });
    const next = newSigner();
    await rotateKey(server.registry, "release", next);
    restart(server, { release: next });
    const { fingerprint } = stolen.publicKey;
    await revokeKey(server.registry, { purpose: "release", fingerprint, reason: "stolen", at });
    const read = async () =>
      readVerifiedRelease(server.client, "doubtful", await readTrust(server.client), {
        now: server.clock.now(),
      });
    await expect(read()).rejects.toMatchObject({ code: "key_revoked" });
    const cut = await server.admin("/v1/environments/doubtful/releases", { method: "POST" });
    expect(cut.status).toBe(201);
    expect((await read()).release.number).toBe(2);
  });
});

describe.each(STORES)("attack 22: an audit after keys were replaced, on $name", (kind) => {
  let server: TestServer;
  let line: CommandLine;
  beforeAll(async () => {
    server = await startReleased(kind);
    // It is there as long as the memory in it has to be.
    line = commandLineIn(await mkdtemp(path.join(tmpdir(), "backbar-")), {
      env: {
        BACKBAR_SERVER: server.url,
        BACKBAR_ROOT: server.registry.keys.root.publicKey.fingerprint,
        BACKBAR_TOKEN: server.token,
      },
      now: server.clock.now,
    });
  });
  afterAll(async () => {
    await server?.close();
    if (line !== undefined) await rm(line.folder, { recursive: true, force: true });
  });

  const audit = async () => {
    const found = (await line.json("log", "audit", "--full")) as {
      findings: { code: string }[];
      checks: { outcome: string; code?: string }[];
    };
    const failed = found.checks.filter(({ outcome }) => outcome === "failed");
    return [...new Set([...failed, ...found.findings].map(({ code }) => code))];
  };
  const checkAll = async () => {
    expect(await audit()).toEqual([]);
    for (const subject of ["acme/cache@1.0.0", "staging", "staging@1"]) {
      const { code, stdout } = await line.backbar("verify", subject);
      expect([subject, code, stdout]).toEqual([subject, 0, expect.stringContaining("verified")]);
    }
  };

  test("finds nothing: each key is judged by what held then", async () => {
    await checkAll();
    for (const purpose of ["release", "checkpoint"] as const) {
      const [old, next] = [server.registry.keys[purpose].publicKey, newSigner(purpose)];
      await rotateKey(server.registry, purpose, next);
      expect(await audit()).toEqual([]);
      restart(server, { [purpose]: next });
      await release(server, `by-next-${purpose}`, [{ recipe: "acme/cache", range: "*" }]);
      server.clock.advance({ hours: 49 });
      expect(await audit()).toEqual([]);
      const { fingerprint } = old;
      await revokeKey(server.registry, { purpose, fingerprint, reason: "backup tape lost" });
      await checkAll();
    }
    const root = newSigner();
    await rotateRoot(server.registry, root);
    restart(server, { root });
    await checkAll();
    server.clock.advance({ hours: 1 });
    const { fingerprint } = server.publisher.publicKey;
    const revoked = await server.admin(`/v1/namespaces/acme/keys/${fingerprint}/revoke`, {
      method: "POST",
      body: { reason: "laptop stolen" },
    });
    expect([revoked.status, revoked.text]).toEqual([200, expect.any(String)]);
    await checkAll();
  });

  test("finds what a root signs of keys and the log does not say", async () => {
    const { db } = server.registry;
    const sign = () => server.registry.db.transaction((tx) => renewKeySet(server.registry, tx));
    const rows = await db.select().from(signingKeys);
    const auditAfter = async (change: () => Promise<unknown>) => {
      await change();
      await sign();
      const codes = await audit();
      await db.delete(signingKeys);
      await db.insert(signingKeys).values(rows);
      await sign();
      return codes;
    };
    const revoked = isNotNull(signingKeys.revokedAt);
    const [row] = rows.filter((one) => one.purpose === "release" && one.revokedAt !== null);
    if (row === undefined) throw new TypeError("no key is revoked");
    const { publicKey } = makeKey();
    const stranger = { publicKey: formatPublicKey(publicKey), fingerprint: publicKey.fingerprint };
    const unlogged = ["audit_key_unlogged"];
    expect(await auditAfter(() => db.insert(signingKeys).values({ ...row, ...stranger }))).toEqual(
      unlogged,
    );
    expect(
      await auditAfter(() => db.update(signingKeys).set({ revokedAt: null }).where(revoked)),
    ).toEqual(unlogged);
    const until = new Date("2040-01-01T00:00:00Z");
    expect(await auditAfter(() => db.update(signingKeys).set({ until }).where(revoked))).toEqual(
      unlogged,
    );
    expect(await auditAfter(() => db.delete(signingKeys).where(revoked))).toContain(
      "audit_key_hidden",
    );
    expect(await audit()).toEqual([]);
    await db.update(publisherKeys).set({ revokedAt: null, revokedReason: null });
    await sign();
    expect(await audit()).toContain("audit_key_unlogged");
  });
});

describe.each(STORES)("attack 16: fast-forward, then recovery, on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startReleased(kind);
  });
  afterAll(() => server?.close());

  /** The registry behind an attacker who answers these paths instead. */
  async function behindAttacker(lies: Map<string, unknown>) {
    const { url } = await serve(async ({ url: path }, response) => {
      const lie = lies.get(path.split("?")[0] ?? "");
      if (lie !== undefined) return sendJson(response, 200, lie);
      const reply = await server.call(path);
      response.writeHead(reply.status, { "content-type": reply.headers["content-type"] });
      response.end(reply.bytes);
    });
    const line = await openCommandLine({ now: server.clock.now });
    expect(await line.backbar("login", url)).toMatchObject({ code: 0 });
    return line;
  }
  const pullOut = ["pull", "staging", "--target", "compose", "--out", "pulled"];

  test("the highest number there is is refused", async () => {
    const { pointer } = await catalog(server);
    const { release: key } = server.registry.keys;
    const now = server.clock.now();
    const { signedBy: _by, ...honest } = await openPointer(pointer, key.publicKey, now);
    const highest = await signPointer({ ...honest, number: Number.MAX_SAFE_INTEGER }, key);
    await expect(openPointer(highest, key.publicKey, now)).rejects.toMatchObject({
      code: "signed_payload",
    });
    const ahead = { ...honest, number: 1_000_000_000 };
    expect(() => checkPointer(ahead, { environment: "staging", now, seenNumber: 1 })).toThrow(
      expect.objectContaining({ code: "number_jump" }),
    );
  });

  test("a number by a stolen release key is forgotten once the key is revoked", async () => {
    const stolen = server.registry.keys.release;
    const lies = new Map<string, unknown>();
    const { backbar } = await behindAttacker(lies);
    const honest = await backbar(...pullOut);
    expect(honest).toMatchObject({ code: 0 });

    const { release: signed, pointer } = await catalog(server);
    const { openRelease } = await import("../../src/core/trust/release-signature.js");
    const document = await openRelease(signed, stolen.publicKey);
    const now = server.clock.now();
    const { signedBy: _by, ...truth } = await openPointer(pointer, stolen.publicKey, now);
    const number = 900_000;
    const previous = releaseDigest(signed);
    const forged = await signRelease({ ...document, number, previous }, stolen);
    const lie = { ...truth, number, release: releaseDigest(forged) };
    lies.set("/v1/environments/staging/catalog", {
      pointer: await signPointer(lie, stolen),
      release: forged,
    });
    await backbar(...pullOut);
    lies.clear();
    expect((await backbar(...pullOut)).stderr).toContain("release 900000 has been seen");

    server.clock.advance({ hours: 1 });
    const next = newSigner();
    await rotateKey(server.registry, "release", next);
    restart(server, { release: next });
    const { fingerprint } = stolen.publicKey;
    await revokeKey(server.registry, { purpose: "release", fingerprint, reason: "stolen" });
    expect(await backbar(...pullOut)).toMatchObject({ code: 0 });
  });

  test("a key set by a stolen root is forgotten once the root is replaced", async () => {
    const stolen = server.registry.keys.root;
    const lies = new Map<string, unknown>();
    const { backbar, json } = await behindAttacker(lies);
    const discovery = (await server.call("/.well-known/backbar.json")).json<object>();
    const keySet = await openKeySet(await readKeySet(server.registry), stolen.publicKey);
    const ahead = await signKeySet({ ...keySet, number: 900_000 }, stolen);
    lies.set("/.well-known/backbar.json", { ...discovery, keySet: ahead });
    expect(await backbar(...pullOut)).toMatchObject({ code: 0 });
    lies.clear();
    expect(await json(...pullOut)).toMatchObject({ error: { code: "key_set" } });

    const next = newSigner();
    await rotateRoot(server.registry, next);
    restart(server, { root: next });
    const pulled = await backbar(...pullOut);
    expect(pulled).toMatchObject({ code: 0 });
    expect(pulled.stderr).toContain(`${next.publicKey.fingerprint} follows`);
    const { contexts } = (await json("context", "list")) as { contexts: { root: string }[] };
    expect(contexts).toMatchObject([{ root: next.publicKey.fingerprint }]);
    expect((await backbar(...pullOut)).stderr).not.toContain("follows");
  });

  test("a root that nobody signed for is refused", async () => {
    const lies = new Map<string, unknown>();
    const { json } = await behindAttacker(lies);
    const discovery = (await server.call("/.well-known/backbar.json")).json<{
      rootChain: object[];
    }>();
    const other = newSigner();
    const keySet = await openKeySet(
      await readKeySet(server.registry),
      server.registry.keys.root.publicKey,
    );
    lies.set("/.well-known/backbar.json", {
      ...discovery,
      root: { publicKey: formatPublicKey(other.publicKey) },
      keySet: await signKeySet({ ...keySet, number: keySet.number + 1 }, other),
      rootChain: [...discovery.rootChain, {}, { byOld: "e30.e30.AA", byNew: "e30.e30.AA" }],
    });
    expect(await json(...pullOut)).toMatchObject({ error: { code: "client_root" } });
  });
});
