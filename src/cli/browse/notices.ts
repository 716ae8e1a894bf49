/** Versions and what was said of them, as words. */
import type { Notice, Notices } from "../../client/notices.js";

/** `namespace/name@1.2.3` */
export function nameOfVersion({ recipe, version }: { recipe: string; version: string }): string {
  return `${recipe}@${version}`;
}

/** `yanked: drops letters; use acme/mail@1.0.0`; empty where nothing was said. */
export function describeNotices({ yanked, deprecated }: Notices): string {
  return [describeNotice("yanked", yanked), describeNotice("deprecated", deprecated)]
    .filter((part) => part !== "")
    .join(", ");
}

function describeNotice(kind: keyof Notices, notice: Notice | undefined): string {
  if (notice === undefined) return "";
  const { reason, successor } = notice;
  return `${kind}: ${reason}${successor === undefined ? "" : `; use ${successor}`}`;
}
