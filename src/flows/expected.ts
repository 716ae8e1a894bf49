/** Changes of what has an ETag: made only by who saw what stands (RFC 9110 §13.1.1). */
import { FlowError } from "./error.js";

/** What has an ETag, as its error codes begin. */
export type TaggedKind = "environment" | "entry_list";

/** What a change says of what stands: its digest; null: nothing stands; undefined: not said. */
export type ExpectedDigest = string | null | undefined;

/**
 * Checks that what stands is what the change expects; `stored` is its digest, if it stands.
 * @throws {FlowError} environment_exists, environment_changed, environment_match_required, or the
 * same of entry_list
 */
export function checkExpected(
  kind: TaggedKind,
  name: string,
  expected: ExpectedDigest,
  stored: string | undefined,
): void {
  if (stored === undefined) {
    if (typeof expected === "string") throw changedMeanwhile(kind, name);
    return;
  }
  const exists = `${titleOf(kind, name)} exists already`;
  if (expected === null) throw new FlowError(`${kind}_exists`, exists);
  if (expected === undefined) {
    throw new FlowError(`${kind}_match_required`, exists, {
      hint: "send the ETag of the definition that you change as If-Match",
    });
  }
  if (expected !== stored) throw changedMeanwhile(kind, name);
}

/** Somebody else changed it since the caller read it. */
export function changedMeanwhile(kind: TaggedKind, name: string): FlowError {
  return new FlowError(`${kind}_changed`, `${titleOf(kind, name)} was changed by somebody else`, {
    hint: "read it again and repeat the change",
  });
}

function titleOf(kind: TaggedKind, name: string): string {
  return `the ${kind.replace("_", " ")} ${name}`;
}
