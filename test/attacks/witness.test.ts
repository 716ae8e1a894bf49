import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openCheckpoint } from "../../src/core/tlog/checkpoint.js";
import { parseCheckpoint } from "../../src/core/tlog/checkpoint-text.js";
import { checkSameSize } from "../../src/core/tlog/fork.js";
import { formatNote, parseNote } from "../../src/core/tlog/note.js";
import { formatNoteKey, type NoteKey, noteKey } from "../../src/core/tlog/note-key.js";
import { signNote } from "../../src/core/tlog/note-signature.js";
import { localSigner } from "../../src/core/trust/signer.js";
import { checkStart, publishCheckpoint } from "../../src/flows/checkpoint.js";
import { noteOf } from "../../src/flows/checkpoints.js";
import type { OwnWitness } from "../../src/flows/witness.js";
import { askWitnesses, type KnownWitness, type Outcome } from "../../src/flows/witnesses.js";
import { readWitnesses, readWitnessLogs } from "../../src/witness-files.js";
import { post } from "../../src/witness-setup.js";
import { RESTORABLE, type RestorableStore } from "../helpers/backups.js";
import { refusalOf } from "../helpers/environments.js";
import { checkServedLog, grow, logKeys, servedCheckpoint } from "../helpers/log.js";
import { makeKey, makeKeys, serveStore, type TestServer } from "../helpers/server.js";
import { emptyFolder } from "../process/service-process.js";

/** A registry that is a witness and has witnesses, both told later. */
async function serve(name: string, database: RestorableStore, keys = makeKeys()) {
  const logs = new Map<string, NoteKey[]>();
  const witness: OwnWitness = { name, signer: localSigner(makeKey("Ed25519")), logs };
  const witnesses: KnownWitness[] = [];
  const dataDir = await emptyFolder();
  const store = await database.open();
  const server = await serveStore(store, keys, { dataDir, witness, witnesses });
  onTestFinished(async () => {
    await server.close();
    await store.close();
  });
  return { server, keys, logs, witness, witnesses };
}
type Served = Awaited<ReturnType<typeof serve>>;

/** `log` asks `by` to cosign. */
async function witnessedBy(log: Served, by: Served): Promise<Map<Outcome, number>> {
  const { origin, logKeys: keys } = await logKeys(log.server);
  by.logs.set(origin, keys);
  const outcomes = new Map<Outcome, number>();
  const key = noteKey(by.witness.name, "cosignature", by.witness.signer.publicKey);
  const ask = (body: string) => post(`${by.server.url}/witness/add-checkpoint`, body);
  log.witnesses.push({ key, ask, outcomes });
  return outcomes;
}

const publishAndAsk = async ({ registry }: TestServer) =>
  askWitnesses(registry, await publishCheckpoint(registry));

