/** The steps of pull: which release, verified; its files; what of it the lock keeps. */
import {
  readNumberedRelease,
  readVerifiedFiles,
  readVerifiedRelease,
  type VerifiedFiles,
} from "../../client/catalog.js";
import { type ReleaseDocument, servedTargets } from "../../core/recipe/release-document.js";
import { TARGETS, type Target } from "../../core/score/project-state.js";
import { CliError } from "../frame/error.js";
import type { Session } from "../frame/session.js";
import type { ServerFlags } from "../frame/settings.js";
import { UsageError } from "../frame/usage.js";
import type { Registry } from "./fetch.js";
import { LOCK_NAME, type LockedRelease, type LockFile } from "./lock-file.js";
import { connect, lockOf, openLockedProject, openProject, type Project } from "./project.js";

/** Which release: the one with a number, that of the lock, or the current one. */
export interface PullOptions {
  readonly target: Target | undefined;
  readonly release: number | undefined;
  readonly frozen: boolean;
  /** Whether the lock is to keep what is pulled. */
  readonly lock: boolean;
}

/** What was pulled; nothing of it is written yet. */
export interface Pulled {
  readonly project: Project;
  readonly release: ReleaseDocument;
  /** Digest of the release as signed. */
  readonly digest: string;
  readonly target: Target;
  /** Whether the release has anything for the target. */
  readonly isServed: boolean;
  readonly files: VerifiedFiles;
  /** The lock with this release in it, where it is to be kept. */
  readonly lock: LockFile | undefined;
}

/**
 * A release of an environment and its files for one target, all verified.
 * @throws {TrustError} signed_*, pointer_*; {ClientError} client_*; {ServerProblem}
 * @throws {CliError} cli_lock_missing, cli_lock_differs, cli_lock; {UsageError}
 */
export async function pullRelease(
  session: Session,
  flags: ServerFlags,
  environment: string,
  options: PullOptions,
): Promise<Pulled> {
  const project = await openFor(session, flags, environment, options);
  return session.screen.during(`Pulling ${environment}`, async () => {
    const registry = await connect(project);
    const locked = options.frozen ? lockedRelease(project, environment) : undefined;
    const number = locked?.release ?? options.release;
    const { release, digest } =
      number === undefined
        ? await readCurrent(project.session, registry, environment)
        : await readNumberedRelease(registry.client, environment, number, registry.trust);
    if (locked !== undefined && locked.digest !== digest) {
      throw new CliError(
        "cli_lock_differs",
        `release ${locked.release} of ${environment} is ${digest}; ${LOCK_NAME} says ${locked.digest}`,
        { hint: "this is not what was pinned: nothing was written" },
      );
    }
    const target = options.target ?? onlyTarget(release);
    const files = await readVerifiedFiles(registry.client, release, target);
    const old = options.lock ? await lockOf(project, registry) : undefined;
    const lock = old && {
      ...old,
      environments: new Map([
        ...old.environments,
        [environment, { release: release.number, digest }],
      ]),
    };
    const isServed = servedTargets(release).includes(target);
    return { project, release, digest, target, isServed, files, lock };
  });
}

/** Without a word of the lock, the project's registry is no concern. */
async function openFor(
  session: Session,
  flags: ServerFlags,
  environment: string,
  { frozen, lock }: PullOptions,
): Promise<Project> {
  if (frozen) return openLockedProject(session, flags, `backbar pull ${environment} --lock`);
  if (lock) return openProject(session, flags);
  return { session, folder: session.machine.folder, found: undefined };
}

/** The current release; an older one than was seen before is refused. */
async function readCurrent(session: Session, { client, trust }: Registry, environment: string) {
  const seen = await session.seen();
  const revoked = revokedKeys(trust);
  const known = seen?.releases.get(environment);
  // A number by a key that is revoked now may be a lie that would shut out every true one.
  const seenNumber = known === undefined || revoked.has(known.key) ? 0 : known.number;
  const now = session.machine.now();
  const found = await readVerifiedRelease(client, environment, trust, { now, seenNumber });
  const { release, pointer } = found;
  const isNews = release.number > seenNumber || known?.key !== pointer.signedBy;
  if (seen !== undefined && isNews) {
    const latest = { number: release.number, key: pointer.signedBy };
    const releases = new Map([...seen.releases, [environment, latest]]);
    await session.remember({ ...seen, releases }, revoked);
  }
  return { release, digest: pointer.release };
}

function revokedKeys({ keySet }: Registry["trust"]): ReadonlySet<string> {
  const revoked = keySet.release.filter((key) => key.revoked !== undefined);
  return new Set(revoked.map(({ publicKey }) => publicKey.fingerprint));
}

function lockedRelease({ found }: Project, environment: string): LockedRelease {
  const locked = found?.lock.environments.get(environment);
  if (locked !== undefined) return locked;
  throw new CliError("cli_lock_missing", `${LOCK_NAME} pins no release of ${environment}`, {
    hint: `backbar pull ${environment} --lock pins the current one`,
  });
}

function onlyTarget(release: ReleaseDocument): Target {
  const served = servedTargets(release);
  const [only, ...others] = served;
  if (only !== undefined && others.length === 0) return only;
  const which = served.length === 0 ? "neither" : "both";
  throw new UsageError(
    `${release.environment} has files for ${which} of ${TARGETS.join(" and ")}`,
    "--target says which ones",
  );
}
