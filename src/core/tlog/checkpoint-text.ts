/**
 * The text of a checkpoint (C2SP tlog-checkpoint): the log's origin, the number of its leaves, its
 * root hash, and extension lines that are kept as they are.
 */
import { decodeHash, encodeBase64 } from "./base64.js";
import { parseDecimal } from "./decimal.js";
import { TlogError } from "./error.js";
import { HASH_BYTES } from "./merkle.js";

export interface Checkpoint {
  /** Which log it is of. */
  readonly origin: string;
  /** Number of leaves. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  readonly extensions: readonly string[];
}

/** @throws {TlogError} tlog_checkpoint_form */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = "", sizeLine = "", rootLine = "", ...rest] = text.split("\n");
  const end = rest.pop();
  if (end !== "" || [origin, ...rest].includes("")) {
    throw noCheckpoint("it has to be three or more lines, none empty, each ended by a line feed");
  }
  const size = parseDecimal(sizeLine);
  if (size === undefined) {
    throw noCheckpoint(`${JSON.stringify(sizeLine.slice(0, 40))} is no number of leaves`);
  }
  const root = decodeHash(rootLine);
  if (root === undefined) throw noCheckpoint("its third line is no hash");
  return { origin, size, root, extensions: rest };
}

/** @throws {TlogError} tlog_checkpoint_form where `parseCheckpoint` would not read it as it is */
export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  if ([origin, ...extensions].some((line) => line.includes("\n"))) {
    throw noCheckpoint("a line has a line feed");
  }
  if (root.length !== HASH_BYTES) throw noCheckpoint(`a root hash has ${HASH_BYTES} bytes`);
  const text = `${[origin, size, encodeBase64(root), ...extensions].join("\n")}\n`;
  parseCheckpoint(text);
  return text;
}

function noCheckpoint(why: string): TlogError {
  return new TlogError("tlog_checkpoint_form", `this is no checkpoint: ${why}`);
}