describe.each(RESTORABLE)("attack 17: a split view on $name", (kind) => {
  const serveNew = async (name: string) => serve(name, await kind.make());

  test("two registries witness each other, and serve each other's cosignatures", async () => {
    const [one, two] = [await serveNew("witness.one"), await serveNew("witness.two")];
    await witnessedBy(one, two);
    await witnessedBy(two, one);
    for (const leaves of [3, 300]) {
      for (const log of [one, two]) {
        await grow(log.server, leaves);
        await publishAndAsk(log.server);
        const [known] = log.witnesses;
        const { note } = await servedCheckpointWith(log.server);
        const policy = await logKeys(log.server);
        const opened = openCheckpoint(note, { ...policy, cosigners: known ? [known.key] : [] });
        expect(opened.signatures.map(({ key }) => key.name)).toContain(known?.key.name);
        expect(known?.outcomes.get("conflict")).toBeUndefined();
      }
    }
    expect((await one.server.call("/metrics")).text).toContain(
      'backbar_witness_requests_total{witness="witness.two",outcome="cosigned"} 2',
    );
  });

  test("the fork of a registry is refused, and both checkpoints are told as proof", async () => {
    const witness = await serveNew("witness.one");
    const database = await kind.make();
    const seed = await database.open();
    const keys = makeKeys();
    const first = await serveStore(seed, keys);
    await grow(first, 4);
    await first.close();
    await seed.close();
    const forked = await database.copy();
    const [log, fork] = [await serve("a", database, keys), await serve("b", forked, keys)];
    const outcomes = await witnessedBy(log, witness);
    const forkOutcomes = await witnessedBy(fork, witness);
    await grow(log.server, 1);
    await grow(fork.server, 1);
    await publishAndAsk(log.server);
    expect([...outcomes]).toEqual([["cosigned", 1]]);

    await publishAndAsk(fork.server);
    expect([...forkOutcomes]).toEqual([["conflict", 1]]);
    expect(fork.server.registry.condition.reason).toMatch(/5 leaves.*witness.one saw another/);
    expect(log.server.registry.condition.reason).toBeUndefined();

    const answer = (await witness.server.call("/witness/forks")).json<{
      forks: { origin: string; notes: string[] }[];
    }>();
    const policy = await logKeys(log.server);
    expect(answer.forks.map(({ origin }) => origin)).toEqual([policy.origin]);
    const [a, b] = (answer.forks[0]?.notes ?? []).map((note) => openCheckpoint(note, policy));
    if (a === undefined || b === undefined) throw new TypeError("a proof has two notes");
    expect(() => checkSameSize(a, b)).toThrow(expect.objectContaining({ code: "tlog_fork" }));
    // Of another size it is refused as well, by the proof.
    await grow(log.server, 1);
    await publishAndAsk(log.server);
    fork.server.registry.condition.allowWrites();
    await grow(fork.server, 2);
    await publishAndAsk(fork.server);
    expect(forkOutcomes.get("conflict")).toBe(2);
    await checkServedLog(log.server);
  });

  test("an old backup is noticed at start by a witness that has seen more", async () => {
    const witness = await serveNew("witness.one");
    const database = await kind.make();
    const [seed, keys] = [await database.open(), makeKeys()];
    const first = await serveStore(seed, keys);
    await grow(first, 4);
    await first.close();
    await seed.close();
    const old = await database.copy();
    const log = await serve("a", database, keys);
    await witnessedBy(log, witness);
    await grow(log.server, 3);
    await publishAndAsk(log.server);

    const restored = await serve("b", old, keys);
    await witnessedBy(restored, witness);
    await checkStart(restored.server.registry);
    expect(restored.server.registry.condition.reason).toMatch(/has 4 leaves.*has seen 7/);
    const reply = await restored.server.admin("/v1/log/recovery", {
      method: "POST",
      body: { reason: "restored" },
    });
    expect(reply.status).toBe(200);
    // The witness does not know the new name yet, and holds nothing up.
    await publishAndAsk(restored.server);
    expect(restored.witnesses[0]?.outcomes.get("refused")).toBe(1);
    expect(await checkServedLog(restored.server)).toHaveLength(5);
  });

  test("a witness that is away, or answers nonsense, holds nothing up", async () => {
    const log = await serveNew("a");
    const other = noteKey("w", "cosignature", makeKey("Ed25519").publicKey);
    const answers = [
      async () => Promise.reject(new Error("away")),
      async () => ({ status: 200, body: "— w AAAA\n" }),
      async () => ({ status: 200, body: "" }),
      async () => ({ status: 409, body: "many\n" }),
      async () => ({ status: 500, body: "" }),
    ];
    for (const ask of answers) {
      log.witnesses.push({ key: other, ask, outcomes: new Map() });
    }
    await grow(log.server, 2);
    await publishAndAsk(log.server);
    expect((await servedCheckpoint(log.server)).checkpoint.size).toBe(2);
    expect(log.server.registry.condition.reason).toBeUndefined();
  });

  test("the witness answers as C2SP tlog-witness says", async () => {
    const [log, by] = [await serveNew("a"), await serveNew("witness.one")];
    await witnessedBy(log, by);
    await grow(log.server, 3);
    const note = noteOf(await publishCheckpoint(log.server.registry));
    const ask = (body: string) =>
      by.server.call("/witness/add-checkpoint", { method: "POST", body });
    const { text } = parseNote(note);
    const checkpoint = parseCheckpoint(text);
    const forged = formatNote({
      text,
      signatures: [await signNote(text, checkpoint.origin, localSigner(makeKey("Ed25519")))],
    });
    const hash = Buffer.alloc(32).toString("base64");
    for (const { body, status } of [
      { body: "", status: 400 },
      { body: `old 0\n${note}`, status: 400 },
      { body: `old 4\n\n${note}`, status: 400 },
      { body: `old 0\n\n${note.replace(checkpoint.origin, "other/log")}`, status: 404 },
      { body: `old 0\n\n${forged}`, status: 403 },
      { body: `old 0\n${hash}\n\n${note}`, status: 422 },
    ]) {
      expect([body, (await ask(body)).status]).toEqual([body, status]);
    }
    const early = await ask(`old 2\n\n${note}`);
    expect([early.status, early.text, early.headers["content-type"]]).toEqual([
      409,
      "0\n",
      "text/x.tlog.size",
    ]);
    const [first, ...others] = await Promise.all(
      Array.from({ length: 8 }, () => ask(`old 0\n\n${note}`)),
    );
    // One was first; to the others the witness has a size.
    const statuses = [first, ...others].map((reply) => reply?.status).sort();
    expect(statuses).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
    expect((await ask(`old 3\n\n${note}`)).status).toBe(200);
    expect(refusalOf(await ask(`old 3\n${hash}\n\n${note}`)).code).toBe("witness_proof");
  });
});

