/** Makes a case that shows a difference small, so that a reader sees what it is about. */
import { type FuzzCase, wellFormed } from "./mutate.js";

/** Gives up making it smaller after so long. */
const TIME_MS = 15_000;

/** The smallest case found that `differs` still holds for, by leaving out parts of template and data. */
export async function reduce(
  found: FuzzCase,
  differs: (smaller: FuzzCase) => Promise<boolean>,
): Promise<FuzzCase> {
  let best = found;
  const start = Date.now();
  const attempt = async (smaller: FuzzCase): Promise<boolean> => {
    if (Date.now() - start > TIME_MS || !(await differs(smaller))) return false;
    best = smaller;
    return true;
  };
  await attempt({ ...best, data: best.decoder === "json" ? "null" : "" });
  await shrink("template", () => best, attempt);
  await shrink("data", () => best, attempt);
  await shrink("template", () => best, attempt);
  return best;
}

/** Leaves out halves, then smaller and smaller parts of a text. */
async function shrink(
  key: "template" | "data",
  best: () => FuzzCase,
  attempt: (smaller: FuzzCase) => Promise<boolean>,
): Promise<void> {
  for (let size = best()[key].length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < best()[key].length; ) {
      const text = best()[key];
      const shorter = wellFormed(text.slice(0, at) + text.slice(at + size));
      if (!(await attempt({ ...best(), [key]: shorter }))) at += size;
    }
  }
}
