/** What a registry's API says that it has: every word of it untrusted, to be held against its log. */
import type { RefusalCount, UsageSnapshot } from "./usage-batch.js";

export interface Told {
  /** When it was asked, RFC 3339, UTC. */
  readonly time: string;
  /** Whether the asker sees everything: then what is not shown is hidden. */
  readonly auditor: boolean;
  readonly namespaces: readonly ToldNamespace[];
  readonly versions: readonly ToldVersion[];
  readonly environments: readonly ToldEnvironment[];
  readonly entryLists: readonly ToldDefinition[];
  readonly releases: readonly ToldRelease[];
  readonly pointers: readonly ToldPointer[];
  /** Undefined where the asker may not see it. */
  readonly usage?: readonly ToldUsage[];
  readonly refusals?: readonly ToldRefusals[];
  readonly tokens?: readonly ToldToken[];
  /** Files that were fetched. */
  readonly blobs: readonly ToldBlob[];
}

export interface ToldNamespace {
  readonly name: string;
  readonly owners: readonly string[];
  readonly signatures: number;
  readonly visibility: string;
  readonly commands: boolean;
  readonly tombstonedAt?: string;
  /** Fingerprints. */
  readonly publisherKeys: readonly string[];
}

export interface ToldVersion {
  readonly recipe: string;
  readonly version: string;
  readonly digest: string;
  readonly notices: readonly ToldNotice[];
  /** Undefined where the registry lists the version and cannot show it. */
  readonly detail?: ToldDetail;
}

export interface ToldDetail {
  readonly logIndex: number;
  /** Canonical JSON. */
  readonly manifest: string;
  /** Sigstore bundles as canonical JSON. */
  readonly bundles: readonly string[];
}

export interface ToldNotice {
  readonly kind: "yanked" | "deprecated";
  readonly reason: string;
  readonly successor?: string;
}

export interface ToldDefinition {
  readonly name: string;
  /** Of the canonical JSON of what is shown. */
  readonly digest: string;
}

export interface ToldEnvironment extends ToldDefinition {
  /** Number of the current release. */
  readonly current?: number;
}

export interface ToldRelease {
  readonly environment: string;
  readonly number: number;
  readonly digest: string;
  readonly logIndex: number;
}

export interface ToldPointer {
  readonly environment: string;
  /** Compact JWS of the pointer. */
  readonly pointer: string;
  /** Compact JWS of the release. */
  readonly release: string;
}

/** A usage record. */
export interface ToldUsage extends UsageSnapshot {
  /** Undefined while it waits for its next batch. */
  readonly logIndex?: number;
}

/** A count of refusals. */
export interface ToldRefusals extends RefusalCount {
  /** Undefined while it waits for its batch, after which it never changes. */
  readonly logIndex?: number;
}

export interface ToldToken {
  readonly id: string;
  readonly name: string;
  readonly grants: readonly string[];
  readonly expiresAt: string;
  readonly revoked: boolean;
}

export interface ToldBlob {
  readonly digest: string;
  /** What it is, for people. */
  readonly of: string;
  /** Digest of what the registry gave; undefined where it gave nothing. */
  readonly actual?: string;
}
