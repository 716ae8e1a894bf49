/** Collects the faults of documents that are reported together, and no more of them than people read. */
import type { BackbarError, Problem } from "../../errors.js";

/** Problems that are listed of one document; the others are counted. */
export const MAX_DOCUMENT_PROBLEMS = 50;
/** Problems that are listed in sum. */
export const MAX_PROBLEMS = 500;

export interface Found<Code extends string> extends Problem {
  readonly code: Code;
}

/** What an error for all problems needs: the first gives it code, place and hint. */
export interface Joined<Code extends string> {
  readonly code: Code;
  readonly message: string;
  readonly details: Pick<BackbarError, "problems"> & Omit<Problem, "code" | "message">;
}

export class ProblemList<Code extends string> {
  readonly #listed: Found<Code>[] = [];
  readonly #perDocument = new Map<unknown, number>();
  #total = 0;

  /** `document` is whatever tells documents apart. */
  add(document: unknown, code: Code, describe: () => Omit<Problem, "code">): void {
    this.#total++;
    const listed = this.#perDocument.get(document) ?? 0;
    if (listed >= MAX_DOCUMENT_PROBLEMS || this.#listed.length >= MAX_PROBLEMS) return;
    this.#perDocument.set(document, listed + 1);
    this.#listed.push({ code, ...describe() });
  }

  /** Undefined where nothing was found. The message is the first one's and counts the others. */
  join(): Joined<Code> | undefined {
    const [first] = this.#listed;
    if (first === undefined) return undefined;
    const more = this.#total - 1;
    const unlisted = this.#total - this.#listed.length;
    const rest = unlisted === 0 ? "" : `, ${unlisted} of them not listed`;
    const { code, message, ...place } = first;
    return {
      code,
      message: more === 0 ? message : `${message} (and ${more} more${rest})`,
      details: { ...place, problems: this.#listed },
    };
  }
}
