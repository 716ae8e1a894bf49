/** Published versions: immutable rows, found by name or by digest. */
import { and, asc, eq, inArray } from "drizzle-orm";
import type { JsonValue } from "../core/codec/canonical-json.js";
import type { Target } from "../core/score/project-state.js";
import type { Db, Tx } from "./db.js";
import { notices, signatures, versionExamples, versionProvisioners, versions } from "./schema.js";
import { putRecipe, type RecipeRow } from "./search.js";
import { writeTogether } from "./together.js";

export interface VersionRow {
  readonly recipe: string;
  readonly version: string;
  readonly digest: string;
  /** The config blob as JSON. */
  readonly metadata: JsonValue;
  readonly publishedAt: Date;
  readonly logIndex: number;
}

/** Images by target. */
export type VersionImages = (typeof versions.$inferSelect)["images"];

export interface ProvisionerRow {
  readonly target: string;
  readonly position: number;
  readonly type: string;
  readonly class: string | null;
  readonly id: string | null;
  readonly uri: string;
}

export interface SignatureRow {
  readonly bundle: string;
  readonly keyFingerprint: string;
}

export interface ExampleRow {
  readonly example: string;
  readonly target: Target;
  /** Digest of the rendering, which is in the blobs. */
  readonly rendering: string;
}

export interface NewVersion extends VersionRow {
  /** Images that its examples run and their Score files do not name, by target. */
  readonly images: Readonly<Partial<Record<Target, readonly string[]>>>;
  readonly provisioners: readonly ProvisionerRow[];
  readonly signatures: readonly SignatureRow[];
  readonly examples: readonly ExampleRow[];
}

/** Stores a version; with `shown` its recipe shows it from now on. */
export async function insertVersion(
  tx: Tx,
  row: NewVersion,
  shown: RecipeRow | undefined,
): Promise<void> {
  const { provisioners, signatures: bundles, examples, ...own } = row;
  const { recipe, version, digest } = row;
  const provided = provisioners.map((provisioner) => ({ recipe, version, ...provisioner }));
  const signed = bundles.map((bundle) => ({ subject: digest, ...bundle }));
  const rendered = examples.map((example) => ({ version: digest, ...example }));
  await writeTogether(tx, [
    tx.insert(versions).values(own),
    tx.insert(signatures).values(signed),
    ...(provided.length === 0 ? [] : [tx.insert(versionProvisioners).values(provided)]),
    ...(rendered.length === 0 ? [] : [tx.insert(versionExamples).values(rendered)]),
    ...(shown === undefined ? [] : [putRecipe(tx, shown)]),
  ]);
}

export async function findVersion(
  db: Db | Tx,
  recipe: string,
  version: string,
): Promise<VersionRow | undefined> {
  const [row] = await db
    .select()
    .from(versions)
    .where(and(eq(versions.recipe, recipe), eq(versions.version, version)));
  return row;
}

export interface CandidateRow {
  readonly recipe: string;
  readonly version: string;
  readonly digest: string;
  /** Why it was yanked; null where it was not. */
  readonly yanked: string | null;
}

/** Every version of several recipes, without its content. */
export async function listCandidates(
  db: Db | Tx,
  recipes: readonly string[],
): Promise<CandidateRow[]> {
  if (recipes.length === 0) return [];
  return db
    .select({
      recipe: versions.recipe,
      version: versions.version,
      digest: versions.digest,
      yanked: notices.reason,
    })
    .from(versions)
    .leftJoin(notices, and(eq(notices.digest, versions.digest), eq(notices.kind, "yanked")))
    .where(inArray(versions.recipe, [...recipes]));
}

/** The images that these versions' examples rendered, by version digest. */
export async function listImages(
  db: Db | Tx,
  digests: readonly string[],
): Promise<Map<string, VersionImages>> {
  if (digests.length === 0) return new Map();
  const rows = await db
    .select({ digest: versions.digest, images: versions.images })
    .from(versions)
    .where(inArray(versions.digest, [...digests]));
  return new Map(rows.map(({ digest, images }) => [digest, images]));
}

export function listProvisioners(
  db: Db | Tx,
  recipe: string,
  version: string,
): Promise<ProvisionerRow[]> {
  return db
    .select({
      target: versionProvisioners.target,
      position: versionProvisioners.position,
      type: versionProvisioners.type,
      class: versionProvisioners.class,
      id: versionProvisioners.id,
      uri: versionProvisioners.uri,
    })
    .from(versionProvisioners)
    .where(and(eq(versionProvisioners.recipe, recipe), eq(versionProvisioners.version, version)))
    .orderBy(asc(versionProvisioners.target), asc(versionProvisioners.position));
}

/** The renderings of a version's examples, by its manifest's digest, in order of name and target. */
export function listExamples(db: Db | Tx, digest: string): Promise<ExampleRow[]> {
  return db
    .select({
      example: versionExamples.example,
      target: versionExamples.target,
      rendering: versionExamples.rendering,
    })
    .from(versionExamples)
    .where(eq(versionExamples.version, digest))
    .orderBy(asc(versionExamples.example), asc(versionExamples.target));
}

export function listSignatures(db: Db | Tx, digest: string): Promise<SignatureRow[]> {
  return db
    .select({ bundle: signatures.bundle, keyFingerprint: signatures.keyFingerprint })
    .from(signatures)
    .where(eq(signatures.subject, digest))
    .orderBy(asc(signatures.bundle));
}

/** Fingerprints of the keys that signed the versions of these recipes, by version digest. */
export async function listSigners(
  db: Db | Tx,
  recipes: readonly string[],
): Promise<Map<string, string[]>> {
  const signers = new Map<string, string[]>();
  if (recipes.length === 0) return signers;
  const rows = await db
    .select({ subject: signatures.subject, keyFingerprint: signatures.keyFingerprint })
    .from(signatures)
    .innerJoin(versions, eq(versions.digest, signatures.subject))
    .where(inArray(versions.recipe, [...recipes]));
  for (const { subject, keyFingerprint } of rows) {
    signers.set(subject, [...(signers.get(subject) ?? []), keyFingerprint]);
  }
  return signers;
}

/** The rows of versions by their digests, in no order. */
export async function findVersions(db: Db | Tx, digests: readonly string[]): Promise<VersionRow[]> {
  if (digests.length === 0) return [];
  return db
    .select()
    .from(versions)
    .where(inArray(versions.digest, [...digests]));
}
