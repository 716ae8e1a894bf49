/**
 * What this process has told the world of the log: the last checkpoint that it published, in memory
 * and in a file outside the database. A tree that does not have it as a prefix is never signed.
 */
import { type Checkpoint, parseCheckpoint } from "../core/tlog/checkpoint-text.js";
import { parseCosignature } from "../core/tlog/cosignature.js";
import { TlogError } from "../core/tlog/error.js";
import { formatNote, type NoteSignature, parseNote } from "../core/tlog/note.js";
import { readCheckpointFile, writeCheckpointFile } from "../store/checkpoint-file.js";
import type { Condition } from "./condition.js";
import { FlowError } from "./error.js";

export interface PublishedCheckpoint extends Checkpoint {
  /** What is signed. */
  readonly text: string;
  /** The log's own. */
  readonly signature: NoteSignature;
  /** The log's own cosignature, which tells the time, and when that was. */
  readonly cosignature: NoteSignature;
  readonly cosignedAt: Date;
  /** Cosignatures of witnesses that came in. */
  readonly cosignatures: readonly NoteSignature[];
}

export class Checkpoints {
  readonly #file: string;
  #published: PublishedCheckpoint | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #waiting: Promise<PublishedCheckpoint> | undefined;
  #failure: Error | undefined;
  #tell: (failure: Error) => void = () => {};

  /** `file` outlives the database; `published` is what it holds. */
  private constructor(file: string, published: PublishedCheckpoint | undefined) {
    this.#file = file;
    this.#published = published;
  }

  /**
   * Reads what was published before.
   * @throws {StoreError} store_checkpoint_file
   * @throws {FlowError} registry_checkpoint where the file holds no checkpoint
   */
  static async open(file: string): Promise<Checkpoints> {
    const note = await readCheckpointFile(file);
    try {
      return new Checkpoints(file, note === undefined ? undefined : parsePublished(note));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new FlowError("registry_checkpoint", `${file}: ${why}`, {
        cause,
        hint: "restore the file; without it, only witnesses can tell whether the database is old",
      });
    }
  }

  get published(): PublishedCheckpoint | undefined {
    return this.#published;
  }

  /**
   * Keeps `checkpoint` for good, and only then takes it for the published one.
   * @throws {StoreError} store_checkpoint_file
   */
  async publish(checkpoint: PublishedCheckpoint): Promise<void> {
    await writeCheckpointFile(this.#file, noteOf(checkpoint)).catch((failure: Error) => {
      if (this.#failure === undefined) this.#tell(failure);
      this.#failure = failure;
      throw failure;
    });
    this.#failure = undefined;
    this.#published = checkpoint;
  }

  /** Calls `tell` once a checkpoint cannot be kept, and again when that happens after it could. */
  tellFailure(tell: (failure: Error) => void): void {
    this.#tell = tell;
    if (this.#failure !== undefined) tell(this.#failure);
  }

  /** Takes the same checkpoint with a newer time: what the file says of the tree stays true. */
  renew(checkpoint: PublishedCheckpoint): void {
    this.#published = checkpoint;
  }

  /** What was published binds the log no longer, which has another name. */
  forget(): void {
    this.#published = undefined;
  }

  /**
   * Refuses to append to a log that has fewer leaves than were published.
   * @throws {FlowError} registry_read_only
   */
  checkNotBehind(condition: Condition, size: number): void {
    const published = this.#published;
    if (published === undefined || size >= published.size) return;
    condition.refuseWrites(behind(size, published));
    condition.checkWritable();
  }

  /**
   * Runs `work` after what is running, once for all who ask meanwhile: what they get was begun after
   * they asked.
   */
  oneAtATime(work: () => Promise<PublishedCheckpoint>): Promise<PublishedCheckpoint> {
    if (this.#waiting !== undefined) return this.#waiting;
    const next = this.#running.then(() => {
      this.#waiting = undefined;
      return work();
    });
    this.#waiting = next;
    // Who waits for it hears of its failure; the next one runs all the same.
    this.#running = next.catch(() => {});
    return next;
  }
}

/** The note: by the log, with the time by the log, and by witnesses. */
export function noteOf({
  text,
  signature,
  cosignature,
  cosignatures,
}: PublishedCheckpoint): string {
  return formatNote({ text, signatures: [signature, cosignature, ...cosignatures] });
}

/** Why a database with `size` leaves is behind what was published. */
export function behind(size: number, published: PublishedCheckpoint): string {
  const at = published.cosignedAt.toISOString();
  return `the database has ${size} leaves of the log, and ${published.size} were published on ${at}: it was restored from an older backup`;
}

/**
 * What `noteOf` wrote.
 * @throws {TlogError} tlog_note_form, also where a signature is missing; tlog_note_signature,
 *   tlog_checkpoint_form
 */
export function parsePublished(note: string): PublishedCheckpoint {
  const { text, signatures } = parseNote(note);
  const [signature, cosignature, ...cosignatures] = signatures;
  if (signature === undefined || cosignature === undefined) {
    throw new TlogError("tlog_note_form", "it lacks a signature of the log");
  }
  const { time } = parseCosignature(cosignature.signature);
  const cosignedAt = new Date(time * 1000);
  return { ...parseCheckpoint(text), text, signature, cosignature, cosignedAt, cosignatures };
}
