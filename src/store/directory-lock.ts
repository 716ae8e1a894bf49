/**
 * One process per data directory: the holder listens on a Unix socket in it. The kernel drops the
 * listener with the process, so a socket file that refuses connections is stale, and no lock
 * outlives a kill.
 */
import { link, mkdir, rename, rm } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { StoreError } from "./error.js";

/** Longest socket path that every system takes (sun_path has 104 bytes on macOS). */
const MAX_SOCKET_PATH_BYTES = 100;

/**
 * Takes the lock of `directory`, which is made if missing; returns the function that gives it back.
 * @throws {StoreError} store_in_use, store_path
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const lock = path.join(directory, "lock");
  const own = `${lock}.${process.pid}`;
  if (Buffer.byteLength(own) > MAX_SOCKET_PATH_BYTES) {
    throw new StoreError("store_path", `${directory}: longer than a socket path may be`, {
      hint: "set DATA_DIR to a shorter path",
    });
  }
  const refuse = unusable(directory);
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch(refuse);
  await rm(own, { force: true }).catch(refuse);
  const server = await listen(own, directory);
  try {
    await claim(own, lock, directory);
  } catch (error) {
    server.close();
    throw error instanceof StoreError ? error : refuse(error);
  }
  return async () => {
    await rm(lock, { force: true });
    await new Promise((closed) => server.close(closed));
  };
}

/** Gives the bound socket the lock's name; a hard link fails where the name is taken, so one wins. */
async function claim(own: string, lock: string, directory: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await link(own, lock);
      await rm(own, { force: true });
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    if (await answers(lock)) break;
    const stale = `${own}.stale`;
    await rename(lock, stale).catch(() => {});
    // Another starter may have taken the name between the question and the rename: give it back.
    if (await answers(stale)) {
      await link(stale, lock).catch(() => {});
      await rm(stale, { force: true });
      break;
    }
    await rm(stale, { force: true });
  }
  await rm(own, { force: true });
  throw new StoreError("store_in_use", `${directory}: opened by another process`, {
    hint: "stop the other server, or set DATA_DIR to another directory",
  });
}

function listen(socketPath: string, directory: string): Promise<net.Server> {
  return new Promise<net.Server>((resolve, reject) => {
    const server = net.createServer((socket) => socket.destroy());
    server.once("error", reject);
    server.listen(socketPath, () => {
      server.unref();
      resolve(server);
    });
  }).catch(unusable(directory));
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

/**
 * True unless the socket is surely dead: a holder that is too busy to accept, or that belongs to
 * another user, still holds.
 */
function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT"),
    );
  });
}
