/**
 * Names of groups: Go lets several groups of a pattern have one name, the engine does not. And brackets,
 * as they are found on the way: the engine takes `[:]` in them for the name of a class.
 */

export interface UniqueNames {
  /** The pattern with every name used once. */
  readonly pattern: string;
  /** The names in the original pattern of those that had to change. */
  readonly originals: ReadonlyMap<string, string>;
}

// quoted text, an escaped character and a class hold no groups; all may be open at the end
const TOKEN =
  /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*(?:\]|\\?$)|(\(\?P?<)(\w+)>/g;

export function uniqueGroupNames(pattern: string): UniqueNames {
  const used = new Set<string>();
  const originals = new Map<string, string>();
  let tried = 0;
  // a name of a class needs a `:]` after its `[:`, anywhere in the rest of the pattern
  const lastEnd = pattern.lastIndexOf(":]");
  const unique = pattern.replace(TOKEN, (token, opening?: string, name?: string, at = 0) => {
    if (opening === undefined || name === undefined) return plainColons(token, lastEnd - at);
    let free = name;
    while (used.has(free)) free = `${name}_${++tried}`;
    used.add(free);
    if (free !== name) originals.set(free, name);
    return `${opening}${free}>`;
  });
  return { pattern: unique, originals };
}

/** Brackets with each `[:]` behind the last `:]` as the two characters that Go sees there. */
function plainColons(token: string, lastEnd: number): string {
  if (!token.startsWith("[")) return token;
  const inside = token.slice(1).replace(/\\[\s\S]|\[:\]/g, (part, at: number) => {
    // that `:]` is the end of this very `[:]`
    return part === "[:]" && lastEnd <= at + 2 ? "\\[:]" : part;
  });
  return `[${inside}`;
}

/** The numbers of the groups under each name, ascending. */
export function groupNumbers(
  found: Readonly<Record<string, number>>,
  originals: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly number[]> {
  const numbers = new Map<string, number[]>();
  for (const [unique, number] of Object.entries(found).sort(([, a], [, b]) => a - b)) {
    const name = originals.get(unique) ?? unique;
    numbers.set(name, [...(numbers.get(name) ?? []), number]);
  }
  return numbers;
}
