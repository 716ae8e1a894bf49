/** Cursors of lists: opaque text for clients, a name or a count for us. */
import { HttpError } from "./error.js";

/** The largest whole number that the database compares with a release's. */
const MAX_OFFSET = 2 ** 31 - 1;

/** The cursor that continues after `name`. */
export function nameCursor(name: string): string {
  return Buffer.from(`n:${name}`).toString("base64url");
}

/** The cursor that continues at the `offset`th item. */
export function offsetCursor(offset: number): string {
  return Buffer.from(`o:${offset}`).toString("base64url");
}

/** @throws {HttpError} http_request_invalid */
export function nameOf(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : open(cursor, "n:");
}

/** @throws {HttpError} http_request_invalid */
export function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const offset = Number(open(cursor, "o:"));
  if (!Number.isInteger(offset) || offset < 0 || offset > MAX_OFFSET) throw invalid();
  return offset;
}

/**
 * One page of a list, from one item more than fits: `cursorAfter` the last item that is shown
 * continues it.
 */
export function cutPage<T>(
  found: readonly T[],
  limit: number,
  cursorAfter: (last: T) => string,
): { readonly items: readonly T[]; readonly next?: string } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return found.length > limit && last !== undefined
    ? { items, next: cursorAfter(last) }
    : { items };
}

function open(cursor: string, kind: string): string {
  const text = Buffer.from(cursor, "base64url").toString("utf8");
  // No list gives a cursor with U+0000, and the database refuses to be asked for it.
  if (!text.startsWith(kind) || text.includes("\0")) throw invalid();
  return text.slice(kind.length);
}

function invalid(): HttpError {
  return new HttpError("http_request_invalid", "the cursor is not one that a list here gave");
}
