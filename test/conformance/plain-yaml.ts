/**
 * YAML as the golden READMEs compare it: the 1.2 core schema, dates as text, whole numbers exact. On
 * purpose not the product's own reader, so that a fault of that cannot hide itself.
 */
import { parseAllDocuments, parseDocument } from "yaml";

const OPTIONS = { version: "1.2", schema: "core", intAsBigInt: true, uniqueKeys: false } as const;

export type Plain = null | boolean | number | bigint | string | Plain[] | { [key: string]: Plain };

/** A single document; whole numbers are plain numbers here. */
export function parsePlainYaml(text: string): unknown {
  return parseDocument(text, { ...OPTIONS, intAsBigInt: false, merge: true }).toJS();
}

/** Every document of a stream. */
export function parsePlainDocuments(text: string): Plain[] {
  const documents = parseAllDocuments(text, OPTIONS);
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS({ maxAliasCount: -1 }) as Plain;
  });
}
