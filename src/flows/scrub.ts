/**
 * Scrub: reads everything that never changes, and tells what is not as it was written. Each blob is
 * held against its digest, each row against what it names, and the log is computed anew from the
 * envelopes of its leaves. It changes nothing.
 */
import { canonicalJson, canonicalJsonBytes, type JsonValue } from "../core/codec/canonical-json.js";
import { sha256Digest } from "../core/codec/digest.js";
import { blobDigests } from "../core/oci/manifest.js";
import {
  appendLeaf,
  completedNodes,
  EMPTY_FRONTIER,
  type Frontier,
  formatFrontier,
} from "../core/tlog/frontier.js";
import { leafHash } from "../core/tlog/leaf.js";
import { RECORD_KINDS } from "../core/trust/record.js";
import { getBlob } from "../store/blobs.js";
import { type Db, readSnapshot, type Tx } from "../store/db.js";
import { readLogHead } from "../store/log.js";
import {
  everyAttachment,
  everyBlob,
  everyLeaf,
  everyNode,
  everyRelease,
  everyVersion,
} from "../store/scrub.js";

export type ScrubCode =
  | "scrub_blob_corrupt"
  | "scrub_blob_missing"
  | "scrub_leaf"
  | "scrub_log_head"
  | "scrub_log_node"
  | "scrub_version"
  | "scrub_release";

export interface Finding {
  readonly code: ScrubCode;
  readonly message: string;
}

export interface ScrubReport {
  readonly findings: readonly Finding[];
  /** How much was read. */
  readonly blobs: number;
  readonly bytes: number;
  readonly leaves: number;
  readonly versions: number;
  readonly releases: number;
}

/** Reads the whole database, as it is at one moment. */
export function scrub(db: Db): Promise<ScrubReport> {
  return readSnapshot(db, async (tx) => {
    const findings: Finding[] = [];
    const find = (code: ScrubCode, message: string) => findings.push({ code, message });
    const blobs = await checkBlobs(tx, find);
    const look: Look = { tx, find, sound: blobs.sound, missing: blobs.missing };
    const log = await checkLog(look);
    await checkNodes(look, log);
    const versions = await checkVersions(look, log);
    const releases = await checkReleases(look, log);
    for (const { of, blob } of await everyAttachment(tx)) blobs.missing(of, blob);
    const { count, bytes } = blobs;
    return { findings, blobs: count, bytes, leaves: log.size, versions, releases };
  });
}

type Find = (code: ScrubCode, message: string) => void;

interface Look {
  readonly tx: Tx;
  readonly find: Find;
  /** Digests of the blobs that hold what they should. */
  readonly sound: ReadonlySet<string>;
  /** Finds the blob missing where it is; `of` names it. True also for one that holds other bytes. */
  readonly missing: (of: string, blob: string) => boolean;
}

async function checkBlobs(tx: Tx, find: Find) {
  const sound = new Set<string>();
  const corrupt = new Set<string>();
  let bytes = 0;
  for await (const { digest, content } of everyBlob(tx)) {
    bytes += content.length;
    const actual = sha256Digest(content);
    if (actual === digest) {
      sound.add(digest);
      continue;
    }
    corrupt.add(digest);
    find("scrub_blob_corrupt", `the blob ${digest} holds other bytes (${actual})`);
  }
  const missing = (of: string, blob: string) => {
    if (!sound.has(blob) && !corrupt.has(blob)) {
      find("scrub_blob_missing", `${of} names the blob ${blob}, which is not there`);
    }
    return !sound.has(blob);
  };
  return { sound, missing, count: sound.size + corrupt.size, bytes };
}

interface Log {
  readonly size: number;
  /** Leaves by index, of the kinds that have a row of their own. */
  readonly publishes: Map<number, string>;
  readonly releases: Map<number, string>;
  /** Hashes of complete subtrees by `LEVEL/INDEX`. */
  readonly nodes: Map<string, Uint8Array>;
}

