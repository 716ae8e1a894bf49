/**
 * After a database was restored from a backup that lacks what was published: the log that it has goes
 * on under another name, and its next leaf tells everyone what was lost. The one write that a
 * read-only registry takes.
 */
import { encodeBase64 } from "../core/tlog/base64.js";
import { parseFrontier, rootOfFrontier } from "../core/tlog/frontier.js";
import { lockLogHead } from "../store/log.js";
import { type Caller, checkMay } from "./caller.js";
import { followRecovery, publishCheckpoint } from "./checkpoint.js";
import { noteOf, type PublishedCheckpoint } from "./checkpoints.js";
import { FlowError } from "./error.js";
import {
  readFormerOrigins,
  readOrigin,
  renewKeySet,
  replaceOrigin,
  skipKeySetNumbers,
} from "./identity.js";
import { insertEnvelope, recordEnvelope } from "./log.js";
import { checkOwnKeys } from "./own-keys.js";
import type { Registry } from "./registry.js";

export interface Recovery {
  /** The log's name from now on. */
  readonly origin: string;
  readonly formerOrigin: string;
  /** How many leaves of the former log this one has. */
  readonly size: number;
  /** Index of the leaf that says so. */
  readonly logIndex: number;
}

/**
 * Lets the registry go on with the log that its database has.
 * @throws {FlowError} role_missing, signing_key_replaced, recovery_not_needed where it is not
 *   read-only
 */
export async function recoverLog(
  registry: Registry,
  caller: Caller,
  reason: string,
): Promise<Recovery> {
  checkMay(caller, "admin");
  const { checkpoints, condition } = registry;
  // Another process may have done it.
  await followRecovery(registry);
  await checkOwnKeys(registry);
  const cause = condition.reason;
  if (cause === undefined) {
    throw new FlowError("recovery_not_needed", "the log has everything that was published", {
      hint: "recovery is for a registry that is read-only: GET /readyz",
    });
  }
  const recovery = await registry.db.transaction(async (tx): Promise<Recovery> => {
    const head = await lockLogHead(tx);
    const { published } = checkpoints;
    const formerOrigin = await readOrigin(tx);
    const formers = (await readFormerOrigins(tx)).map((former) => former.origin);
    const origin = nextOrigin([...formers, formerOrigin], published);
    const details = {
      origin,
      formerOrigin,
      size: head.size,
      root: encodeBase64(rootOfFrontier(parseFrontier(head.size, head.frontier))),
      reason,
      cause,
      ...(published === undefined ? {} : { published: noteOf(published) }),
    };
    const record = { kind: "recovery", actor: caller.actor, details } as const;
    const envelope = await recordEnvelope(registry, record);
    const logIndex = await insertEnvelope(tx, "recovery", envelope, head);
    await replaceOrigin(tx, origin, head.size);
    await skipKeySetNumbers(tx);
    await renewKeySet(registry, tx);
    return { origin, formerOrigin, size: head.size, logIndex };
  });
  registry.freshness.drop();
  checkpoints.forget();
  condition.allowWrites();
  await publishCheckpoint(registry);
  return recovery;
}

/** The first name with the next number; what was published may be of a log that was recovered before. */
function nextOrigin(
  origins: readonly string[],
  published: PublishedCheckpoint | undefined,
): string {
  const [first = ""] = origins;
  const numbers = [...origins, published?.origin ?? ""]
    .filter((origin) => origin.startsWith(`${first}/`))
    .map((origin) => Number(origin.slice(first.length + 1)));
  return `${first}/${Math.max(0, ...numbers.filter(Number.isSafeInteger)) + 1}`;
}
