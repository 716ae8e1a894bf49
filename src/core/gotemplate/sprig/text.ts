/** Sprig's view of any value as text. */
import { fromBytes } from "../bytes.js";
import { bytesOf } from "../kind.js";
import { formatValue } from "../printf.js";
import { type CallContext, TypedList, type Value } from "../value.js";

/** Sprig's strval: bytes as the text they are, everything else as `%v` prints it. */
export function toText(value: Value, context: CallContext): string {
  if (!(value instanceof TypedList) || value.type !== "[]uint8") {
    return formatValue(value, context);
  }
  const bytes = bytesOf(value);
  context.allocate(bytes.length);
  return fromBytes(bytes);
}
