/**
 * Base64 in bodies, for the API document (RFC 4648 §4). Requests are checked by who decodes it: a
 * regular expression over a large file overflows.
 */
import { Type } from "typebox";
import { documented } from "../documented.js";

const FOURS = "([A-Za-z0-9+/]{4})*";
/** What is left of one byte and of two; the bits beyond are zero (§3.5). */
const ONE = "[A-Za-z0-9+/][AQgw]";
const TWO = "[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]";

export const Base64 = base64(`^${FOURS}(${ONE}==|${TWO}=)?$`, "base64, padded");
export const LooseBase64 = base64(`^${FOURS}(${ONE}|${TWO})?=*$`, "base64, padded or not");

function base64(pattern: string, description: string) {
  return documented(Type.String(), { type: "string", pattern, description });
}
