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

function readBatch(value: JsonValue, problems: JsonProblem[]): UsageBatch {
  const fields = new StrictObject(value, [], problems);
  fields.integer("usageBatch", VERSION, VERSION);
  const time = fields.text("time", TIME);
  const usage = fields.objects("usage", MAX_BATCH_RECORDS).map(readUsage);
  const refusals = fields.objects("refusals", MAX_BATCH_RECORDS).map(readRefusal);
  fields.done();
  if (!isSorted(usage, usageKey)) fields.fault(["usage"], "must be sorted, each record once");
  if (!isSorted(refusals, refusalKey)) {
    fields.fault(["refusals"], "must be sorted, each count once");
  }
  return { time, usage, refusals };
}

function readUsage(fields: StrictObject): UsageSnapshot {
  const snapshot = {
    environment: fields.text("environment"),
    project: fields.text("project"),
    workload: fields.text("workload", LONG),
    resource: fields.text("resource", LONG),
    recipe: fields.text("recipe"),
    version: fields.text("version"),
    digest: fields.text("digest", { refuse: refuseDigest }),
    release: fields.integer("release", 1),
    actor: fields.text("actor", LONG),
    firstUsedAt: fields.text("firstUsedAt", TIME),
    lastUsedAt: fields.text("lastUsedAt", TIME),
    renders: fields.integer("renders", 1),
    current: fields.boolean("current", false),
  };
  if (!fields.has("current")) fields.fault(["current"], "is missing");
  fields.done();
  return snapshot;
}

function readRefusal(fields: StrictObject): RefusalCount {
  const count = {
    minute: fields.text("minute", TIME),
    actor: fields.text("actor", LONG),
    address: fields.text("address", LONG),
    method: fields.text("method"),
    route: fields.text("route", LONG),
    code: fields.text("code"),
    count: fields.integer("count", 1),
  };
  fields.done();
  return count;
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
