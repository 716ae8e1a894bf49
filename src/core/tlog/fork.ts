/**
 * Two checkpoints of one log that cannot both be true prove that it told different things to
 * different readers: the one fault that is worth showing to everyone, so both notes are kept.
 */
import type { OpenedCheckpoint } from "./checkpoint.js";
import { TlogError } from "./error.js";

/**
 * Checks that two checkpoints of one size have one root hash; others are passed over.
 * @throws {TlogError} tlog_origin where they are of different logs; tlog_fork, whose problems are the
 *   two notes, word for word
 */
export function checkSameSize(one: OpenedCheckpoint, other: OpenedCheckpoint): void {
  const { origin, size, root } = one.checkpoint;
  if (origin !== other.checkpoint.origin) {
    const message = `checkpoints of two logs, ${origin} and ${other.checkpoint.origin}`;
    throw new TlogError("tlog_origin", message);
  }
  if (size !== other.checkpoint.size || Buffer.compare(root, other.checkpoint.root) === 0) return;
  throw new TlogError(
    "tlog_fork",
    `the log ${origin} signed two checkpoints of size ${size} that cannot both be true`,
    {
      hint: "keep both notes: together they prove that the log was forked",
      problems: [one, other].map(({ note }) => ({ code: "tlog_fork", message: note })),
    },
  );
}
