/**
 * The tables. Postgres is the only database (a server, or PGlite embedded); migrations/ is
 * generated from this file by `npm run gen`. Content that never changes lives in `blobs` by digest.
 */
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { JsonValue } from "../core/codec/canonical-json.js";
import type { Target } from "../core/score/project-state.js";

const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => "bytea",
  toDriver: (value) => Buffer.from(value),
  fromDriver: (value) => new Uint8Array(value),
});

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** Facts about this registry: key fingerprints, origin. */
export const settings = pgTable("settings", {
  name: text().primaryKey(),
  value: text().notNull(),
});

/** Bytes by `sha256:<hex>`: manifests, configs, layers, combined files, signed envelopes. */
export const blobs = pgTable("blobs", {
  digest: text().primaryKey(),
  content: bytea().notNull(),
});

export const namespaces = pgTable("namespaces", {
  name: text().primaryKey(),
  /** Identities that may change the namespace and publish in it, beside administrators. */
  owners: jsonb().$type<readonly string[]>().notNull().default([]),
  /** How many different keys must sign a version. */
  signatures: integer().notNull().default(1),
  /** `public`, or `private`: shown to administrators and owners only. */
  visibility: text().$type<"public" | "private">().notNull().default("public"),
  /** Whether its recipes may have `cmd://` provisioners. */
  commands: boolean().notNull().default(false),
  createdAt: at("created_at").notNull(),
  /** Set once it was given up: nothing is published in it again, and nobody gets its name. */
  tombstonedAt: at("tombstoned_at"),
  logIndex: bigint("log_index", { mode: "number" }).notNull(),
});

/** Public keys that may sign versions of a namespace. */
export const publisherKeys = pgTable(
  "publisher_keys",
  {
    namespace: text()
      .notNull()
      .references(() => namespaces.name),
    /** sha256 of the SPKI DER. */
    fingerprint: text().notNull(),
    publicKey: text("public_key").notNull(),
    logIndex: bigint("log_index", { mode: "number" }).notNull(),
    /** When it was listed. */
    since: at("since").notNull().defaultNow(),
    /** From then on nothing that it signed is accepted; the row stays for what it signed before. */
    revokedAt: at("revoked_at"),
    revokedReason: text("revoked_reason"),
  },
  (table) => [primaryKey({ columns: [table.namespace, table.fingerprint] })],
);

/** The registry's own keys, past and present, by what they sign. */
export const signingKeys = pgTable(
  "signing_keys",
  {
    purpose: text().$type<"root" | "release" | "checkpoint">().notNull(),
    /** sha256 of the SPKI DER. */
    fingerprint: text().notNull(),
    publicKey: text("public_key").notNull(),
    since: at("since").notNull(),
    /** Set once another took over: what it signs is accepted until then. */
    until: at("until"),
    revokedAt: at("revoked_at"),
    revokedReason: text("revoked_reason"),
    /** The leaf that says so; null for the first keys, which were there before the log. */
    logIndex: bigint("log_index", { mode: "number" }),
  },
  (table) => [primaryKey({ columns: [table.purpose, table.fingerprint] })],
);

/** Who may what, beside administrators' files and OIDC. */
export const tokens = pgTable(
  "tokens",
  {
    id: text().primaryKey(),
    /** The actor; one living token has it. */
    name: text().notNull(),
    /** sha256 of the token. */
    hash: bytea().notNull(),
    /** In text form: `publisher:dapr`. */
    grants: jsonb().$type<readonly string[]>().notNull(),
    createdAt: at("created_at").notNull(),
    createdBy: text("created_by").notNull(),
    expiresAt: at("expires_at").notNull(),
    revokedAt: at("revoked_at"),
    revokedBy: text("revoked_by"),
    lastUsedAt: at("last_used_at"),
    logIndex: bigint("log_index", { mode: "number" }).notNull(),
  },
  (table) => [uniqueIndex("tokens_hash").on(table.hash), index("tokens_name").on(table.name)],
);

/** Requests that were refused for who asked, counted by the minute. */
export const refusals = pgTable(
  "refusals",
  {
    /** The minute's start. */
    minute: at("minute").notNull(),
    actor: text().notNull(),
    address: text().notNull(),
    method: text().notNull(),
    /** The route's pattern, never the URL. */
    route: text().notNull(),
    code: text().notNull(),
    count: integer().notNull(),
    /** Index of the leaf whose batch holds it; null until then. */
    leaf: bigint({ mode: "number" }),
  },
  (table) => [
    primaryKey({
      columns: [table.minute, table.actor, table.address, table.method, table.route, table.code],
    }),
    index("refusals_pending").on(table.minute).where(sql`${table.leaf} is null`),
  ],
);