/** Computes the log anew from its envelopes, and holds its rows and its head against that. */
async function checkLog({ tx, find, missing }: Look): Promise<Log> {
  const publishes = new Map<number, string>();
  const releases = new Map<number, string>();
  const nodes = new Map<string, Uint8Array>();
  let frontier: Frontier = EMPTY_FRONTIER;
  let lost = 0;
  for await (const { index, hash, kind, envelope } of everyLeaf(tx)) {
    const known = RECORD_KINDS.find((one) => one === kind);
    if (index !== frontier.size + lost) {
      find("scrub_leaf", `the leaves ${frontier.size + lost} to ${index - 1} are not there`);
      lost = index - frontier.size;
    }
    const expected = known === undefined ? undefined : leafHash({ kind: known, envelope });
    if (expected === undefined || Buffer.compare(expected, hash) !== 0) {
      find("scrub_leaf", `leaf ${index} is not the hash of its kind ${kind} and its envelope`);
    }
    const isReadable = !missing(`leaf ${index}`, envelope);
    if (kind === "publish") publishes.set(index, envelope);
    if (kind === "release") releases.set(index, envelope);
    if (kind === "usage" && isReadable) {
      missing(`the usage batch of leaf ${index}`, await batchOf(tx, envelope));
    }
    for (const node of completedNodes(frontier, hash)) {
      nodes.set(`${node.level}/${node.index}`, node.hash);
    }
    frontier = appendLeaf(frontier, hash);
  }
  const head = await readLogHead(tx);
  const isHead =
    head.size === frontier.size && Buffer.compare(head.frontier, formatFrontier(frontier)) === 0;
  if (!isHead) {
    const message = `the log's head of ${head.size} leaves is not that of the ${frontier.size} leaves there`;
    find("scrub_log_head", message);
  }
  return { size: frontier.size, publishes, releases, nodes: lost === 0 ? nodes : new Map() };
}

/** What a usage record names; "" for one that names nothing. */
async function batchOf(tx: Tx, envelope: string): Promise<string> {
  const [, payload = ""] = new TextDecoder().decode(await getBlob(tx, envelope)).split(".");
  const record = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as {
    readonly details?: { readonly batch?: unknown };
  };
  return String(record.details?.batch ?? "");
}

/** Nodes that are not there are computed at the next start; wrong ones would be served. */
async function checkNodes({ tx, find }: Look, { nodes }: Log): Promise<void> {
  for (const { level, index, hash } of await everyNode(tx)) {
    const expected = nodes.get(`${level}/${index}`);
    if (expected !== undefined && Buffer.compare(expected, hash) === 0) continue;
    find("scrub_log_node", `node ${index} of level ${level} is not that of the log's leaves`);
  }
}

/** Versions are what their manifests say, and what the log says was published. */
async function checkVersions(look: Look, { publishes }: Log): Promise<number> {
  const { tx, find, sound, missing } = look;
  const rows = await everyVersion(tx);
  const seen = new Set(rows.map(({ logIndex }) => logIndex));
  for (const { recipe, version, digest, metadata, logIndex } of rows) {
    const name = `${recipe} ${version}`;
    if (!publishes.has(logIndex)) {
      find("scrub_version", `${name}: leaf ${logIndex} of the log is not its publication`);
    }
    if (missing(name, digest)) continue;
    const [config = "", ...layers] = blobDigests(await getBlob(tx, digest));
    for (const blob of [config, ...layers]) missing(name, blob);
    const isOwn = sha256Digest(canonicalJsonBytes(metadata)) === config;
    if (sound.has(config) && !isOwn) {
      find("scrub_version", `${name}: its metadata is not what its manifest names`);
    }
  }
  for (const [index] of publishes) {
    if (seen.has(index)) continue;
    find("scrub_version", `the version that leaf ${index} of the log published is not there`);
  }
  return rows.length;
}

/** Releases are what was signed, and what the log says was cut. */
async function checkReleases(look: Look, { releases }: Log): Promise<number> {
  const { tx, find, missing } = look;
  const rows = await everyRelease(tx);
  const seen = new Set(rows.map(({ logIndex }) => logIndex));
  for (const { environment, number, digest, jws, payload, logIndex } of rows) {
    const name = `release ${number} of ${environment}`;
    if (releases.get(logIndex) !== digest) {
      find("scrub_release", `${name}: leaf ${logIndex} of the log is not its own`);
    }
    if (sha256Digest(jws) !== digest) {
      find("scrub_release", `${name}: its signed document has not its digest`);
      continue;
    }
    const [, signed = ""] = jws.split(".");
    const text = Buffer.from(signed, "base64url").toString("utf8");
    if (canonicalJson(payload) !== canonicalJson(JSON.parse(text) as JsonValue)) {
      find("scrub_release", `${name}: what is shown of it is not what was signed`);
    }
    for (const blob of servedBlobs(payload)) missing(name, blob);
  }
  for (const [index] of releases) {
    if (seen.has(index)) continue;
    find("scrub_release", `the release that leaf ${index} of the log records is not there`);
  }
  return rows.length;
}

/** The digests of what a release serves for each target. */
function servedBlobs(payload: JsonValue): string[] {
  const { targets = {} } = payload as {
    readonly targets?: Readonly<
      Record<string, { provisioners: string; patches: readonly { digest: string }[] }>
    >;
  };
  return Object.values(targets).flatMap(({ provisioners, patches }) => [
    provisioners,
    ...patches.map(({ digest }) => digest),
  ]);
}
