/**
 * What a client makes of a registry that is not honest with it, though all that it shows was once
 * validly signed: something older, something that stands still, parts of different times, and another
 * history.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openCheckpoint } from "../../src/core/tlog/checkpoint.js";
import { checkSameSize } from "../../src/core/tlog/fork.js";
import { localSigner } from "../../src/core/trust/signer.js";
import { rotateKey } from "../../src/flows/rotate-key.js";
import type { OpenStore } from "../../src/store/db.js";
import { settings } from "../../src/store/schema.js";
import { type CommandLine, commandLineIn, openCommandLine } from "../cli/command-line.js";
import { logKeys } from "../helpers/log.js";
import { changeJson, startLyingProxy } from "../helpers/lying-proxy.js";
import { cache, labels, makeNamespace, publishAll, queue, release } from "../helpers/recipes.js";
import {
  makeKey,
  makeKeys,
  type ServerOptions,
  serveStore,
  startServer,
  type TestServer,
} from "../helpers/server.js";
import { STORES, type TestStore } from "../helpers/stores.js";

interface Said {
  readonly checks?: readonly { readonly outcome: string; readonly code?: string }[];
  readonly findings?: readonly { readonly code: string }[];
  readonly contradiction?: string;
  readonly error?: { readonly code: string };
}

/** All that was found wrong. */
const codesOf = ({ checks = [], findings = [], error }: Said): string[] => [
  ...(error === undefined ? [] : [error.code]),
  ...checks.flatMap(({ code }) => code ?? []),
  ...new Set(findings.map(({ code }) => code)),
];

const CATALOG = "/v1/environments/one/catalog";
const CHECKPOINT = "/v1/log/checkpoint";
const DISCOVERY = "/.well-known/backbar.json";
const PULL = ["pull", "one", "--target", "compose", "--out", "pulled"];

