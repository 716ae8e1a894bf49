/** Our trees and notes beside Go's (test/vectors/tlog). */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { formatNote, parseNote } from "../../../src/core/tlog/note.js";
import { formatNoteKey, noteKey, parseNoteKey } from "../../../src/core/tlog/note-key.js";
import { signNote, verifyNote } from "../../../src/core/tlog/note-signature.js";
import { proveConsistency, proveInclusion, rootAt } from "../../../src/core/tlog/proof.js";
import {
  edgeTiles,
  formatTile,
  levelWidth,
  nodesOfTile,
  type Tile,
} from "../../../src/core/tlog/tile.js";
import { formatTilePath, parseTilePath } from "../../../src/core/tlog/tile-path.js";
import { makePrivateKey } from "../../../src/core/trust/keys.js";
import { localSigner } from "../../../src/core/trust/signer.js";
import { buildLogOracle } from "../../oracle/build.js";
import { Peer } from "../../oracle/peer.js";
import { hex, leaves, nodesOfTree, readerOf } from "./tree.js";

const VECTORS = resolve("test/vectors/tlog/go.jsonl");
const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 31, 32, 33, 100, 255, 256, 257, 511, 512, 600, 1100];
const PATHS = [
  "tile/0/000",
  "tile/0/x001/x234/067",
  "tile/63/999.p/255",
  "tile/2/000.p/1",
  "tile/0/x000/001",
  "tile/0/00",
  "tile/0/0000",
  "tile/0/001/002",
  "tile/0/x001",
  "tile/00/000",
  "tile/0/000.p/0",
  "tile/0/000.p/01",
  "tile/0/000.p/256",
  "tile/0/000.p/",
];
const SEEDS = ["01".repeat(32), "f3".repeat(32)];
const TEXTS = ["log.example\n7\nAAAA\n", "text\n\nwith an empty line — and a dash\n", "\n"];

interface Question {
  readonly size?: number;
  readonly indexes?: readonly number[];
  readonly oldSizes?: readonly number[];
  readonly tile?: string;
  readonly sign?: string;
  readonly name?: string;
  readonly seed?: string;
  readonly note?: string;
  readonly keys?: readonly string[];
}

interface Answer {
  readonly tile?: Tile;
  readonly [field: string]: unknown;
}

/** What we make of a question, in the words of the answers. */
async function answerOf(question: Question): Promise<object> {
  if (question.tile !== undefined) {
    return refusable(async () => ({ tile: parseTilePath(question.tile ?? "") }));
  }
  if (question.sign !== undefined) {
    const { sign: text, name = "" } = question;
    const signer = signerOfSeed(question.seed ?? "");
    const key = formatNoteKey(noteKey(name, "note", signer.publicKey));
    return { key, note: formatNote({ text, signatures: [await signNote(text, name, signer)] }) };
  }
  if (question.note !== undefined) {
    return refusable(async () => {
      const note = parseNote(question.note ?? "");
      const verified = verifyNote(note, (question.keys ?? []).map(parseNoteKey));
      return { text: note.text, signedBy: verified.map(({ key }) => key.name) };
    });
  }
  return answerOfTree(question);
}

async function answerOfTree({ size = 0, indexes = [], oldSizes = [] }: Question): Promise<object> {
  const hashes = leaves(size);
  const reader = readerOf(hashes);
  const inclusion: Record<string, string[]> = {};
  for (const index of indexes) {
    inclusion[index] = (await proveInclusion(index, size, reader)).map(hex);
  }
  const consistency: Record<string, string[]> = {};
  for (const oldSize of oldSizes) {
    consistency[oldSize] = (await proveConsistency(oldSize, size, reader)).map(hex);
  }
  const tiles = allTiles(size).map((tile) => {
    const bytes = formatTile(nodesOfTree(hashes, nodesOfTile(tile)));
    return [formatTilePath(tile), createHash("sha256").update(bytes).digest("hex")];
  });
  const root = hex(await rootAt(size, reader));
  return { root, inclusion, consistency, tiles: Object.fromEntries(tiles) };
}

function allTiles(size: number): Tile[] {
  const full: Tile[] = [];
  for (let level = 0; levelWidth(level + 1, size) > 0; level++) {
    for (let index = 0; index < levelWidth(level + 1, size); index++) {
      full.push({ level, index, width: 256 });
    }
  }
  return [...full, ...edgeTiles(size)];
}

async function refusable(work: () => Promise<object>): Promise<object> {
  try {
    return await work();
  } catch {
    return { error: true };
  }
}

function signerOfSeed(seed: string) {
  return localSigner(makePrivateKey("Ed25519", Buffer.from(seed, "hex")));
}

async function questions(): Promise<Question[]> {
  const trees = SIZES.map((size) => {
    const positions = [0, 1, 2, 5, Math.floor(size / 3), size - 2, size - 1];
    const indexes = [...new Set(positions.filter((index) => index >= 0 && index < size))];
    return { size, indexes, oldSizes: indexes.map((index) => index + 1) };
  });
  const signed = SEEDS.flatMap((seed) =>
    TEXTS.map((sign) => ({ sign, seed, name: "log.example" })),
  );
  return [...trees, ...PATHS.map((tile) => ({ tile })), ...signed, ...(await notes())];
}

/** Notes of ours, as they are and broken in ways that Go refuses, or passes over. */
async function notes(): Promise<Question[]> {
  const [ours, witness] = SEEDS.map(signerOfSeed);
  if (ours === undefined || witness === undefined) return [];
  const keys = [
    formatNoteKey(noteKey("log.example", "note", ours.publicKey)),
    formatNoteKey(noteKey("witness.example", "note", witness.publicKey)),
  ];
  const [text = ""] = TEXTS;
  const signatures = [
    await signNote(text, "log.example", ours),
    await signNote(text, "witness.example", witness),
  ];
  const note = formatNote({ text, signatures });
  const [first = "", second = ""] = note.split("\n").slice(4);
  return [
    { note, keys },
    { note, keys: keys.slice(0, 1) },
    { note, keys: [] },
    { note: `${text}\n${second}\n${first}\n`, keys },
    { note: `${text}\n${first}\n${first}\n`, keys },
    { note: note.replace("7", "8"), keys },
    { note: note.replace("log.example ", "log.examples "), keys },
    { note: note.slice(0, -1), keys },
    { note: `${note}\n`, keys },
    { note: note.replaceAll("— ", "- "), keys },
    { note: note.replace("\n\n", "\n"), keys },
    { note: note.replace("7", "\t7"), keys },
    { note: `${text}\n`, keys },
    { note: `${text}\n${`${first}\n`.repeat(101)}`, keys },
  ];
}

describe("what Go answered", () => {
  const rows = readFileSync(VECTORS, "utf8").split("\n").slice(0, -1);
  test.each(rows.map((row) => ({ row, title: row.slice(0, 90) })))("$title", async ({ row }) => {
    const { question, answer } = JSON.parse(row) as { question: Question; answer: Answer };
    expect(await answerOf(question)).toEqual(answer);
  });
});

const oracle = buildLogOracle();
describe.skipIf(oracle === undefined)("Go, where it is installed,", () => {
  test("answers as it is recorded", async () => {
    const peer = new Peer<Answer>({ name: "log oracle", command: oracle ?? "", args: [], env: {} });
    const asked = await questions();
    const answers = await peer.answer(asked);
    peer.stop();
    const rows = asked.map((question, i) => JSON.stringify({ question, answer: answers[i] }));
    await expect(`${rows.join("\n")}\n`).toMatchFileSnapshot(VECTORS);
  });
});
