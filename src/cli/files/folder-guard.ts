/** Keeps writes inside a folder: no symbolic link below it is followed, nothing but files is replaced. */
import type { Stats } from "node:fs";
import { lstat } from "node:fs/promises";
import path from "node:path";
import { CliError } from "../frame/error.js";
import { isFileFault } from "./read-file.js";

/** Something to delete. */
export interface Removed {
  /** Absolute. */
  readonly target: string;
  /** Whether a folder goes, with everything below it. */
  readonly directory: boolean;
}

export class FolderGuard {
  readonly #folder: string;
  readonly #removals: readonly Removed[];
  readonly #show: (target: string) => string;

  /** `folder` is absolute; `show` names a path in messages. */
  constructor(folder: string, removals: readonly Removed[], show: (target: string) => string) {
    this.#folder = folder;
    this.#removals = removals;
    this.#show = show;
  }

  /** Whether a removal takes `target` away. */
  isRemoved(target: string): boolean {
    return this.#removals.some(
      (removal) =>
        removal.target === target ||
        (removal.directory && target.startsWith(`${removal.target}${path.sep}`)),
    );
  }

  /** @throws {CliError} cli_link, cli_file where a file cannot be written */
  async checkFile(target: string): Promise<void> {
    await this.#checkWay(target);
    const stats = await this.#look(target);
    if (stats === undefined || stats.isFile() || this.isRemoved(target)) return;
    throw new CliError("cli_file", `${this.#show(target)} is in the way: it is no plain file`);
  }

  /** @throws {CliError} cli_link, cli_file where a folder cannot be */
  async checkDirectory(target: string): Promise<void> {
    await this.#checkWay(path.join(target, "below"));
  }

  /** @throws {CliError} cli_link, cli_file where what is to be deleted is out of reach */
  async checkRemoval({ target, directory }: Removed): Promise<void> {
    await this.#checkWay(target);
    const stats = await this.#look(target);
    if (stats === undefined || directory || !stats.isDirectory()) return;
    throw new CliError("cli_file", `${this.#show(target)} is in the way: it is a folder`);
  }

  /**
   * The lowest folder above `target` that is there and stays.
   * @throws {CliError} cli_file where something else is
   */
  async standingFolder(target: string): Promise<string> {
    for (let at = path.dirname(target); ; at = path.dirname(at)) {
      const stats = this.isRemoved(at) ? undefined : await look(at);
      if (stats?.isDirectory() || at === path.dirname(at)) return at;
      if (stats === undefined) continue;
      throw new CliError("cli_file", `${this.#show(at)} is in the way: it is no folder`);
    }
  }

  /** Looks at every folder on the way from this one down to `target`. */
  async #checkWay(target: string): Promise<void> {
    const names = path.relative(this.#folder, target).split(path.sep);
    // What a person names outside the folder is theirs to choose.
    if (names[0] === "..") return;
    let at = this.#folder;
    for (const name of names.slice(0, -1)) {
      at = path.join(at, name);
      const stats = await this.#look(at);
      if (stats === undefined) return;
      if (stats.isDirectory() || this.isRemoved(at)) continue;
      throw new CliError("cli_file", `${this.#show(at)} is in the way: it is no folder`);
    }
  }

  async #look(target: string): Promise<Stats | undefined> {
    const stats = await look(target);
    if (!stats?.isSymbolicLink()) return stats;
    throw new CliError("cli_link", `${this.#show(target)} is a symbolic link`, {
      hint: "nothing is written through links; move it away, or choose another folder with --out",
    });
  }
}

async function look(target: string): Promise<Stats | undefined> {
  try {
    return await lstat(target);
  } catch (error) {
    if (isFileFault(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}
