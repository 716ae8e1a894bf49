/** Pointers: the short-lived signed statement which release of an environment is current. */
import { type Pointer, signPointer } from "../core/trust/release-signature.js";
import type { Tx } from "../store/db.js";
import {
  type DuePointers,
  findPointedReleases,
  findPointer,
  lockDuePointers,
  lockPointer,
  type PointedRelease,
  type PointerRow,
  writePointers,
} from "../store/environments.js";
import { changeStore } from "./condition.js";
import { checkOwnKeys } from "./own-keys.js";
import type { Registry } from "./registry.js";
import { loadRelease } from "./release-content.js";
import { repeat } from "./rounds.js";

const MINUTE_MS = 60_000;
/** Others wait for them that long. */
const RENEWED_AT_ONCE = 50;

/** Points to a release: in the transaction that makes it the current one. */
export async function pointTo(registry: Registry, tx: Tx, release: PointedRelease): Promise<void> {
  await writePointers(tx, [await makePointer(registry, release)]);
}

/**
 * The current release and the pointer that says so, both signed.
 * @throws {FlowError} environment_unknown, release_none
 */
export async function readCatalog(
  registry: Registry,
  environment: string,
): Promise<{ readonly pointer: string; readonly release: string }> {
  const stored = await findPointer(registry.db, environment);
  const holds =
    stored !== undefined &&
    stored.expiresAt > registry.now() &&
    stored.issuedAt <= renewalTimes(registry).issue;
  const pointer = holds ? stored : await renewPointer(registry, environment);
  const release = await loadRelease(registry, environment, pointer?.number);
  // Without a pointer there was no release, so loading it has thrown.
  return { pointer: pointer?.jws ?? "", release: release.jws };
}

/**
 * Renews pointers at half their time, until the returned function is called, which waits for a round
 * under way. The first is at once, and one after a sleep of the machine follows within a minute;
 * `readCatalog` renews on demand.
 */
export function keepPointersFresh(registry: Registry): () => Promise<void> {
  const rounds = repeat(() => renewExpiring(registry), MINUTE_MS);
  void rounds.now();
  return rounds.stop;
}

async function renewExpiring(registry: Registry): Promise<void> {
  await checkOwnKeys(registry);
  let renewed: number;
  do {
    renewed = await changeStore(registry, async (tx) => {
      const due = await lockDuePointers(tx, renewalTimes(registry), RENEWED_AT_ONCE);
      await renewLocked(registry, tx, due);
      return due.length;
    });
  } while (renewed === RENEWED_AT_ONCE);
}

/** At half their time pointers are due; one issued later than now is of a clock that ran ahead. */
function renewalTimes(registry: Registry): DuePointers {
  const now = registry.now().getTime();
  return {
    expiry: new Date(now + (registry.pointerTtlHours / 2) * 60 * MINUTE_MS),
    issue: new Date(now + MINUTE_MS),
  };
}

/** The environment's pointer, signed anew unless somebody was first; undefined where there is none. */
async function renewPointer(
  registry: Registry,
  environment: string,
): Promise<PointerRow | undefined> {
  await checkOwnKeys(registry);
  return changeStore(registry, async (tx) => {
    const stored = await lockPointer(tx, environment);
    const { expiry, issue } = renewalTimes(registry);
    const stands = stored === undefined || (stored.expiresAt > expiry && stored.issuedAt <= issue);
    if (stands) return stored;
    const [pointer] = await renewLocked(registry, tx, [stored]);
    return pointer;
  });
}

async function renewLocked(
  registry: Registry,
  tx: Tx,
  locked: readonly PointerRow[],
): Promise<PointerRow[]> {
  const releases = await findPointedReleases(tx, locked);
  const pointers: PointerRow[] = [];
  for (const release of releases) pointers.push(await makePointer(registry, release));
  await writePointers(tx, pointers);
  return pointers;
}

async function makePointer(
  registry: Registry,
  { environment, number, digest }: PointedRelease,
): Promise<PointerRow> {
  const issuedAt = registry.now();
  const expiresAt = new Date(issuedAt.getTime() + registry.pointerTtlHours * 60 * MINUTE_MS);
  const pointer: Pointer = {
    environment,
    number,
    release: digest,
    issued: issuedAt.toISOString(),
    expires: expiresAt.toISOString(),
  };
  const jws = await signPointer(pointer, registry.keys.release);
  return { environment, number, jws, issuedAt, expiresAt };
}
