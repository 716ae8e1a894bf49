/**
 * The difference of two texts as a unified diff. The work is bounded over all files of a
 * comparison, because whoever publishes a version chooses what others compare.
 */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { decodeUtf8 } from "../codec/utf8.js";

/** Steps that all diffs of one comparison may take: about a fifth of a second. */
const MAX_WORK = 20_000_000;
/** Lines added and removed in one file. */
const MAX_EDITS = 1_000;
const MAX_TEXT_BYTES = 256 * 1024;
const CONTEXT_LINES = 3;
/** Comparing two lines takes one step for so many bytes. */
const BYTES_PER_STEP = 64;

/** Makes diffs until the work that a comparison may take is done. */
export class FileDiffer {
  #work = MAX_WORK;

  /** The unified diff; undefined where it is no text, or too different to tell within the work left. */
  diff(path: string, from: Uint8Array, to: Uint8Array): string | undefined {
    if (from.length > MAX_TEXT_BYTES || to.length > MAX_TEXT_BYTES) return undefined;
    const [before, after] = [decodeUtf8(from), decodeUtf8(to)];
    if (before === undefined || after === undefined) return undefined;
    const size = lineCount(before) + lineCount(after) + (from.length + to.length) / BYTES_PER_STEP;
    const maxEditLength = Math.min(MAX_EDITS, affordableEdits(this.#work, size));
    const patch = createTwoFilesPatch(
      `a/${path}`,
      `b/${path}`,
      before,
      after,
      undefined,
      undefined,
      {
        context: CONTEXT_LINES,
        maxEditLength,
        headerOptions: FILE_HEADERS_ONLY,
      },
    );
    const edits = patch === undefined ? maxEditLength : lineCount(patch);
    this.#work = Math.max(0, this.#work - workOf(edits, size));
    return patch;
  }
}

/** Myers' algorithm tries each number of edits from 0 up, each time on as many diagonals, along both texts. */
function workOf(edits: number, size: number): number {
  return edits * (edits + size);
}

/** The most edits whose work is within `work`. */
function affordableEdits(work: number, size: number): number {
  return Math.floor((Math.sqrt(size * size + 4 * work) - size) / 2);
}

function lineCount(text: string): number {
  return text.split("\n").length;
}
