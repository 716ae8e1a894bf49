/**
 * One process per data directory: each that wants it listens on a Unix socket of its own in it, and
 * holds it where no other socket there answers. The kernel drops a listener with its process, so a
 * socket file that refuses connections is dead, and no lock outlives a kill. A name is never used
 * twice and a file of another process only removed when it is dead; each shows its own before it
 * looks for others. So of two that come at once at least one sees the other, and steps back.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { StoreError } from "./error.js";

/** Longest socket path that every system takes (sun_path has 104 bytes on macOS). */
const MAX_SOCKET_PATH_BYTES = 100;
const PREFIX = "lock.";
/** Of a socket that does not listen yet. */
const DRAFT_SUFFIX = ".new";
/** How often those that came at once step back and try again, after up to so long. */
const MAX_ATTEMPTS = 8;
const MAX_PAUSE_MS = 200;

/**
 * Takes the lock of `directory`, which is made if missing; returns the function that gives it back.
 * @throws {StoreError} store_in_use, store_path
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const refuse = unusable(directory);
  const socket = path.join(directory, `${PREFIX}${randomBytes(6).toString("hex")}`);
  if (Buffer.byteLength(socket + DRAFT_SUFFIX) > MAX_SOCKET_PATH_BYTES) {
    throw new StoreError("store_path", `${directory}: longer than a socket path may be`, {
      hint: "set DATA_DIR to a shorter path",
    });
  }
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch(refuse);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (await isHeld(directory, socket).catch(refuse)) break;
    const unlock = await show(socket).catch(refuse);
    if (!(await isHeld(directory, socket).catch(refuse))) return unlock;
    await unlock();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_PAUSE_MS));
  }
  throw new StoreError("store_in_use", `${directory}: opened by another process`, {
    hint: "stop the other server, or set DATA_DIR to another directory",
  });
}

/** Whether a socket other than `own` answers; dead ones are cleared away. */
async function isHeld(directory: string, own: string): Promise<boolean> {
  for (const name of await readdir(directory)) {
    const socket = path.join(directory, name);
    if (!name.startsWith(PREFIX) || name.endsWith(DRAFT_SUFFIX) || socket === own) continue;
    if (await answers(socket)) return true;
    await rm(socket, { force: true });
  }
  return false;
}

/** Listens at `socket`, which appears once it answers; returns the function that ends it. */
async function show(socket: string): Promise<() => Promise<void>> {
  const draft = socket + DRAFT_SUFFIX;
  const server = net.createServer((connection) => connection.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(draft, resolve);
  });
  server.unref();
  await rename(draft, socket);
  return async () => {
    await rm(socket, { force: true });
    await new Promise((closed) => server.close(closed));
  };
}

/**
 * True unless the socket is surely dead: a holder that is too busy to accept, or that belongs to
 * another user, still holds.
 */
function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = net.connect(socket);
    connection.once("connect", () => {
      connection.destroy();
      resolve(true);
    });
    connection.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT"),
    );
  });
}

/** Says that the system does not let `directory` be used. */
function unusable(directory: string): (cause: unknown) => never {
  return (cause) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError("store_path", `${directory}: ${reason}`, {
      cause,
      hint: "set DATA_DIR to a directory that this user may write to",
    });
  };
}
