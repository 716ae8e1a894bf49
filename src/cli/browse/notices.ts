/** Versions and what was said of them, as words. */
import type { Said } from "../../client/browse.js";

/** `namespace/name@1.2.3` */
export function nameOfVersion({ recipe, version }: { recipe: string; version: string }): string {
  return `${recipe}@${version}`;
}

/** For the end of a line; empty where nothing was said. */
export function describeNotices(notices: readonly Said[]): string {
  return notices.map(describeNotice).join("; ");
}

function describeNotice({ kind, reason, successor }: Said): string {
  const instead = successor === undefined ? "" : `, use ${successor}`;
  return `${kind.toUpperCase()}: ${reason}${instead}`;
}
