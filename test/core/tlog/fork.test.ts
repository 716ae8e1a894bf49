import { describe, expect, test } from "vitest";
import { type OpenedCheckpoint, openCheckpoint } from "../../../src/core/tlog/checkpoint.js";
import { formatCheckpoint } from "../../../src/core/tlog/checkpoint-text.js";
import { checkGrowth, checkSameSize } from "../../../src/core/tlog/fork.js";
import { rootOfHashes } from "../../../src/core/tlog/merkle.js";
import { formatNote } from "../../../src/core/tlog/note.js";
import { noteKey } from "../../../src/core/tlog/note-key.js";
import { signNote } from "../../../src/core/tlog/note-signature.js";
import { tileReader } from "../../../src/core/tlog/tile-reader.js";
import { signerOf } from "./signers.js";
import { leaves, tileServer } from "./tree.js";

const code = (code: string) => expect.objectContaining({ code });
const all = leaves(600);
const [first = new Uint8Array()] = all;
/** The same log, but for one leaf. */
const forked = all.with(3, first);

async function checkpointOf(
  hashes: readonly Uint8Array[],
  origin = "log",
): Promise<OpenedCheckpoint> {
  const root = rootOfHashes(hashes);
  const text = formatCheckpoint({ origin, size: hashes.length, root, extensions: [] });
  const note = formatNote({ text, signatures: [await signNote(text, origin, signerOf(1))] });
  return openCheckpoint(note, {
    origin,
    logKeys: [noteKey(origin, "note", signerOf(1).publicKey)],
  });
}

const readerOfTiles = (hashes: readonly Uint8Array[], { checkpoint }: OpenedCheckpoint) =>
  tileReader(checkpoint, tileServer(hashes));

describe("two checkpoints", () => {
  test("of one tree are no fork", async () => {
    const [older, newer] = [await checkpointOf(all.slice(0, 500)), await checkpointOf(all)];
    checkSameSize(older, older);
    checkSameSize(older, newer);
    await checkGrowth(older, newer, readerOfTiles(all, newer));
    await checkGrowth(newer, newer, readerOfTiles(all, newer));
    await checkGrowth(await checkpointOf([]), newer, readerOfTiles(all, newer));
  });

  test("of one size and two roots are a fork, and both notes are told", async () => {
    const [one, other] = [await checkpointOf(all), await checkpointOf(forked)];
    const fork = expect.objectContaining({
      code: "tlog_fork",
      problems: [
        { code: "tlog_fork", message: one.note },
        { code: "tlog_fork", message: other.note },
      ],
    });
    expect(() => checkSameSize(one, other)).toThrow(fork);
    await expect(checkGrowth(one, other, readerOfTiles(forked, other))).rejects.toThrow(fork);
  });

  test("are a fork where the newer tree did not grow from the older", async () => {
    const older = await checkpointOf(forked.slice(0, 500));
    const newer = await checkpointOf(all);
    await expect(checkGrowth(older, newer, readerOfTiles(all, newer))).rejects.toThrow(
      code("tlog_fork"),
    );
  });

  test("are no fork where the tiles alone are wrong", async () => {
    const [older, newer] = [await checkpointOf(all.slice(0, 500)), await checkpointOf(all)];
    await expect(checkGrowth(older, newer, readerOfTiles(forked, newer))).rejects.toThrow(
      code("tlog_root_mismatch"),
    );
  });

  test("of two logs are not compared", async () => {
    const [one, other] = [await checkpointOf(all), await checkpointOf(forked, "other")];
    expect(() => checkSameSize(one, other)).toThrow(code("tlog_origin"));
  });

  test("are compared in the order of their sizes", async () => {
    const [older, newer] = [await checkpointOf(all.slice(0, 500)), await checkpointOf(all)];
    await expect(checkGrowth(newer, older, readerOfTiles(all, newer))).rejects.toThrow(
      code("tlog_tree_size"),
    );
  });
});
