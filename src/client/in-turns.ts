/** Many requests of one kind, a few at a time. */

const PARALLEL = 8;

/** What `ask` makes of each of `items`, in their order, a few at a time. */
export async function inTurns<T, R>(
  items: readonly T[],
  ask: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += PARALLEL) {
    results.push(...(await Promise.all(items.slice(i, i + PARALLEL).map(ask))));
  }
  return results;
}
