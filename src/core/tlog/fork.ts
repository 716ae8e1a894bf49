/**
 * Two checkpoints of one log that cannot both be true prove that it told different things to
 * different readers: the one fault that is worth showing to everyone, so both notes are kept.
 */
import type { OpenedCheckpoint } from "./checkpoint.js";
import { TlogError } from "./error.js";
import { rootAt } from "./proof.js";
import type { HashReader } from "./subtree.js";

/**
 * Checks that two checkpoints of one size have one root hash; others are passed over.
 * @throws {TlogError} tlog_origin where they are of different logs, tlog_fork
 */
export function checkSameSize(one: OpenedCheckpoint, other: OpenedCheckpoint): void {
  checkSameOrigin(one, other);
  if (one.checkpoint.size !== other.checkpoint.size) return;
  if (Buffer.compare(one.checkpoint.root, other.checkpoint.root) !== 0) throw fork(one, other);
}

/**
 * Checks that the tree of `older` is a prefix of that of `newer`, which `reader` reads and proves,
 * as `tileReader` does.
 * @throws {TlogError} tlog_origin, tlog_tree_size where `older` is the larger, tlog_fork, and what
 *   `reader` throws
 */
export async function checkGrowth(
  older: OpenedCheckpoint,
  newer: OpenedCheckpoint,
  reader: HashReader,
): Promise<void> {
  checkSameSize(older, newer);
  const [oldSize, size] = [older.checkpoint.size, newer.checkpoint.size];
  if (oldSize > size) {
    throw new TlogError("tlog_tree_size", `a tree of ${size} leaves never had ${oldSize}`);
  }
  const root = await rootAt(oldSize, reader);
  if (Buffer.compare(root, older.checkpoint.root) !== 0) throw fork(older, newer);
}

function checkSameOrigin(one: OpenedCheckpoint, other: OpenedCheckpoint): void {
  const [origin, found] = [one.checkpoint.origin, other.checkpoint.origin];
  if (origin === found) return;
  throw new TlogError("tlog_origin", `checkpoints of two logs, ${origin} and ${found}`);
}

/** Its problems are the two notes, word for word. */
function fork(one: OpenedCheckpoint, other: OpenedCheckpoint): TlogError {
  const sizes = [one, other].map(({ checkpoint }) => checkpoint.size).join(" and ");
  return new TlogError(
    "tlog_fork",
    `the log ${one.checkpoint.origin} signed checkpoints of sizes ${sizes} that cannot both be true`,
    {
      hint: "keep both notes: together they prove that the log was forked",
      problems: [one, other].map(({ note }) => ({ code: "tlog_fork", message: note })),
    },
  );
}
