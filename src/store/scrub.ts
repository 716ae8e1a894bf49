/** Everything that a scrub reads, page by page, in the order of its keys. */
import { asc, gt, gte } from "drizzle-orm";
import type { Blob } from "./blobs.js";
import type { Tx } from "./db.js";
import {
  blobs,
  logLeaves,
  logNodes,
  releases,
  signatures,
  versionExamples,
  versions,
} from "./schema.js";

/** A blob takes up to 8 MiB. */
const BLOBS_PER_PAGE = 16;
const LEAVES_PER_PAGE = 2000;

/** Every blob as it is stored, its digest not checked. */
export async function* everyBlob(tx: Tx): AsyncGenerator<Blob> {
  for (let last = ""; ; ) {
    const page = await tx
      .select()
      .from(blobs)
      .where(gt(blobs.digest, last))
      .orderBy(asc(blobs.digest))
      .limit(BLOBS_PER_PAGE);
    yield* page;
    const next = page.at(-1)?.digest;
    if (next === undefined) return;
    last = next;
  }
}

/** Every leaf of the log by its index. */
export async function* everyLeaf(tx: Tx): AsyncGenerator<typeof logLeaves.$inferSelect> {
  for (let start = 0; ; ) {
    const page = await tx
      .select()
      .from(logLeaves)
      .where(gte(logLeaves.index, start))
      .orderBy(asc(logLeaves.index))
      .limit(LEAVES_PER_PAGE);
    yield* page;
    const last = page.at(-1)?.index;
    if (last === undefined) return;
    start = last + 1;
  }
}

export function everyVersion(tx: Tx) {
  const { recipe, version, digest, metadata, logIndex } = versions;
  return tx.select({ recipe, version, digest, metadata, logIndex }).from(versions);
}

export function everyRelease(tx: Tx) {
  return tx.select().from(releases);
}

export function everyNode(tx: Tx) {
  return tx.select().from(logNodes);
}

/** The blobs that stand beside versions: by whom each is named, and its digest. */
export async function everyAttachment(tx: Tx): Promise<{ of: string; blob: string }[]> {
  const signed = await tx.select().from(signatures);
  const rendered = await tx.select().from(versionExamples);
  return [
    ...signed.map(({ subject, bundle }) => ({ of: `the signature of ${subject}`, blob: bundle })),
    ...rendered.map(({ version, example, target, rendering }) => ({
      of: `the ${target} rendering of ${example} of ${version}`,
      blob: rendering,
    })),
  ];
}