export const versions = pgTable(
  "versions",
  {
    /** `namespace/name` */
    recipe: text().notNull(),
    version: text().notNull(),
    /** Digest of the manifest; the version's identity. */
    digest: text().notNull(),
    /** The config blob as JSON, for search and display. */
    metadata: jsonb().$type<JsonValue>().notNull(),
    /** Images that its examples rendered and their Score files do not name, by target. */
    images: jsonb()
      .$type<Readonly<Partial<Record<Target, readonly string[]>>>>()
      .notNull()
      .default({}),
    publishedAt: at("published_at").notNull(),
    logIndex: bigint("log_index", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.recipe, table.version] }),
    index("versions_digest").on(table.digest),
  ],
);

/** What search reads: for each recipe the version that is shown of it. */
export const recipes = pgTable("recipes", {
  /** `namespace/name` */
  name: text().primaryKey(),
  namespace: text()
    .notNull()
    .references(() => namespaces.name),
  version: text().notNull(),
  /** Name, title, description and resource types of the version, in lower case. */
  words: text().notNull(),
  /** Their names in lower case. */
  maintainers: jsonb().$type<readonly string[]>().notNull().default([]),
});

/** What a version provides: the rows that search by type, class and target reads. */
export const versionProvisioners = pgTable(
  "version_provisioners",
  {
    recipe: text().notNull(),
    version: text().notNull(),
    target: text().notNull(),
    /** Place in the file, from 0. */
    position: integer().notNull(),
    type: text().notNull(),
    class: text(),
    id: text(),
    uri: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.recipe, table.version, table.target, table.position] }),
    index("version_provisioners_type").on(table.type, table.class, table.target),
  ],
);

/** What an example of a version rendered when it was published. */
export const versionExamples = pgTable(
  "version_examples",
  {
    /** Digest of the version's manifest. */
    version: text().notNull(),
    /** The folder's name under `examples/`. */
    example: text().notNull(),
    target: text().$type<Target>().notNull(),
    /** Digest of the rendering as JSON, kept in `blobs`. */
    rendering: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.version, table.example, table.target] })],
);

/** What was said of a version after it was published: at most one row of a kind. */
export const notices = pgTable(
  "notices",
  {
    recipe: text().notNull(),
    version: text().notNull(),
    kind: text().$type<"yanked" | "deprecated">().notNull(),
    /** Digest of the version's manifest. */
    digest: text().notNull(),
    reason: text().notNull(),
    /** What to use instead: `namespace/name` or `namespace/name@version`. */
    successor: text(),
    actor: text().notNull(),
    at: at("at").notNull(),
    logIndex: bigint("log_index", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.recipe, table.version, table.kind] }),
    index("notices_digest").on(table.digest),
  ],
);

/** Signatures of versions: Sigstore bundles, stored as blobs. */
export const signatures = pgTable(
  "signatures",
  {
    subject: text().notNull(),
    bundle: text().notNull(),
    keyFingerprint: text("key_fingerprint").notNull(),
  },
  (table) => [primaryKey({ columns: [table.subject, table.bundle] })],
);

export const environments = pgTable("environments", {
  name: text().primaryKey(),
  /** Counts changes; part of the ETag. */
  revision: integer().notNull(),
  definition: jsonb().$type<JsonValue>().notNull(),
  /** Digest of the definition's canonical JSON. */
  digest: text().notNull(),
  updatedAt: at("updated_at").notNull(),
  logIndex: bigint("log_index", { mode: "number" }).notNull(),
});

/** Entries that several environments share. */
export const entryLists = pgTable("entry_lists", {
  name: text().primaryKey(),
  /** Counts changes. */
  revision: integer().notNull(),
  entries: jsonb().$type<JsonValue>().notNull(),
  /** Digest of the list's canonical JSON. */
  digest: text().notNull(),
  updatedAt: at("updated_at").notNull(),
  logIndex: bigint("log_index", { mode: "number" }).notNull(),
});

export const releases = pgTable(
  "releases",
  {
    environment: text()
      .notNull()
      .references(() => environments.name),
    number: integer().notNull(),
    /** Digest of the signed document (the JWS text). */
    digest: text().notNull(),
    /** The release's payload as JSON, for lists. */
    payload: jsonb().$type<JsonValue>().notNull(),
    /** The signed document, compact JWS. */
    jws: text().notNull(),
    createdAt: at("created_at").notNull(),
    /** When it became the current one; null while it waits for approvals, and for good if another came first. */
    activatedAt: at("activated_at"),
    logIndex: bigint("log_index", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.environment, table.number] }),
    uniqueIndex("releases_digest").on(table.digest),
  ],
);

