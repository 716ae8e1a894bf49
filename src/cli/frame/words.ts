/** Words that many commands say. */

/** `1 recipe`, `2 recipes`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
