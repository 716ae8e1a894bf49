/**
 * Whom a project with a lock file speaks to: the registry of its lock, by the root key that the lock
 * pins. Another registry, even under the same URL, is refused.
 */
import { CliError } from "../frame/error.js";
import { Session } from "../frame/session.js";
import { originOf, type ServerFlags, setting } from "../frame/settings.js";
import { UsageError } from "../frame/usage.js";
import { LOCK_NAME, type LockFile } from "./lock-file.js";

/**
 * The session for the registry of `lock`, at the server that the command line, the environment or
 * else the lock names; as it is where there is no lock.
 * @throws {CliError} cli_lock_registry where another root key is pinned
 * @throws {UsageError} where a token is given without the server that it is for
 */
export async function lockedSession(
  session: Session,
  flags: ServerFlags,
  lock: LockFile | undefined,
): Promise<Session> {
  if (lock === undefined) return session;
  const { machine, screen } = session;
  const { server, root } = lock.registry;
  const isSet = (name: string) => setting(machine, name) !== undefined;
  const named =
    [flags.server, flags.context].some((flag) => flag !== undefined) ||
    ["BACKBAR_SERVER", "BACKBAR_CONTEXT"].some(isSet);
  const hasToken =
    flags.tokenFile !== undefined || ["BACKBAR_TOKEN", "BACKBAR_TOKEN_FILE"].some(isSet);
  if (!named && hasToken && originOf((await session.settings()).server) !== server) {
    // A lock comes with a clone: it must not choose where a token goes.
    throw new UsageError(
      `a token is given, and ${LOCK_NAME} names the registry ${server}: say whether the token is for it`,
      `BACKBAR_SERVER=${server} or --server ${server}`,
    );
  }
  const own = named ? flags : { ...flags, server };
  const settings = await new Session(machine, screen, own).settings();
  if (settings.root !== undefined && settings.root !== root) {
    throw new CliError(
      "cli_lock_registry",
      `${LOCK_NAME} is of the registry ${server} with the root key ${root}; pinned for ${settings.server} is ${settings.root}`,
      { place: { file: LOCK_NAME }, hint: `--server ${server}, or the context of that registry` },
    );
  }
  const env = (name: string) => (name === "BACKBAR_ROOT" ? root : machine.env(name));
  return new Session({ ...machine, env }, screen, own);
}
