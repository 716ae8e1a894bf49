import { describe, expect, test } from "vitest";
import { type OpenedCheckpoint, openCheckpoint } from "../../../src/core/tlog/checkpoint.js";
import { formatCheckpoint } from "../../../src/core/tlog/checkpoint-text.js";
import { checkSameSize } from "../../../src/core/tlog/fork.js";
import { rootOfHashes } from "../../../src/core/tlog/merkle.js";
import { formatNote } from "../../../src/core/tlog/note.js";
import { noteKey } from "../../../src/core/tlog/note-key.js";
import { signNote } from "../../../src/core/tlog/note-signature.js";
import { signerOf } from "./signers.js";
import { leaves } from "./tree.js";

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

describe("two checkpoints", () => {
  test("of one tree are no fork, nor of trees of two sizes", async () => {
    const [older, newer] = [await checkpointOf(all.slice(0, 500)), await checkpointOf(all)];
    checkSameSize(older, older);
    checkSameSize(older, newer);
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
  });

  test("of two logs are not compared", async () => {
    const [one, other] = [await checkpointOf(all), await checkpointOf(forked, "other")];
    const refused = expect.objectContaining({ code: "tlog_origin" });
    expect(() => checkSameSize(one, other)).toThrow(refused);
  });
});
