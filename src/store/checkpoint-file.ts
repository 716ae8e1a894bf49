/**
 * The file that holds the last published checkpoint, outside the database: what has been told to the
 * world must not be forgotten with a database that is restored from a backup.
 */
import { mkdir, open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { StoreError } from "./error.js";

/**
 * The note; undefined where there is no such file, whose folder is there from then on: one that
 * vanishes later, such as a disk that is unmounted, is never made anew beneath the service.
 * @throws {StoreError} store_checkpoint_file
 */
export async function readCheckpointFile(file: string): Promise<string | undefined> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    return await readFile(file, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw unusable("read", cause);
  }
}

/**
 * Writes the note so that it is there after a power cut, whole, before this returns.
 * @throws {StoreError} store_checkpoint_file
 */
export async function writeCheckpointFile(file: string, note: string): Promise<void> {
  try {
    const draft = `${file}.new`;
    const handle = await open(draft, "w", 0o644);
    try {
      await handle.writeFile(note);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    const folder = await open(path.dirname(file));
    await folder.sync().finally(() => folder.close());
  } catch (cause) {
    throw unusable("written", cause);
  }
}

/** The message is shown to clients: it tells no path. */
function unusable(how: "read" | "written", cause: unknown): StoreError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
  return new StoreError("store_checkpoint_file", `the checkpoint cannot be ${how}: ${code}`, {
    cause,
    hint: "the operator makes room in DATA_DIR, or lets the service write there",
  });
}
