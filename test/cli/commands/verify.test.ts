import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatNoteKey, noteKey } from "../../../src/core/tlog/note-key.js";
import { formatPublicKey } from "../../../src/core/trust/keys.js";
import { cache, labels, release, startWith } from "../../helpers/recipes.js";
import { makeKey, type TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";
import { openCommandLine } from "../command-line.js";

interface Verified {
  readonly subject: string;
  readonly verified: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly outcome: string;
    readonly code?: string;
  }[];
}

/** Evidence as far as it is damaged here. */
interface EvidenceJson {
  readonly keySet: string;
  readonly checkpoint: string;
  readonly pointer: string;
  readonly subject: object;
  readonly release: {
    readonly signed: string;
    readonly index: number;
    readonly hashes: [string, ...string[]];
  };
  readonly versions: [VersionJson, ...VersionJson[]];
  readonly blobs: Record<string, string>;
}

interface VersionJson {
  readonly record: string;
  readonly bundles: string[];
  readonly hashes: string[];
}

describe.each(STORES)("backbar verify on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [cache("1.0.0"), cache("1.1.0"), labels()]);
    await release(server, "local", [
      { recipe: "acme/cache", range: "^1.0.0" },
      { recipe: "acme/labels", range: "*" },
    ]);
  });
  afterAll(() => server?.close());

  const at = (server: string, now: () => Date) =>
    openCommandLine({ env: { BACKBAR_SERVER: server }, now });
  const online = () => at(server.url, () => server.clock.now());
  /** Where no registry is: nothing that it serves can help. */
  const offline = (now: () => Date = () => server.clock.now()) => {
    const { fingerprint } = server.registry.keys.root.publicKey;
    return openCommandLine({
      env: { BACKBAR_SERVER: "http://127.0.0.1:1", BACKBAR_ROOT: fingerprint },
      now,
    });
  };

  test.each(["acme/cache@1.0.0", "local", "local@1"])(
    "verifies %s, and offline",
    async (subject) => {
      const line = await online();
      const verified = (await line.json("verify", subject)) as Verified;
      expect(verified.checks.filter(({ outcome }) => outcome === "failed")).toEqual([]);
      expect(verified).toMatchObject({ subject, verified: true });

      const { stdout } = await line.backbar("bundle", subject);
      const away = await offline();
      await away.put("evidence.json", stdout);
      const { code, stdout: said } = await away.backbar("verify", "--bundle", "evidence.json");
      expect(said).toContain(`${subject} is verified`);
      expect(said).not.toContain("FAILED");
      expect(code).toBe(0);
    },
  );

  test("needs a subject that is there", async () => {
    const line = await online();
    expect((await line.backbar("verify")).code).toBe(2);
    expect((await line.backbar("verify", "acme/cache")).stderr).toContain("names no version");
    expect((await line.backbar("verify", "acme/cache@9.9.9")).stderr).toContain("9.9.9");
    expect((await line.backbar("verify", "nowhere")).code).toBe(1);
  });

  test("says which check a file that was changed fails", async () => {
    const line = await online();
    const text = (await line.backbar("bundle", "local")).stdout;
    const version = (await line.backbar("bundle", "acme/cache@1.0.0")).stdout;
    const away = await offline();
    const failures = async (change: (evidence: EvidenceJson) => void, ...flags: string[]) => {
      const evidence = JSON.parse(text);
      change(evidence);
      await away.put("evidence.json", JSON.stringify(evidence));
      const { checks, verified } = (await away.json(
        ...["verify", "--bundle", "evidence.json", ...flags],
      )) as Verified;
      expect(verified).toBe(checks.every(({ outcome }) => outcome !== "failed"));
      return checks.filter(({ outcome }) => outcome === "failed").map(({ code }) => code);
    };
    expect(await failures(() => undefined)).toEqual([]);
    const flip = (base64: string) => `${base64[0] === "A" ? "B" : "A"}${base64.slice(1)}`;
    const [digest = ""] = Object.keys(JSON.parse(text).blobs);
    const rows: readonly [string, (evidence: EvidenceJson) => void][] = [
      ["root_chain", (e) => Object.assign(e, { root: otherRoot() })],
      ["signed_signature", (e) => Object.assign(e, { keySet: damageJws(e.keySet) })],
      [
        "tlog_note_signature",
        (e) => Object.assign(e, { checkpoint: e.checkpoint.replace(/\n(\d+)\n/, "\n999\n") }),
      ],
      ["signed_signature", (e) => Object.assign(e, { pointer: damageJws(e.pointer) })],
      [
        "tlog_root_mismatch",
        (e) => Object.assign(e.release, { signed: damageJws(e.release.signed) }),
      ],
      ["tlog_root_mismatch", (e) => Object.assign(e.release, { index: e.release.index - 1 })],
      ["tlog_root_mismatch", (e) => e.release.hashes.splice(0, 1, flip(e.release.hashes[0]))],
      ["tlog_proof_length", (e) => e.release.hashes.pop()],
      ["tlog_root_mismatch", (e) => Object.assign(e.versions[0], { index: 0 })],
      ["tlog_root_mismatch", (e) => e.versions[0].hashes.reverse()],
      [
        "signed_signature",
        (e) => Object.assign(e.versions[0], { record: damageJws(e.versions[0].record) }),
      ],
      ["oci_blob_missing", (e) => delete e.blobs[digest]],
      ["oci_blob_size", (e) => Object.assign(e.blobs, { [digest]: "AAAA" })],
      ["bundle_signature", (e) => e.versions[0].bundles.splice(0)],
      [
        "audit_record",
        (e) => e.versions[0].bundles.splice(0, 1, JSON.parse(version).versions[0].bundles[0]),
      ],
      ["audit_chain", (e) => e.versions.pop()],
      ["audit_subject", (e) => Object.assign(e.subject, { environment: "other" })],
      [
        "audit_record",
        (e) => e.versions.splice(0, 1, { ...JSON.parse(version).versions[0], version: "1.1.0" }),
      ],
    ];
    for (const [code, change] of rows) {
      expect([code, await failures(change)]).toEqual([code, expect.arrayContaining([code])]);
    }
  });

  test("refuses what is no evidence", async () => {
    const line = await online();
    const text = (await line.backbar("bundle", "acme/cache@1.0.0")).stdout;
    const away = await offline();
    const refusal = async (content: string) => {
      await away.put("evidence.json", content);
      return (await away.backbar("verify", "--bundle", "evidence.json", "--json")).stdout;
    };
    const evidence = JSON.parse(text);
    for (const content of [
      "",
      "{}",
      "[]",
      text.slice(1),
      JSON.stringify({ ...evidence, backbarEvidence: 2 }),
      JSON.stringify({ ...evidence, more: 1 }),
      JSON.stringify({ ...evidence, subject: { kind: "everything" } }),
      JSON.stringify({ ...evidence, blobs: { x: "AAAA" } }),
      JSON.stringify({ ...evidence, versions: undefined }),
    ]) {
      expect(JSON.parse(await refusal(content))).toMatchObject({
        error: { code: "audit_evidence_form" },
      });
    }
    expect(await line.backbar("verify", "--bundle", "nothing.json")).toMatchObject({ code: 1 });
  });

  test("refuses a bundle that is too old: its log, and its pointer", async () => {
    const text = (await (await online()).backbar("bundle", "local")).stdout;
    const later = (hours: number) => () =>
      new Date(server.clock.now().getTime() + hours * 3_600_000);
    const codesAfter = async (hours: number, ...flags: string[]) => {
      const away = await offline(later(hours));
      await away.put("evidence.json", text);
      const said = (await away.json("verify", "--bundle", "evidence.json", ...flags)) as Verified;
      return said.checks.flatMap(({ code }) => code ?? []);
    };
    expect(await codesAfter(23)).toEqual([]);
    expect(await codesAfter(25)).toEqual(["audit_stale", "pointer_expired"]);
    expect(await codesAfter(25, "--max-age", "2d")).toEqual(["pointer_expired"]);
    expect(await codesAfter(-1)).toContain("audit_stale");
  });

  test("wants the witnesses that are named, or as many of them as the quorum says", async () => {
    const witness = formatNoteKey(
      noteKey("w.example.com", "cosignature", makeKey("Ed25519").publicKey),
    );
    const line = await online();
    const codes = async (...flags: string[]) =>
      ((await line.json("verify", "local", ...flags)) as Verified).checks.flatMap(
        ({ code }) => code ?? [],
      );
    expect(await codes("--witness", witness)).toEqual(["audit_witnesses"]);
    expect(await line.backbar("verify", "local", "--quorum", "1")).toMatchObject({ code: 2 });
    expect(await line.backbar("verify", "local", "--witness", "x")).toMatchObject({ code: 2 });
    expect(await line.backbar("verify", "local", "--max-age", "soon")).toMatchObject({ code: 2 });
  });
});

/** Another root key, which signed nothing here. */
function otherRoot(): string {
  return formatPublicKey(makeKey().publicKey);
}

/** The JWS with another signature. */
function damageJws(jws: string): string {
  const [head, payload, signature = ""] = jws.split(".");
  return [head, payload, `${signature[0] === "A" ? "B" : "A"}${signature.slice(1)}`].join(".");
}
