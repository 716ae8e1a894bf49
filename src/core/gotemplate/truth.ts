/** The truth of a value in `if`, `and`, `not` (template.IsTrue): whether it is not the zero of its type. */
import { isMap, mapEntries } from "./kind.js";
import { Complex, Int, NamedString, TypedList, type Value } from "./value.js";

export function isTrue(value: Value | undefined): boolean {
  switch (typeof value) {
    case "string":
    case "bigint":
    case "boolean":
    case "undefined":
      return Boolean(value);
    case "number":
      // Go's NaN is not zero, so it is true.
      return value !== 0;
  }
  if (value === null) {
    return false;
  }
  if (Array.isArray(value)) {
    return value.length > 0;
  }
  if (isMap(value)) {
    return mapEntries(value).size > 0;
  }
  if (value instanceof TypedList) {
    return (value.items?.length ?? 0) > 0;
  }
  if (value instanceof Int) {
    return value.value !== 0n;
  }
  if (value instanceof NamedString) {
    return value.value !== "";
  }
  if (value instanceof Complex) {
    return value.re !== 0 || value.im !== 0;
  }
  return true;
}
