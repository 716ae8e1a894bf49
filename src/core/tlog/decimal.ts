/** Decimal numbers as C2SP's formats write them: no leading zeros, no sign. */

/** The number; undefined where `text` is none of that form, or beyond exact integers. */
export function parseDecimal(text: string): number | undefined {
  if (!/^(?:0|[1-9]\d{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
