/**
 * The files and folders below a project's mounts directory that one render makes, kept in memory.
 * Paths are slash-separated and relative to that directory; modes are permission bits.
 */
import { compareBytes } from "../codec/key-order.js";

export interface MountedFile {
  readonly path: string;
  readonly mode: number;
  readonly content: Uint8Array;
}

/** What a render takes away from what earlier renders left on disk, before it writes. */
export interface Removal {
  /** Clean and local; `.` is the mounts directory itself. */
  readonly path: string;
  /** Whether a folder goes, with everything below it. */
  readonly directory: boolean;
}

/** A path that cannot be made, because a file stands where a folder is needed or the other way round. */
export class MountConflict extends Error {
  override readonly name = "MountConflict";
}

export class Mounts {
  readonly #files = new Map<string, MountedFile>();
  readonly #directories = new Set<string>();
  /** By path: whether a folder goes. */
  readonly #removals = new Map<string, boolean>();

  /** Mounts of their own with the same in them. */
  copy(): Mounts {
    const copy = new Mounts();
    for (const [path, file] of this.#files) copy.#files.set(path, file);
    for (const path of this.#directories) copy.#directories.add(path);
    for (const [path, directory] of this.#removals) copy.#removals.set(path, directory);
    return copy;
  }

  /** Makes a folder and those above it. `path` is clean and local. */
  addDirectory(path: string): void {
    const made: string[] = [];
    for (let at = path; at !== "." && !this.#directories.has(at); at = parentOf(at)) {
      if (this.#files.has(at)) throw new MountConflict(`${at}: a file stands there`);
      made.push(at);
    }
    for (const directory of made.reverse()) this.#directories.add(directory);
  }

  /** Removes a folder with everything below it; nothing happens if there is none. */
  removeDirectory(path: string): void {
    this.#removals.set(path, true);
    const inside = (other: string) =>
      path === "." || other === path || other.startsWith(`${path}/`);
    for (const file of this.#files.keys()) if (inside(file)) this.#files.delete(file);
    for (const directory of this.#directories) {
      if (inside(directory)) this.#directories.delete(directory);
    }
  }

  /** Writes a file, making the folders above it. A file that is there keeps its mode, as on disk. */
  writeFile(path: string, content: Uint8Array, mode: number): void {
    if (path === "." || this.#directories.has(path)) {
      throw new MountConflict(`${path}: a folder stands there`);
    }
    this.addDirectory(parentOf(path));
    this.#files.set(path, { path, mode: this.#files.get(path)?.mode ?? mode, content });
  }

  /** Removes a file, or a folder that holds nothing; nothing happens if there is neither. */
  removeFile(path: string): void {
    if (this.#directories.has(path) && this.#holdsSomething(path)) {
      throw new MountConflict(`${path}: a folder stands there that holds something`);
    }
    this.#removals.set(path, this.#removals.get(path) ?? false);
    this.#directories.delete(path);
    this.#files.delete(path);
  }

  #holdsSomething(directory: string): boolean {
    const below = [...this.#files.keys(), ...this.#directories];
    return below.some((path) => path.startsWith(`${directory}/`));
  }

  /** Sorted by path. */
  files(): MountedFile[] {
    return [...this.#files.values()].sort((a, b) => compareBytes(a.path, b.path));
  }

  /** Sorted by path; what was written again later is among them. */
  removals(): Removal[] {
    return [...this.#removals]
      .map(([path, directory]) => ({ path, directory }))
      .sort((a, b) => compareBytes(a.path, b.path));
  }

  /** Folders that hold nothing, sorted. */
  emptyDirectories(): string[] {
    const filled = new Set<string>();
    for (const path of [...this.#files.keys(), ...this.#directories]) filled.add(parentOf(path));
    return [...this.#directories].filter((path) => !filled.has(path)).sort(compareBytes);
  }
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash);
}