/** Who approved a release. */
export const approvals = pgTable(
  "approvals",
  {
    environment: text().notNull(),
    number: integer().notNull(),
    actor: text().notNull(),
    comment: text(),
    at: at("at").notNull(),
    logIndex: bigint("log_index", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.environment, table.number, table.actor] }),
    foreignKey({
      columns: [table.environment, table.number],
      foreignColumns: [releases.environment, releases.number],
    }),
  ],
);

/** Which release of an environment is current, signed and short-lived. */
export const pointers = pgTable("pointers", {
  environment: text()
    .primaryKey()
    .references(() => environments.name),
  number: integer().notNull(),
  jws: text().notNull(),
  issuedAt: at("issued_at").notNull(),
  expiresAt: at("expires_at").notNull(),
});

/** State of a project in an environment, encrypted whole. */
export const projects = pgTable(
  "projects",
  {
    project: text().notNull(),
    environment: text().notNull(),
    target: text().notNull(),
    /** Counts changes; a render saves only on the revision that it read. */
    revision: integer().notNull(),
    sealed: bytea().notNull(),
    updatedAt: at("updated_at").notNull(),
    /** Digest of the usage records that are the project's current ones; "" where that is not known. */
    usage: text().notNull().default(""),
  },
  (table) => [primaryKey({ columns: [table.project, table.environment] })],
);

/** Which workload uses which recipe version, one row per combination, touched at each render. */
export const usage = pgTable(
  "usage",
  {
    environment: text().notNull(),
    /** "" for renders without a project. */
    project: text().notNull(),
    workload: text().notNull(),
    /** Resource uid `type.class#id`. */
    resource: text().notNull(),
    recipe: text().notNull(),
    version: text().notNull(),
    digest: text().notNull(),
    release: integer().notNull(),
    /** Who rendered: the identity of the request. */
    actor: text().notNull(),
    firstUsedAt: at("first_used_at").notNull(),
    lastUsedAt: at("last_used_at").notNull(),
    renders: bigint({ mode: "number" }).notNull(),
    /** False once a later render of the project no longer used it. */
    current: boolean().notNull(),
    /** Index of the leaf whose batch holds the row as it is; null where it changed since. */
    leaf: bigint({ mode: "number" }),
  },
  (table) => [
    primaryKey({
      columns: [
        table.environment,
        table.project,
        table.workload,
        table.resource,
        table.recipe,
        table.digest,
        table.release,
        table.actor,
      ],
    }),
    index("usage_recipe").on(table.recipe, table.version),
    index("usage_workload").on(table.workload),
    index("usage_pending").on(table.environment).where(sql`${table.leaf} is null`),
  ],
);

/** The log's leaves, in order. */
export const logLeaves = pgTable("log_leaves", {
  index: bigint({ mode: "number" }).primaryKey(),
  /** RFC 6962 leaf hash, 32 bytes. */
  hash: bytea().notNull(),
  kind: text().notNull(),
  /** Digest of the signed envelope, kept in `blobs`. */
  envelope: text().notNull(),
});

/** The log's head: one row, locked by each append. */
export const logHead = pgTable("log_head", {
  id: integer().primaryKey(),
  size: bigint({ mode: "number" }).notNull(),
  /** Roots of the complete subtrees, left to right, 32 bytes each. */
  frontier: bytea().notNull(),
});

/**
 * Roots of the log's complete subtrees of 256, 256², 256³ … leaves, in the words of C2SP tlog-tiles:
 * the hashes that tiles of level 1, 2, 3 … hold. Those of level 0 are the leaves' own.
 */
export const logNodes = pgTable(
  "log_nodes",
  {
    level: integer().notNull(),
    /** Counts the level's nodes from 0. */
    index: bigint({ mode: "number" }).notNull(),
    /** 32 bytes. */
    hash: bytea().notNull(),
  },
  (table) => [primaryKey({ columns: [table.level, table.index] })],
);

/** The newest checkpoint with its cosignatures: one row, which the processes share. */
export const logCheckpoint = pgTable("log_checkpoint", {
  id: integer().primaryKey(),
  origin: text().notNull(),
  size: bigint({ mode: "number" }).notNull(),
  /** The signed note. */
  note: text().notNull(),
});

/** Logs of others that this service witnesses: the largest checkpoint that it cosigned of each. */
export const witnessedLogs = pgTable("witnessed_logs", {
  origin: text().primaryKey(),
  size: bigint({ mode: "number" }).notNull(),
  /** Root hash, 32 bytes. */
  root: bytea().notNull(),
  /** The signed note as it came. */
  note: text().notNull(),
});
