/** Paths of files. */
import type { Random } from "../random.js";

/** A path, clean or not. */
export function path(random: Random): string {
  const part = () =>
    random.pick(["a", "b.txt", ".", "..", "", "x.tar.gz", ".hidden", "dir", "é", "c."]);
  return (
    random.pick(["", "/", "//", "./"]) +
    random.times(0, 4, part).join("/") +
    random.pick(["", "", "/"])
  );
}