/** The newest note as it is served, with whatever cosignatures it has. */
async function servedCheckpointWith(server: TestServer) {
  const reply = await server.call("/v1/log/checkpoint");
  expect(reply.status).toBe(200);
  return { note: reply.text };
}

describe("the files of witnesses and logs", () => {
  const { publicKey } = makeKey("Ed25519");
  const witness = formatNoteKey(noteKey("w.example/1", "cosignature", publicKey));
  const log = formatNoteKey(noteKey("backbar/1", "note", publicKey));

  const fileOf = async (text: string) => {
    const file = path.join(await emptyFolder(), "list");
    await writeFile(file, text);
    return file;
  };

  test("name keys, URLs and origins", async () => {
    const file = await fileOf(`# ours\n\n${witness} https://w.example/backbar/\n`);
    expect(await readWitnesses(file)).toMatchObject([{ url: "https://w.example/backbar" }]);
    const logs = await readWitnessLogs(await fileOf(`${log}\nother/1 ${log}\n`));
    expect([...logs.keys()]).toEqual(["backbar/1", "other/1"]);
  });

  test.each([
    { name: "no URL", text: witness },
    { name: "another protocol", text: `${witness} ftp://w.example` },
    { name: "a log's key", text: `${log} https://w.example` },
    { name: "no key", text: "w.example https://w.example" },
    { name: "a name twice", text: `${witness} https://a.example\n${witness} https://b.example` },
  ])("are refused with $name", async ({ text }) => {
    await expect(readWitnesses(await fileOf(text))).rejects.toMatchObject({
      code: "server_witnesses",
    });
  });

  test("are refused with a witness's key for a log, or where they are not there", async () => {
    const file = await fileOf(witness);
    await expect(readWitnessLogs(file)).rejects.toMatchObject({ code: "server_witnesses" });
    await rm(file);
    await expect(readWitnessLogs(file)).rejects.toMatchObject({ code: "server_witnesses" });
  });
});
