/** Writes files where there is nothing yet: all of them, or none. */
import { lstat } from "node:fs/promises";
import path from "node:path";
import { CliError } from "../frame/error.js";
import { holdInterrupts } from "../frame/interrupt.js";
import { writeChanges } from "./write-files.js";

/**
 * Writes `files`, by path below `folder`, which is absolute and is made where it is missing. `title`
 * names it in messages.
 * @throws {CliError} cli_exists where one of them is there; cli_link, cli_file
 */
export async function writeNew(
  folder: string,
  title: string,
  files: ReadonlyMap<string, string | Uint8Array>,
): Promise<void> {
  const show = (target: string) => path.join(title, path.relative(folder, target));
  const drafts = [...files].map(([file, content]) => ({
    target: path.join(folder, file),
    content: typeof content === "string" ? Buffer.from(content) : content,
    mode: 0o644,
    keepsMode: true,
  }));
  const check = async () => {
    for (const { target } of drafts) {
      const stats = await lstat(target).catch(() => undefined);
      if (stats === undefined) continue;
      throw new CliError("cli_exists", `${show(target)} is there already`, {
        place: { file: show(target) },
      });
    }
  };
  await check();
  await holdInterrupts((signal) => writeChanges(folder, { files: drafts, check, show }, signal));
}
