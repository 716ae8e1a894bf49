const MAX_COMPARED = 64;

/**
 * How far apart the names are, in any case: the letters to change, leave out or add (Levenshtein).
 * Undefined where that is more than a quarter of `wanted`, and for names of more than 64 characters.
 */
export function nameDistance(name: string, wanted: string): number | undefined {
  const max = Math.max(1, Math.floor(wanted.length / 4));
  if (Math.max(name.length, wanted.length) > MAX_COMPARED) return undefined;
  // Most names are told apart here, without a look at their letters.
  if (Math.abs(name.length - wanted.length) > max) return undefined;
  return editDistance(name.toLowerCase(), wanted.toLowerCase(), max);
}

function editDistance(a: string, b: string, max: number): number | undefined {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    // No row below has a smaller one.
    if (Math.min(...next) > max) return undefined;
    row = next;
  }
  const distance = row[b.length] ?? 0;
  return distance > max ? undefined : distance;
}
