/** Reads files that a command line names, never more of one than its limit. */
import type { Dirent } from "node:fs";
import { type FileHandle, open, readdir } from "node:fs/promises";
import { decodeUtf8 } from "../../core/codec/utf8.js";
import { CliError } from "../frame/error.js";

const CHUNK_BYTES = 64 * 1024;

/**
 * The bytes of `file`, which may be a pipe; undefined where there is none. `title` names it in
 * messages.
 * @throws {CliError} cli_file where it cannot be read, cli_file_limit beyond `maxBytes`
 */
export async function readIfThere(
  file: string,
  title: string,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  try {
    const handle = await open(file, "r");
    try {
      return await readUpTo(handle, title, maxBytes);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (isFileFault(cause, "ENOENT", "ENOTDIR")) return undefined;
    if (cause instanceof CliError) throw cause;
    if (isFileFault(cause, "EISDIR")) {
      const details = { place: { file: title }, cause };
      throw new CliError("cli_file", `${title} is a folder where a file is wanted`, details);
    }
    throw fileError(`${title} cannot be read`, cause);
  }
}

/** What lies in `folder`; `title` names it in messages. @throws {CliError} cli_file */
export async function listFolder(folder: string, title: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw fileError(`${title} cannot be read`, cause);
  });
}

/**
 * The text of a file that must be UTF-8.
 * @throws {CliError} cli_file
 */
export function decodeFile(bytes: Uint8Array, title: string): string {
  const text = decodeUtf8(bytes);
  if (text !== undefined) return text;
  throw new CliError("cli_file", `${title} is not UTF-8 text`, { place: { file: title } });
}

/** Whether `error` is one of the file system with one of `codes`. */
export function isFileFault(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** Whether `error` came from the operating system. */
export function isSystemFault(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

/** The error of a file system as one of a command. */
export function fileError(message: string, cause: unknown): CliError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CliError("cli_file", `${message}: ${reason}`, { cause });
}

async function readUpTo(handle: FileHandle, title: string, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let size = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES);
    if (bytesRead === 0) return new Uint8Array(Buffer.concat(chunks));
    size += bytesRead;
    if (size > maxBytes) {
      throw new CliError("cli_file_limit", `${title} takes more than ${maxBytes} bytes`, {
        place: { file: title },
      });
    }
    chunks.push(buffer.subarray(0, bytesRead));
  }
}
