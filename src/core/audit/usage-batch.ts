/**
 * Batches of what changed in the audit trail: each usage record and each count of refused requests
 * as it stands, whole. A leaf of the kind `usage` names a batch by the digest of its canonical JSON,
 * so none can be rewritten later: of one record the last batch holds, its first use never changes,
 * and its renders never fall. docs/decisions/0012-evidence.md.
 */
import { canonicalJsonBytes, type JsonValue } from "../codec/canonical-json.js";
import { refuseDigest } from "../recipe/names.js";
import { refuseTime } from "../recipe/release-document.js";
import { type JsonProblem, parseCanonicalJson, StrictObject } from "../recipe/strict-json.js";
import { AuditError } from "./error.js";

export interface UsageBatch {
  /** RFC 3339, UTC: when it was made. */
  readonly time: string;
  readonly usage: readonly UsageSnapshot[];
  readonly refusals: readonly RefusalCount[];
}

/** A usage record as it stood. */
export interface UsageSnapshot extends UsageKey {
  readonly version: string;
  /** RFC 3339, UTC. */
  readonly firstUsedAt: string;
  readonly lastUsedAt: string;
  /** Since the first. */
  readonly renders: number;
  /** False once a later render of the project no longer used it. */
  readonly current: boolean;
}

/** What tells a usage record from every other. */
interface UsageKey {
  readonly environment: string;
  /** "" for renders without a project. */
  readonly project: string;
  readonly workload: string;
  readonly resource: string;
  readonly recipe: string;
  /** Of the version's manifest. */
  readonly digest: string;
  readonly release: number;
  readonly actor: string;
}

/** How often in one minute a request was refused for who asked. */
export interface RefusalCount {
  /** RFC 3339, UTC: its start. */
  readonly minute: string;
  readonly actor: string;
  readonly address: string;
  readonly method: string;
  /** The route's pattern. */
  readonly route: string;
  readonly code: string;
  readonly count: number;
}

/** Of each kind; an unbounded batch would keep others waiting for the log's head. */
export const MAX_BATCH_RECORDS = 2_000;
export const MAX_BATCH_BYTES = 16 * 1024 * 1024;

const VERSION = 1;
const LONG = { maxLength: 20_000 };
const TIME = { refuse: refuseTime };

/** The batch as canonical JSON, in an order of its own. */
export function formatUsageBatch({ time, usage, refusals }: UsageBatch): Uint8Array {
  return canonicalJsonBytes({
    usageBatch: VERSION,
    time,
    usage: sortBy(usage, usageKey).map((one) => ({ ...one })),
    refusals: sortBy(refusals, refusalKey).map((one) => ({ ...one })),
  });
}

/** @throws {AuditError} audit_batch_form */
export function parseUsageBatch(bytes: Uint8Array): UsageBatch {
  if (bytes.length > MAX_BATCH_BYTES) throw noBatch(`has more than ${MAX_BATCH_BYTES} bytes`);
  const parsed = parseCanonicalJson(bytes);
  if ("fault" in parsed) throw noBatch(`is ${parsed.fault}`);
  const problems: JsonProblem[] = [];
  const batch = readBatch(parsed.value, problems);
  const [first] = problems;
  if (first !== undefined) throw noBatch(`at ${first.path.join(".")}: ${first.message}`);
  return batch;
}

/** One text for each usage record. */
export function usageKey(one: UsageKey): string {
  const { environment, project, workload, resource, recipe, digest, release, actor } = one;
  return JSON.stringify([environment, project, workload, resource, recipe, digest, release, actor]);
}

/** One text for each count of refusals. */
export function refusalKey(one: Omit<RefusalCount, "count">): string {
  const { minute, actor, address, method, route, code } = one;
  return JSON.stringify([minute, actor, address, method, route, code]);
}

/**
 * The members of a usage record but for its project, which not everybody writes where there is none;
 * `minRenders` is 0 where the registry may say what it likes.
 */
export function readUsage(fields: StrictObject, minRenders: 0 | 1): Omit<UsageSnapshot, "project"> {
  return {
    environment: fields.text("environment"),
    workload: fields.text("workload", LONG),
    resource: fields.text("resource", LONG),
    recipe: fields.text("recipe"),
    version: fields.text("version"),
    digest: fields.text("digest", { refuse: refuseDigest }),
    release: fields.integer("release", 1),
    actor: fields.text("actor", LONG),
    firstUsedAt: fields.text("firstUsedAt", TIME),
    lastUsedAt: fields.text("lastUsedAt", TIME),
    renders: fields.integer("renders", minRenders),
    current: fields.boolean("current", false),
  };
}

/** The members of a count of refusals; `minCount` likewise. */
export function readRefusals(fields: StrictObject, minCount: 0 | 1): RefusalCount {
  return {
    minute: fields.text("minute", TIME),
    actor: fields.text("actor", LONG),
    address: fields.text("address", LONG),
    method: fields.text("method"),
    route: fields.text("route", LONG),
    code: fields.text("code"),
    count: fields.integer("count", minCount),
  };
}

function readBatch(value: JsonValue, problems: JsonProblem[]): UsageBatch {
  const fields = new StrictObject(value, [], problems);
  fields.integer("usageBatch", VERSION, VERSION);
  const time = fields.text("time", TIME);
  const usage = fields.objects("usage", MAX_BATCH_RECORDS).map((one) => {
    const snapshot = { ...readUsage(one, 1), project: one.text("project") };
    if (!one.has("current")) one.fault(["current"], "is missing");
    one.done();
    return snapshot;
  });
  const refusals = fields.objects("refusals", MAX_BATCH_RECORDS).map((one) => {
    const count = readRefusals(one, 1);
    one.done();
    return count;
  });
  fields.done();
  if (!isSorted(usage, usageKey)) fields.fault(["usage"], "must be sorted, each record once");
  if (!isSorted(refusals, refusalKey)) {
    fields.fault(["refusals"], "must be sorted, each count once");
  }
  return { time, usage, refusals };
}

function sortBy<T>(items: readonly T[], keyOf: (one: T) => string): T[] {
  return [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function isSorted<T>(items: readonly T[], keyOf: (one: T) => string): boolean {
  const keys = items.map(keyOf);
  return keys.every((key, i) => i === 0 || (keys[i - 1] ?? "") < key);
}

function noBatch(why: string): AuditError {
  return new AuditError("audit_batch_form", `this is no batch of usage records: it ${why}`);
}
