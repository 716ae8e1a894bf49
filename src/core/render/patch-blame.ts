/** Which operation of a patch template made a document what it is. */
import { getData } from "../codec/data-path.js";
import type { Data } from "../gotemplate/value.js";
import { type Operations, runOperations } from "./patch-operations.js";

/**
 * The index of the last operation that changed what stands at `keys`, or at the longest part of it
 * that one changed; `before` is the document before the first. Blocks of operations are looked at
 * first: each look copies what they change.
 */
export function findOperation(
  before: Data,
  all: Operations,
  keys: readonly string[],
): number | undefined {
  const { operations } = all;
  const size = Math.ceil(Math.sqrt(operations.length));
  const run = (root: Data, start: number, end: number): Data =>
    runOperations(root, { ...all, operations: operations.slice(start, end), skipped: start });
  const starts = Array.from({ length: Math.ceil(operations.length / size) }, (_, i) => i * size);
  const blocks = starts.map((start) => (root: Data) => run(root, start, start + size));
  const block = lastChange(before, blocks, keys);
  if (block === undefined) return undefined;
  const first = block.step * size;
  const length = Math.min(size, operations.length - first);
  const singles = Array.from(
    { length },
    (_, i) => (root: Data) => run(root, first + i, first + i + 1),
  );
  const single = lastChange(block.before, singles, keys);
  return single === undefined ? undefined : first + single.step;
}

/** The last of `steps` that changed it, with the document before that. */
function lastChange(
  before: Data,
  steps: readonly ((root: Data) => Data)[],
  keys: readonly string[],
): { readonly step: number; readonly before: Data } | undefined {
  const changes: { step: number; before: Data }[] = [];
  let root = before;
  for (const [step, apply] of steps.entries()) {
    const changed = apply(root);
    for (let depth = 0; depth <= keys.length; depth++) {
      const path = keys.slice(0, depth);
      // What a step does not touch stays the same object.
      if (getData(root, path) !== getData(changed, path)) changes[depth] = { step, before: root };
    }
    root = changed;
  }
  return changes.at(-1);
}
