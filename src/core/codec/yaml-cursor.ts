/** A position in a YAML text. The text must end with NUL, which no YAML text can hold. */
import type { Place } from "../../errors.js";
import { CodecError, type CodecErrorCode } from "./error.js";

export const END = 0;
export const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const NEL = 0x85;

export class Cursor {
  readonly text: string;
  readonly file: string | undefined;
  at = 0;
  /** 0-based. */
  line = 0;
  #lineStart = 0;
  /** Offsets, ascending; undefined until a place is asked for. */
  #lineStarts: readonly number[] | undefined;

  constructor(text: string, file: string | undefined) {
    this.text = `${text}\0`;
    this.file = file;
  }

  /** 0-based, in UTF-16 units. */
  get column(): number {
    return this.at - this.#lineStart;
  }

  /** The unit `ahead` of the cursor; 0 at the end of the text. */
  peek(ahead = 0): number {
    return this.text.charCodeAt(this.at + ahead) || END;
  }

  isBlank(ahead = 0): boolean {
    return isBlank(this.peek(ahead));
  }

  isBreak(ahead = 0): boolean {
    return isBreak(this.peek(ahead));
  }

  isBlankOrEnd(ahead = 0): boolean {
    const unit = this.peek(ahead);
    return isBlank(unit) || isBreak(unit) || this.isEnd(ahead);
  }

  isEnd(ahead = 0): boolean {
    return this.at + ahead >= this.text.length - 1;
  }

  /** Moves over a line end, if there is one, and returns what it stands for: `\n`, or a Unicode separator itself. */
  takeBreak(): string {
    const unit = this.peek();
    if (!isBreak(unit)) return "";
    this.at += unit === CR && this.peek(1) === LF ? 2 : 1;
    this.line++;
    this.#lineStart = this.at;
    return unit > NEL ? String.fromCharCode(unit) : "\n";
  }

  /** Counts the end of the text as the end of a line, so that nothing before it is on the same line. */
  endLastLine(): void {
    if (this.column === 0) return;
    this.line++;
    this.#lineStart = this.at;
  }

  /** `---` or `...` at the start of a line, as a word of its own. */
  isDocumentMark(mark: "---" | "..."): boolean {
    return this.column === 0 && this.text.startsWith(mark, this.at) && this.isBlankOrEnd(3);
  }

  place(offset = this.at): Place {
    const starts = this.#findLineStarts();
    let [low, high] = [0, starts.length];
    // The first line that starts after the offset; the one before holds it.
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const column = offset - (starts[low - 1] ?? 0) + 1;
    return { ...(this.file !== undefined && { file: this.file }), line: low, column };
  }

  /** Looked for once: a file of many templates asks for the places of all of them. */
  #findLineStarts(): readonly number[] {
    if (this.#lineStarts !== undefined) return this.#lineStarts;
    const starts = [0];
    for (let at = this.text.indexOf("\n"); at !== -1; at = this.text.indexOf("\n", at + 1)) {
      starts.push(at + 1);
    }
    this.#lineStarts = starts;
    return starts;
  }

  fail(message: string, offset = this.at, code: CodecErrorCode = "yaml_syntax"): CodecError {
    const place = this.place(offset);
    return new CodecError(code, `line ${place.line}: ${message}`, { place });
  }
}

export function isBlank(unit: number): boolean {
  return unit === SPACE || unit === TAB;
}

export function isBreak(unit: number): boolean {
  return unit === LF || unit === CR || unit === NEL || unit === 0x2028 || unit === 0x2029;
}
