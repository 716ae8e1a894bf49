/**
 * What was fetched of a log stays on this machine: envelopes never change, so that the next audit
 * asks only for new ones. Each is hashed again when it is read; the rest of the file is void.
 *
 *     XDG_CACHE_HOME/backbar/log-<hash of the origin>.jsonl
 */
import { appendFile, mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { ContentCache } from "../../client/gather-log.js";
import { sha256Digest } from "../../core/codec/digest.js";
import type { Machine } from "../frame/machine.js";

export interface OpenCache extends ContentCache {
  /** Writes what was added; a cache that cannot be written is none. */
  keep(): Promise<void>;
}

export async function openContentCache(machine: Machine, origin: string): Promise<OpenCache> {
  const name = sha256Digest(origin).slice("sha256:".length).slice(0, 16);
  const file = path.join(cacheFolder(machine), `log-${name}.jsonl`);
  const text = await readFile(file, "utf8").catch(() => "");
  const known = new Map<string, string>();
  for (const line of text.split("\n")) {
    const content = parseLine(line);
    if (content !== undefined) known.set(sha256Digest(content), content);
  }
  const added: string[] = [];
  return {
    get: (digest) => known.get(digest),
    add: (digest, content) => {
      known.set(digest, content);
      added.push(content);
    },
    keep: async () => {
      if (added.length === 0) return;
      const lines = added.map((content) => `${JSON.stringify(content)}\n`).join("");
      // On a line of its own, whatever an interrupted command left.
      const start = text === "" || text.endsWith("\n") ? "" : "\n";
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
        .then(() => appendFile(file, start + lines, { mode: 0o600 }))
        .catch(() => {});
    },
  };
}

function cacheFolder({ env, home }: Machine): string {
  const xdg = env("XDG_CACHE_HOME");
  const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, ".cache");
  return path.join(base, "backbar");
}

function parseLine(line: string): string | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
