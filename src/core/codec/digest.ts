/** SHA-256 digests as OCI writes them (image-spec, "Digests"). */
import { createHash } from "node:crypto";

/** The digest of `bytes` (text counts as UTF-8) in the form `sha256:<64 hex digits>`. */
export function sha256Digest(bytes: Uint8Array | string): `sha256:${string}` {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
