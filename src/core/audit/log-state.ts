/** What the leaves of a log come to: the state that a registry with this log has to have. */
import type { JsonValue } from "../codec/canonical-json.js";
import type { ReleaseDocument } from "../recipe/release-document.js";
import type { RefusalCount, UsageSnapshot } from "./usage-batch.js";

/** Something that a leaf says, until a later one says otherwise. */
export interface Logged<T> {
  readonly value: T;
  /** Index of the leaf. */
  readonly leaf: number;
}

export interface LoggedVersion {
  readonly recipe: string;
  readonly version: string;
  /** Of the manifest. */
  readonly digest: string;
  /** Digests of the signature bundles that it was published with. */
  readonly signatures: readonly string[];
  /** When the log took it in; RFC 3339, UTC. */
  readonly time: string;
}

export interface LoggedNotice {
  readonly reason: string;
  readonly successor?: string;
}

export interface LoggedRelease {
  readonly document: ReleaseDocument;
  /** Of the signed document. */
  readonly digest: string;
  readonly approvedBy: ReadonlySet<string>;
}

export interface LoggedToken {
  readonly name: string;
  readonly grants: readonly string[];
  readonly expiresAt: string;
  readonly revoked: boolean;
}

/** RFC 3339, UTC. */
export interface LoggedSigningKey {
  /** Set where another key took over. */
  readonly until?: string;
  readonly revokedAt?: string;
}

export interface LogState {
  /** The details of the record, by name of the namespace. */
  readonly namespaces: Map<string, Logged<{ readonly [key: string]: JsonValue }>>;
  /** Every key that a namespace ever listed, by namespace, with the leaf that listed it first. */
  readonly publisherKeys: Map<string, Map<string, number>>;
  /** By `namespace/name@version`. */
  readonly versions: Map<string, Logged<LoggedVersion>>;
  /** By kind and version: `yanked namespace/name@version`. */
  readonly notices: Map<string, Logged<LoggedNotice>>;
  /** Digests of definitions by environment. */
  readonly environments: Map<string, Logged<string>>;
  /** Digests of entry lists by name. */
  readonly entryLists: Map<string, Logged<string>>;
  /** By environment, then number. */
  readonly releases: Map<string, Map<number, Logged<LoggedRelease>>>;
  /** Numbers by environment, with the leaf that made it current. */
  readonly current: Map<string, Logged<number>>;
  /** By id. */
  readonly tokens: Map<string, Logged<LoggedToken>>;
  /** The registry's own keys by purpose, then fingerprint; of a purpose whose key never changed none. */
  readonly signingKeys: Map<string, Map<string, Logged<LoggedSigningKey>>>;
  /** By `usageKey`. */
  readonly usage: Map<string, Logged<UsageSnapshot>>;
  /** By `refusalKey`. */
  readonly refusals: Map<string, Logged<RefusalCount>>;
  readonly recoveries: Logged<{ readonly [key: string]: JsonValue }>[];
}

/** That of a log without leaves. */
export function emptyState(): LogState {
  return {
    namespaces: new Map(),
    publisherKeys: new Map(),
    versions: new Map(),
    notices: new Map(),
    environments: new Map(),
    entryLists: new Map(),
    releases: new Map(),
    current: new Map(),
    tokens: new Map(),
    signingKeys: new Map(),
    usage: new Map(),
    refusals: new Map(),
    recoveries: [],
  };
}
