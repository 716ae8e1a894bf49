/** A container's `variables` as Kubernetes environment variables. */
import { compareBytes } from "../../codec/key-order.js";
import type { DataMap } from "../../gotemplate/value.js";
import { mapOf, sortedEntries } from "./document.js";
import {
  decodeSecretRefs,
  onlySecretRef,
  type SecretRef,
  secretRefVariable,
} from "./secret-ref.js";

/**
 * Environment variables ordered by name. A value that is one secret reference comes from that
 * Secret; references inside other text become variables of their own, which the text names as
 * `$(…)` and which stand first, so that Kubernetes knows them when it reads the text.
 * `atVariable` converts one variable; undefined leaves it out.
 */
export function environmentVariables(
  variables: ReadonlyMap<string, string> | undefined,
  expand: (text: string) => string,
  atVariable: <T>(name: string, convert: () => T) => T | undefined,
): DataMap[] {
  const byName = new Map<string, DataMap>();
  for (const [name, text] of sortedEntries(variables)) {
    for (const variable of atVariable(name, () => environmentVariable(name, expand(text))) ?? []) {
      const variableName = String(variable.get("name"));
      if (!byName.has(variableName)) byName.set(variableName, variable);
    }
  }
  const entries = [...byName].sort(([a], [b]) => compareVariableNames(a, b));
  return entries.map(([, variable]) => variable);
}

function environmentVariable(name: string, value: string): DataMap[] {
  const secretText = decodeSecretRefs(value);
  const { texts, refs } = secretText;
  if (refs.length === 0) return [mapOf({ name, value })];
  const only = onlySecretRef(secretText);
  if (only !== undefined) return [secretVariable(name, only)];

  const withNames = texts.reduce((text, next, i) => {
    const ref = refs[i - 1];
    return ref === undefined ? next : `${text}$(${secretRefVariable(ref)})${next}`;
  }, "");
  return [
    ...refs.map((ref) => secretVariable(secretRefVariable(ref), ref)),
    mapOf({ name, value: withNames }),
  ];
}

function secretVariable(name: string, ref: SecretRef): DataMap {
  const secretKeyRef = mapOf({ name: ref.name, key: ref.key });
  return mapOf({ name, valueFrom: mapOf({ secretKeyRef }) });
}

function compareVariableNames(a: string, b: string): number {
  const rank = (name: string) => (name.startsWith("__ref_") ? 0 : 1);
  return rank(a) - rank(b) || compareBytes(a, b);
}
