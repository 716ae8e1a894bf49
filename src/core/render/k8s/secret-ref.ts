/**
 * References to Kubernetes Secrets inside text, as score-k8s writes them:
 * `🔐💬<secret>_<key>💬🔐`. Templates make them with `encodeSecretRef`; variables and files resolve
 * them, everywhere else they are an error.
 */
import type { YamlPath } from "../../codec/yaml-path.js";
import type { Data } from "../../gotemplate/value.js";
import { K8sError } from "./error.js";

const OPENING = "🔐💬";
const CLOSING = "💬🔐";

export interface SecretRef {
  /** Name of the Secret. */
  readonly name: string;
  readonly key: string;
}

/** Text with its references taken out: `texts[0] refs[0] texts[1] refs[1] … texts[n]`. */
export interface SecretText {
  readonly texts: readonly string[];
  readonly refs: readonly SecretRef[];
}

/** The reference to `key` of the Secret `name`. */
export function encodeSecretRef(name: string, key: string): string {
  return `${OPENING}${name}_${key}${CLOSING}`;
}

/**
 * Takes the references out of `text`. Where there is none, `texts` is only `text`.
 * @throws {K8sError} k8s_secret_ref_form for a reference without `_`, or an opening without its
 * closing next to a whole reference
 */
export function decodeSecretRefs(text: string): SecretText {
  const [first = "", ...parts] = text.split(OPENING);
  const texts = [first];
  const refs: SecretRef[] = [];
  for (const part of parts) {
    const end = part.indexOf(CLOSING);
    if (end >= 0) refs.push(parseSecretRef(part.slice(0, end)));
    texts.push(end >= 0 ? part.slice(end + CLOSING.length) : part);
  }
  if (refs.length === 0) return { texts: [text], refs };
  if (refs.length !== parts.length) {
    throw new K8sError("k8s_secret_ref_form", "a secret reference is opened but not closed");
  }
  return { texts, refs };
}

function parseSecretRef(text: string): SecretRef {
  const separator = text.indexOf("_");
  if (separator < 0) {
    throw new K8sError("k8s_secret_ref_form", "a secret reference has no `_` before its key");
  }
  return { name: text.slice(0, separator), key: text.slice(separator + 1) };
}

/** The reference that is the whole of `text`, if it is one. */
export function onlySecretRef({ texts, refs }: SecretText): SecretRef | undefined {
  return refs.length === 1 && texts.every((text) => text === "") ? refs[0] : undefined;
}

/** The name of the variable that carries a Secret's value into other variables. */
export function secretRefVariable({ name, key }: SecretRef): string {
  const hash = fnv1Hash128(Buffer.from(name + key))
    .toString(16)
    .padStart(32, "0");
  return `__ref_${Buffer.from(hash, "hex").toString("base64url").replace(/[-_]/g, "0")}`;
}

/** FNV-1, not FNV-1a, with 128 bits (draft-eastlake-fnv). */
function fnv1Hash128(bytes: Uint8Array): bigint {
  const prime = (1n << 88n) + 0x13bn;
  let hash = 0x6c62272e07bb014262b821756295c58dn;
  for (const byte of bytes) hash = BigInt.asUintN(128, hash * prime) ^ BigInt(byte);
  return hash;
}

/** The path of the first text in `value` that still holds a secret reference. */
export function findSecretRef(value: Data): YamlPath | undefined {
  if (typeof value === "string") {
    const opening = value.indexOf(OPENING);
    return opening >= 0 && value.indexOf(CLOSING) > opening ? [] : undefined;
  }
  if (!(value instanceof Map) && !Array.isArray(value)) return undefined;
  for (const [key, member] of value.entries()) {
    const below = findSecretRef(member);
    if (below !== undefined) return [key, ...below];
  }
  return undefined;
}
