/**
 * The log's leaves. A leaf says what kind of act was recorded and names the signed envelope that
 * records it; time, actor and details stand in the envelope. Three lines, each ended by a line feed
 * (docs/decisions/0002):
 *
 *     backbar-leaf-v1
 *     publish
 *     sha256:<64 hex digits>
 */
import { isSha256Digest } from "../recipe/names.js";
import { RECORD_KINDS, type RecordKind } from "../trust/record.js";
import { TlogError } from "./error.js";
import { hashLeaf } from "./merkle.js";

export interface Leaf {
  readonly kind: RecordKind;
  /** Digest of the signed envelope, exactly as it is stored. */
  readonly envelope: string;
}

const HEAD = "backbar-leaf-v1";

/**
 * The bytes of `leaf`: what is hashed, and what entry bundles serve.
 * @throws {TlogError} tlog_leaf where a part is not of its form
 */
export function formatLeaf(leaf: Leaf): Uint8Array {
  checkLeaf(leaf);
  return new TextEncoder().encode(`${HEAD}\n${leaf.kind}\n${leaf.envelope}\n`);
}

/** @throws {TlogError} tlog_leaf */
export function parseLeaf(bytes: Uint8Array): Leaf {
  const [head, kind, envelope, rest, ...more] = Buffer.from(bytes).toString("latin1").split("\n");
  const known = RECORD_KINDS.find((one) => one === kind);
  if (head !== HEAD || known === undefined || rest !== "" || more.length > 0) {
    throw new TlogError("tlog_leaf", `these bytes are no leaf of the form ${HEAD}`);
  }
  const leaf = { kind: known, envelope: envelope ?? "" };
  checkLeaf(leaf);
  return leaf;
}

/** The leaf hash of `leaf` (RFC 6962 §2.1), 32 bytes. */
export function leafHash(leaf: Leaf): Uint8Array {
  return hashLeaf(formatLeaf(leaf));
}

function checkLeaf({ kind, envelope }: Leaf): void {
  if (!RECORD_KINDS.includes(kind)) {
    throw new TlogError("tlog_leaf", `'${kind}' is no kind of leaf`);
  }
  if (!isSha256Digest(envelope)) {
    throw new TlogError("tlog_leaf", "a leaf names its envelope by a sha256 digest");
  }
}