/** A registry with two releases of `one` behind a proxy that can lie, and an administrator's machine. */
async function startStage(kind: TestStore, options: ServerOptions = {}) {
  const server = await startServer(kind, options);
  await makeNamespace(server, "acme");
  await publishAll(server, [labels(), cache("1.0.0"), cache("1.1.0"), queue()]);
  await release(server, "one", [{ recipe: "acme/cache", range: "*" }]);
  const proxy = await startLyingProxy(server.url);
  // It is there as long as the memory in it has to be.
  const folder = await mkdtemp(path.join(tmpdir(), "backbar-"));
  const around = (token: string) => ({
    env: {
      BACKBAR_SERVER: proxy.url,
      BACKBAR_ROOT: server.registry.keys.root.publicKey.fingerprint,
      BACKBAR_TOKEN: token,
    },
    now: () => server.clock.now(),
  });
  return {
    server,
    proxy,
    /** The machine; with the token of another registry's administrator where one is given. */
    line: (token = server.token): CommandLine => commandLineIn(folder, around(token)),
    /** A machine that has seen nothing yet. */
    stranger: () => openCommandLine(around(server.token)),
    /** What is served now, for later. */
    record: async (path: string) => {
      const { bytes } = await server.admin(path);
      return () => proxy.lie(path, () => bytes);
    },
    close: async () => {
      await proxy.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Stage = Awaited<ReturnType<typeof startStage>>;

async function run(line: CommandLine, ...args: string[]): Promise<string[]> {
  return codesOf((await line.json(...args)) as Said);
}

describe.each(STORES)("what a client that remembers refuses on $name", (kind) => {
  let stage: Stage;
  let replay: { catalog: () => void; discovery: () => void; checkpoint: () => void };
  let before: { release: string };
  beforeAll(async () => {
    stage = await startStage(kind);
    const { record, server, line } = stage;
    before = (await server.call(CATALOG)).json();
    replay = {
      catalog: await record(CATALOG),
      discovery: await record(DISCOVERY),
      checkpoint: await record(CHECKPOINT),
    };
    await server.client.cutRelease("one").catch(() => undefined);
    await publishAll(server, [cache("1.2.0")]);
    await server.client.cutRelease("one");
    await makeNamespace(server, "late");
    for (const args of [PULL, ["verify", "one"], ["log", "audit"]]) {
      expect([args, await run(line(), ...args)]).toEqual([args, []]);
    }
  });
  afterEach(() => stage?.proxy.repent());
  afterAll(() => stage?.close());

  describe("attack 13: rollback", () => {
    test("an older pointer with its release", async () => {
      replay.catalog();
      expect(await run(stage.line(), ...PULL)).toEqual(["pointer_rollback"]);
      expect(await run(stage.line(), "log", "audit")).toEqual(["audit_release_rolled_back"]);
    });

    test("an older key set", async () => {
      replay.discovery();
      for (const args of [PULL, ["verify", "one"], ["log", "audit"]]) {
        expect([args, await run(stage.line(), ...args)]).toEqual([args, ["key_set"]]);
      }
    });

    test("an older checkpoint", async () => {
      replay.checkpoint();
      expect(await run(stage.line(), "log", "audit")).toContain("audit_leaf_dropped");
    });
  });

  test("attack 15: mix and match: parts of different times do not fit", async () => {
    const { proxy, line, server } = stage;
    const older = changeJson<object>((catalog) =>
      Object.assign(catalog, { release: before.release }),
    );
    proxy.lie(CATALOG, older);
    expect(await run(line(), ...PULL)).toEqual(["pointer_release"]);
    expect(await run(line(), "verify", "one")).toContain("audit_chain");
    expect(await run(line(), "log", "audit")).toEqual(["audit_release_changed"]);
    proxy.repent();

    // A new checkpoint by a key that the older key set lacks, and the other way round.
    const [oldKeys, oldCheckpoint] = [
      await stage.record(DISCOVERY),
      await stage.record(CHECKPOINT),
    ];
    const next = localSigner(makeKey("Ed25519"));
    await rotateKey(server.registry, "checkpoint", next);
    Object.assign(server.registry, { keys: { ...server.registry.keys, checkpoint: next } });
    await makeNamespace(server, "later");
    expect(await run(line(), "verify", "one")).toEqual([]);
    oldKeys();
    const fooled = await stage.stranger();
    expect(await run(fooled, "verify", "one")).toContain("tlog_note_signature");
    expect(await run(line(), "verify", "one")).toEqual(["key_set"]);
    proxy.repent();
    oldCheckpoint();
    // The old key may still sign; what came later is not under it.
    expect(await run(line(), "log", "audit")).not.toEqual([]);
    proxy.repent();
    expect(await run(line(), "log", "audit")).toEqual([]);
  });

  test("attack 14: freeze: what stands still is refused once it is old, and says since when", async () => {
    const { line, record, server } = stage;
    for (const freeze of [await record(CATALOG), await record(CHECKPOINT)]) freeze();
    expect(await run(line(), ...PULL)).toEqual([]);
    const since = server.clock.now();
    server.clock.advance({ hours: 25 });
    const { stderr } = await line().backbar(...PULL);
    expect(stderr).toContain(new Date(since.getTime() + 24 * 3_600_000).toISOString());
    expect(await run(line(), ...PULL)).toEqual(["pointer_expired"]);
    expect(await run(line(), "verify", "one")).toEqual(["audit_stale", "pointer_expired"]);
    const { stdout } = await line().backbar("verify", "one");
    expect(stdout).toContain(since.toISOString().slice(0, 19));
    expect(await run(line(), "log", "audit")).toEqual(["audit_stale", "audit_pointer"]);
  });
});

describe.each(STORES)("another history under the same name and keys on $name", (kind) => {
  const keys = makeKeys();
  let stage: Stage;
  let other: TestServer;
  let store: OpenStore;
  beforeAll(async () => {
    stage = await startStage(kind, { keys });
    const { server } = stage;
    const origin = await server.registry.db
      .select()
      .from(settings)
      .where(eq(settings.name, "log_origin"));
    store = await kind.open();
    await store.db.insert(settings).values(origin);
    other = { ...(await serveStore(store, keys)), publisher: server.publisher };
    await makeNamespace(other, "acme");
    await publishAll(other, [queue(), labels()]);
  });
  /** One more leaf, by an act that leaves the key set as it is. */
  const grow = async () => {
    const body = { reason: `for the ${await other.logSize()}th reason` };
    await other.admin("/v1/recipes/acme/queue/versions/1.0.0/yank", { method: "POST", body });
  };
  afterEach(() => stage?.proxy.repent());
  afterAll(async () => {
    await stage?.close();
    await other?.close();
    await store?.close();
  });
  const auditOther = async () => {
    const { line, proxy } = stage;
    expect(await run(line(), "log", "audit")).toEqual([]);
    proxy.divert("/", other.url);
    return (await line(other.token).json("log", "audit")) as Said;
  };

  test("attack 13: rollback: a log that lost leaves", async () => {
    const found = await auditOther();
    expect(codesOf(found)).toContain("audit_leaf_dropped");
    expect(found.contradiction).toMatch(/^log-contradiction-/);
  });

  test("attack 17: split view: both notes of one size are kept, and prove it", async () => {
    const size = await stage.server.logSize();
    while ((await other.logSize()) < size) await grow();
    const found = await auditOther();
    expect(codesOf(found)).toContain("audit_fork");
    const proof = await stage.line().read(found.contradiction ?? "");
    const policy = await logKeys(stage.server);
    const [one, two] = proof
      .split("=== contradicts ===\n\n")
      .map((note) => openCheckpoint(note.replace(/\n+$/, "\n"), policy));
    if (one === undefined || two === undefined) throw new TypeError("a proof has two notes");
    expect(() => checkSameSize(one, two)).toThrow(expect.objectContaining({ code: "tlog_fork" }));
  });
});
