/** Paths of files. */
import type { Random } from "../random.js";

const PARTS = [
  ..."a b.txt . .. x.tar.gz .hidden dir é c. ... a..b .a.b ~ C: \\ a\\b *".split(" "),
  "",
  " ",
  "a b",
];

/** A path, clean or not. */
export function path(random: Random): string {
  return (
    random.pick(["", "", "/", "//", "./", "../", "/.."]) +
    random.times(0, 5, () => random.pick(PARTS)).join("/") +
    random.pick(["", "", "/", "//", "/.", "/.."])
  );
}
