/**
 * Finds many texts inside another text in one pass, whatever their number: a place is looked at
 * closer only where one of them begins.
 */

/** Texts shorter than this are not found. */
export const MIN_INDEXED_LENGTH = 5;

/** Texts up to this length are compared as a whole, longer ones by their beginning first. */
const SHORT_LENGTH = 64;

/** More long texts that begin alike are not told apart: all of them count as found. */
const MAX_ALIKE = 64;

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The texts that share their first characters. */
interface Bucket {
  /** Of the short texts, longest first. */
  lengths: number[];
  readonly short: Set<string>;
  /** By their first `SHORT_LENGTH` characters. */
  readonly long: Map<string, string[]>;
}

export class TextIndex {
  readonly #byStart = new Map<string, Bucket>();
  /** 1 where a text with this mark of its first characters is indexed: most places have another. */
  readonly #marks = new Uint8Array(1024);

  /** Adds a text once; one that is too short is left out. */
  add(text: string): void {
    if (text.length < MIN_INDEXED_LENGTH) return;
    const start = text.slice(0, MIN_INDEXED_LENGTH);
    const bucket: Bucket = this.#byStart.get(start) ?? {
      lengths: [],
      short: new Set(),
      long: new Map(),
    };
    this.#byStart.set(start, bucket);
    this.#marks[markAt(text, 0)] = 1;
    if (text.length <= SHORT_LENGTH) {
      bucket.short.add(text);
      if (!bucket.lengths.includes(text.length)) {
        bucket.lengths = [...bucket.lengths, text.length].sort((a, b) => b - a);
      }
      return;
    }
    const head = text.slice(0, SHORT_LENGTH);
    const alike = bucket.long.get(head);
    if (alike === undefined) bucket.long.set(head, [text]);
    else alike.push(text);
  }

  /** Where texts of the index stand in `text`, those that overlap as one, up to those that begin at `limit`. */
  spans(text: string, limit = text.length): Span[] {
    const spans: Span[] = [];
    let start = 0;
    let end = 0;
    this.#visit(text, limit, (at, bucket) => {
      const length = longest(bucket, text, at);
      if (length === 0) return;
      if (at < end) {
        end = Math.max(end, at + length);
        return;
      }
      if (end > 0) spans.push({ start, end });
      start = at;
      end = at + length;
    });
    if (end > 0) spans.push({ start, end });
    return spans;
  }

  /** Adds to `found` each text of the index that stands in `text`. */
  collect(text: string, found: Set<string>): void {
    this.#visit(text, text.length, (at, bucket) => {
      for (const length of bucket.lengths) {
        const part = text.slice(at, at + length);
        if (bucket.short.has(part)) found.add(part);
      }
      const alike = longAt(bucket, text, at);
      for (const one of alike) {
        if (alike.length > MAX_ALIKE || text.startsWith(one, at)) found.add(one);
      }
    });
  }

  #visit(text: string, limit: number, visit: (at: number, bucket: Bucket) => void): void {
    if (this.#byStart.size === 0) return;
    const last = Math.min(limit - 1, text.length - MIN_INDEXED_LENGTH);
    for (let at = 0; at <= last; at++) {
      if (this.#marks[markAt(text, at)] === 0) continue;
      const bucket = this.#byStart.get(text.slice(at, at + MIN_INDEXED_LENGTH));
      if (bucket !== undefined) visit(at, bucket);
    }
  }
}

/** Ten bits of the two characters at `at`. */
function markAt(text: string, at: number): number {
  return ((text.charCodeAt(at) & 31) << 5) | (text.charCodeAt(at + 1) & 31);
}

function longAt(bucket: Bucket, text: string, at: number): readonly string[] {
  if (bucket.long.size === 0) return [];
  return bucket.long.get(text.slice(at, at + SHORT_LENGTH)) ?? [];
}

/** The length of the longest text that begins at `at`; 0 if there is none. */
function longest(bucket: Bucket, text: string, at: number): number {
  let found = 0;
  const alike = longAt(bucket, text, at);
  // Rather too much than too little: everything that follows counts.
  if (alike.length > MAX_ALIKE) return text.length - at;
  for (const one of alike) {
    if (one.length > found && text.startsWith(one, at)) found = one.length;
  }
  if (found > 0) return found;
  return bucket.lengths.find((length) => bucket.short.has(text.slice(at, at + length))) ?? 0;
}
