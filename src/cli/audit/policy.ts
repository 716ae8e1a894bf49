/** Flags that say what has to vouch for a log, and how old its word may be. */
import type { TrustPolicy } from "../../core/audit/verify-trust.js";
import { type NoteKey, parseNoteKey } from "../../core/tlog/note-key.js";
import { BackbarError } from "../../errors.js";
import { UsageError } from "../frame/usage.js";

export interface PolicyFlags {
  readonly witness?: readonly string[] | undefined;
  readonly quorum?: number | undefined;
  /** Seconds. */
  readonly maxAge?: number | undefined;
}

const DEFAULT_MAX_AGE_SECONDS = 24 * 3600;

/** @throws {UsageError} where a witness is none, or more have to have signed than are named */
export function readPolicy(
  { witness = [], quorum, maxAge = DEFAULT_MAX_AGE_SECONDS }: PolicyFlags,
  now: Date,
  root: string | undefined,
): TrustPolicy {
  const witnesses = witness.map(readWitness);
  const wanted = quorum ?? witnesses.length;
  if (wanted > witnesses.length) {
    throw new UsageError(
      `--quorum: ${wanted} witnesses have to have signed, and ${witnesses.length} are named`,
      "name each by --witness NAME+ID+KEY",
    );
  }
  const pinned = root === undefined ? {} : { root };
  return { ...pinned, now, maxAgeSeconds: maxAge, witnesses, quorum: wanted };
}

function readWitness(text: string): NoteKey {
  const key = readKey(text);
  if (key.type === "cosignature") return key;
  throw new UsageError(
    `--witness: ${key.name} is the key of a log, not of a witness`,
    "a witness publishes its key as NAME+ID+KEY for cosignatures (C2SP tlog-cosignature)",
  );
}

function readKey(text: string): NoteKey {
  try {
    return parseNoteKey(text);
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    throw new UsageError(
      `--witness: '${text}' is no key`,
      "a witness publishes its key as NAME+ID+KEY; its operator knows it",
    );
  }
}
