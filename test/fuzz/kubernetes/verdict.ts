/** Whether we see a document as Kubernetes' own Go code does. */
import { isDeepStrictEqual } from "node:util";
import { parseYamlPath } from "../../../src/core/codec/yaml-path.js";
import { type Data, TypedMap } from "../../../src/core/gotemplate/value.js";
import { K8sError } from "../../../src/core/render/k8s/error.js";
import { foldedName, type Json, toJson } from "../../../src/core/render/k8s/json-value.js";
import { builtInKind, kindStruct } from "../../../src/core/render/k8s/kinds.js";
import {
  checkManifest,
  checkManifestStrictly,
} from "../../../src/core/render/k8s/manifest-check.js";
import { structValue } from "../../../src/core/render/k8s/model-value.js";
import { canonicalQuantity } from "../../../src/core/render/k8s/quantities.js";
import { volumeOutputs } from "../../../src/core/render/k8s/volume-outputs.js";
import type { Problem } from "../../../src/errors.js";
import { plain } from "../../core/render/k8s/plain.js";

/**
 * How a document is read: as score-k8s does, with all kinds strictly, as a volume's outputs, or as the
 * text of a quantity.
 */
export type Reading = "peer" | "all" | "volume" | "quantity";

/** What the oracle says of a document. */
export interface GoAnswer {
  readonly value?: unknown;
  readonly error?: string;
  readonly unknown?: boolean;
}

export type Verdict =
  | { readonly is: "accepted" | "refused" | "unknown kind" | "ours alone" }
  | { readonly is: "different"; readonly what: string; readonly ours: unknown };

/** `document` was written as YAML for Go, and `written` is that text read by us again. */
export function verdictOf(as: Reading, document: Data, written: Data, go: GoAnswer): Verdict {
  const fault = faultOf(() => check(as, document));
  if (as === "all" && isUnversioned(written)) return { is: "ours alone" };
  if (go.unknown === true) return unknownKind(as, document, fault);
  if (go.error === undefined) return accepted(as, written, go.value, fault);
  if (fault === undefined) return { is: "different", what: "only Go refuses", ours: undefined };
  const paths = as === "all" ? differentPaths(go.error, alsoGos(written, fault)) : undefined;
  return paths === undefined
    ? { is: "refused" }
    : { is: "different", what: "other paths", ours: paths };
}

function faultOf(check: () => unknown): K8sError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof K8sError) return error;
    throw error;
  }
}

function check(as: Reading, document: Data): unknown {
  if (as === "peer") return checkManifest(document);
  if (as === "all") return checkManifestStrictly(document);
  if (as === "quantity") return canonicalQuantity(String(document));
  return volumeOutputs(document instanceof Map ? document : undefined);
}

function unknownKind(as: Reading, document: Data, fault: K8sError | undefined): Verdict {
  const known =
    as === "peer"
      ? fault !== undefined
      : fault?.code !== "k8s_kind_unknown" && checkManifestStrictly(document).length === 0;
  if (known) return { is: "different", what: "only we know the kind", ours: fault?.message };
  return { is: "unknown kind" };
}

function accepted(as: Reading, written: Data, value: unknown, fault?: K8sError): Verdict {
  if (fault !== undefined) {
    if (as === "all" && alsoGos(written, fault).length === 0) return { is: "ours alone" };
    return { is: "different", what: "only we refuse", ours: fault.message };
  }
  const ours = writtenValue(as, written);
  if (ours === undefined || isDeepStrictEqual(plain(ours), value)) return { is: "accepted" };
  return { is: "different", what: "another value", ours: plain(ours) };
}

/** Go's decoder knows some kinds also in groups that it does not know. */
function isUnversioned(written: Data): boolean {
  const { apiVersion, kind } = kindOf(written);
  return kindStruct("", kind) !== undefined && builtInKind(apiVersion, kind).is !== "struct";
}

/** The faults that Go's decoder looks for too: it does not look into a List. */
function alsoGos(written: Data, { problems }: K8sError): readonly Problem[] {
  if (kindOf(written).kind !== "List") return problems;
  return problems.filter(({ place }) => !place?.path?.startsWith("items."));
}

function writtenValue(as: Reading, written: Data): Json | undefined {
  if (as === "quantity") return canonicalQuantity(String(written));
  if (as === "volume") {
    const { source, claimSpec } = volumeOutputs(written instanceof Map ? written : undefined);
    return source ?? claimSpec;
  }
  const { apiVersion, kind } = kindOf(written);
  const found = builtInKind(apiVersion, kind);
  if (found.is !== "struct") return undefined;
  return structValue(found.struct, toJson(written, "yaml"), "exact");
}

/** As the decoder looks for it, in any case. */
function kindOf(document: Data): { apiVersion: string; kind: string } {
  const map = document instanceof TypedMap ? document.entries : document;
  const entries = map instanceof Map ? [...map] : [];
  const field = (name: string) =>
    String(
      entries
        .filter(([key]) => foldedName(String(key)) === name)
        .sort()
        .at(-1)?.[1],
    );
  return { apiVersion: field("apiversion"), kind: field("kind") };
}

/** Our paths where Go tells others. It tells all unknown fields, or the first value of a wrong type. */
function differentPaths(goError: string, problems: readonly Problem[]): unknown {
  const paths = problems.map(({ place }) => parseYamlPath(place?.path ?? ""));
  const strict = /^strict decoding error: (.*)$/s.exec(goError);
  if (strict?.[1] !== undefined) {
    const theirs = [...strict[1].matchAll(/unknown field ("(?:[^"\\]|\\.)*")/g)].map(fieldPath);
    const ours = paths.map((path) => path.join("."));
    return isDeepStrictEqual(ours.sort(), theirs.sort()) ? undefined : ours;
  }
  const typed = /Go struct field \w+\.(\S+) of type/.exec(goError);
  if (typed?.[1] === undefined) return undefined;
  // Embedded structs have Go names there.
  const theirs = typed[1].split(".").filter((name) => !/^[A-Z]/.test(name));
  return paths.some((path) => isWithin(theirs, path)) ? undefined : paths;
}

/** Go's quoted text of a path as ours is, joined by dots: `a[0].b` is `a.0.b`. */
function fieldPath([, quoted = '""']: RegExpExecArray): string {
  const text = quoted.slice(1, -1).replace(ESCAPE, (_, hex?: string, letter = "") => {
    return hex === undefined
      ? (LETTERS.get(letter) ?? letter)
      : String.fromCodePoint(Number.parseInt(hex.slice(1), 16));
  });
  return text.replace(/\[(\d+)\]/g, ".$1");
}

const ESCAPE = /\\(?:(x..|u.{4}|U.{8})|(.))/g;
const LETTERS: ReadonlyMap<string, string> = new Map([
  ["a", "\u0007"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
]);

/** Whether the names of `fields` stand in `path` in this order, between list indexes and map keys. */
function isWithin(fields: readonly string[], path: readonly string[]): boolean {
  let next = 0;
  for (const key of path) if (key === fields[next]) next++;
  return next === fields.length;
}
