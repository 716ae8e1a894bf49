/**
 * Remembers what renders came to. A render is a function of its job unless random bytes or the time
 * went into it, which its outcome tells; asked again, it need not be made again. Examples are rendered
 * the same each time, so a version whose examples are those of the one before costs none. Nothing
 * that failed is kept.
 */
import { createHash } from "node:crypto";
import { deserialize, serialize } from "node:v8";
import { RecentlyUsed } from "../recently-used.js";
import type { Renderer, RenderJob } from "./job.js";

/** What an outcome takes beside its bytes. */
const OVERHEAD_BYTES = 512;

/** `renderer`, with the outcomes of its last repeatable renders in up to `bytes` of memory; 0 keeps none. */
export function rememberRenders(
  renderer: Renderer,
  { bytes }: { readonly bytes: number },
): Renderer {
  if (bytes === 0) return renderer;
  /** As bytes: whoever gets an outcome gets a copy, and they are as long as they say. */
  const outcomes = new RecentlyUsed<Uint8Array>(bytes);
  const recall = async <T>(key: string, make: () => Promise<T>, isKept: (made: T) => boolean) => {
    const known = outcomes.get(key);
    // From a copy: files are read as views on what they are read from.
    if (known !== undefined) return deserialize(known.slice()) as T;
    const made = await make();
    if (isKept(made)) {
      // Of its own length: what `serialize` returns may be part of a longer piece of memory.
      const kept = new Uint8Array(serialize(made));
      outcomes.set(key, kept, kept.length + OVERHEAD_BYTES);
    }
    return made;
  };
  return {
    render: (job) =>
      recall(
        digestOf(job),
        () => renderer.render(job),
        ({ repeatable }) => repeatable,
      ),
    renderExample: (job) =>
      recall(
        `example ${digestOfAll(job)}`,
        () => renderer.renderExample(job),
        () => true,
      ),
    close: () => renderer.close(),
  };
}

/** Over the whole job, whatever fields it has; a release is named by its key. */
function digestOf(job: RenderJob): string {
  return digestOfAll({ ...job, served: job.served.key });
}

/** Of the values alone: how V8 holds them, which its `serialize` shows, changes as a process runs. */
function digestOfAll(job: object): string {
  const seen = new Map<object, number>();
  const text = JSON.stringify(job, (_key, value: unknown) => inJson(value, seen));
  return sha256(text);
}

/**
 * Values that JSON would drop or merge, as objects that no job holds in their places. What is in a job
 * twice, as the folder that several Score files share, is written once.
 */
function inJson(value: unknown, seen: Map<object, number>): unknown {
  if (value instanceof Map || value instanceof Uint8Array) {
    const same = seen.get(value);
    if (same !== undefined) return { same };
    seen.set(value, seen.size);
    return value instanceof Map ? { map: [...value] } : { bytes: sha256(value) };
  }
  if (typeof value === "bigint") return { integer: `${value}` };
  if (Object.is(value, -0)) return { number: "-0" };
  return typeof value === "number" && !Number.isFinite(value) ? { number: `${value}` } : value;
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("base64");
}
