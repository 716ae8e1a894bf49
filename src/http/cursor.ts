/** Cursors of lists: text for clients that `next` gave, a name or a count for us. */

/** The forms of a cursor after a name, and of one after a count that a database compares. */
export const NAME_CURSOR = "^n:[0-9a-z][0-9A-Za-z./-]*$";
export const OFFSET_CURSOR = "^o:[1-9][0-9]{0,8}$";

/** The cursor that continues after `name`. */
export function nameCursor(name: string): string {
  return `n:${name}`;
}

/** The cursor that continues at the `offset`th item. */
export function offsetCursor(offset: number): string {
  return `o:${offset}`;
}

/** The name in a cursor of the form `NAME_CURSOR`. */
export function nameOf(cursor: string | undefined): string | undefined {
  return cursor?.slice("n:".length);
}

/** The count in a cursor of the form `OFFSET_CURSOR`; 0 without one. */
export function offsetOf(cursor: string | undefined): number {
  return cursor === undefined ? 0 : Number(cursor.slice("o:".length));
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
