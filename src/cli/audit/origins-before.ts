/** Names of a log before it was continued from a backup: `NAME/1` goes on from `NAME`, `NAME/2` from that. */

const MAX_RECOVERIES = 1000;

/** Those that `origin` may go on from, the newest first. */
export function originsBefore(origin: string): string[] {
  const [, base, number = ""] = /^(.+)\/(\d{1,4})$/.exec(origin) ?? [];
  const count = Number(number);
  if (base === undefined || count === 0 || count > MAX_RECOVERIES) return [];
  const between = Array.from({ length: count - 1 }, (_, i) => `${base}/${count - 1 - i}`);
  return [...between, base];
}
