/** Namespaces, publisher keys, definitions and tokens, held against the log. */
import { canonicalJson, type JsonValue } from "../codec/canonical-json.js";
import { membersOf, textsOf } from "../codec/members.js";
import { compareSigningKeys } from "./compare-signing-keys.js";
import { type Comparison, isSameTime, mayBeHidden } from "./comparison.js";
import type { Finding, FindingCode } from "./finding.js";
import type { Logged } from "./log-state.js";
import type { ToldDefinition } from "./told.js";

/** Each difference between what the leaves say of names and what the registry says. */
export function compareNames(comparison: Comparison): Finding[] {
  const { state, told } = comparison;
  return [
    ...compareNamespaces(comparison),
    ...compareKeySet(comparison),
    ...compareSigningKeys(comparison),
    ...compareDefinitions("the environment", state.environments, told.environments),
    ...compareDefinitions("the entry list", state.entryLists, told.entryLists),
    ...compareTokens(comparison),
  ];
}

function compareNamespaces(comparison: Comparison): Finding[] {
  const { state, told } = comparison;
  const findings: Finding[] = [];
  const shown = new Map(told.namespaces.map((one) => [one.name, one]));
  for (const [name, { value, leaf }] of state.namespaces) {
    const said = shown.get(name);
    if (said === undefined) {
      const message = `the namespace ${name} is recorded by leaf ${leaf}; the registry has none of that name`;
      findings.push({ code: "audit_namespace_hidden", message, leaf });
      continue;
    }
    const [one, other] = [describe(value), describe({ ...said })];
    if (one === other) continue;
    const message = `the namespace ${name} is ${one} by leaf ${leaf}; the registry says ${other}`;
    findings.push({ code: "audit_namespace_changed", message, leaf });
  }
  for (const name of shown.keys()) {
    if (state.namespaces.has(name) || mayBeHidden(comparison)) continue;
    const message = `the registry has a namespace ${name} that no leaf records`;
    findings.push({ code: "audit_namespace_unlogged", message });
  }
  return findings;
}

/** What both a record and the API say of a namespace, in one form. */
function describe(members: { readonly [key: string]: JsonValue | undefined }): string {
  const list = (value: JsonValue | undefined) => textsOf(value).sort();
  const { owners, publisherKeys, signatures, visibility, commands, tombstonedAt } = members;
  return canonicalJson({
    owners: list(owners),
    publisherKeys: list(publisherKeys),
    signatures: signatures ?? null,
    visibility: visibility ?? null,
    commands: commands ?? null,
    ...(tombstonedAt === undefined ? {} : { tombstonedAt }),
  });
}

/** The root vouches for keys; the log tells where each of them came from. */
function compareKeySet(comparison: Comparison): Finding[] {
  const { state, keySet } = comparison;
  const findings: Finding[] = [];
  const find = (code: FindingCode, message: string) => findings.push({ code, message });
  for (const [namespace, { keys }] of keySet.namespaces) {
    const listed = state.publisherKeys.get(namespace);
    if (listed === undefined && mayBeHidden(comparison)) continue;
    const revoked = revokedKeysOf(state.namespaces.get(namespace)?.value);
    for (const key of keys) {
      const { fingerprint } = key.publicKey;
      const [said, logged] = [key.revoked?.at, revoked.get(fingerprint)];
      if (listed?.has(fingerprint) !== true) {
        find(
          "audit_key_unlogged",
          `the key set lets ${fingerprint} sign for ${namespace}; no leaf ever listed it`,
        );
      } else if (!isSameTime(said, logged)) {
        find(
          "audit_key_unlogged",
          `the key set lets ${fingerprint} sign for ${namespace} until ${said ?? "further notice"}; the log says ${logged ?? "that it still may"}`,
        );
      }
    }
  }
  for (const [namespace, { value, leaf }] of state.namespaces) {
    const keys = keySet.namespaces.get(namespace)?.keys ?? [];
    for (const fingerprint of textsOf(value.publisherKeys)) {
      const holds = keys.some(
        ({ publicKey, revoked }) => publicKey.fingerprint === fingerprint && revoked === undefined,
      );
      if (holds) continue;
      const message = `leaf ${leaf} lists ${fingerprint} for ${namespace}; by the key set it may not sign`;
      findings.push({ code: "audit_key_hidden", message, leaf });
    }
  }
  return findings;
}

/** When keys were revoked, by fingerprint. */
function revokedKeysOf(
  namespace: { readonly [key: string]: JsonValue } | undefined,
): ReadonlyMap<string, string> {
  const listed = Array.isArray(namespace?.revokedKeys) ? namespace.revokedKeys : [];
  return new Map(
    listed.map((one) => {
      const { fingerprint, at } = Object.fromEntries(membersOf(one));
      return [String(fingerprint), String(at)];
    }),
  );
}

function compareDefinitions(
  what: string,
  logged: ReadonlyMap<string, Logged<string>>,
  told: readonly ToldDefinition[],
): Finding[] {
  const code =
    what === "the environment" ? "audit_environment_changed" : "audit_entry_list_changed";
  const findings: Finding[] = [];
  const shown = new Map(told.map(({ name, digest }) => [name, digest]));
  for (const [name, { value, leaf }] of logged) {
    const said = shown.get(name);
    if (said === value) continue;
    const message = `${what} ${name} is defined by leaf ${leaf} as ${value}; the registry says ${said ?? "that there is none"}`;
    findings.push({ code, message, leaf });
  }
  for (const name of shown.keys()) {
    if (logged.has(name)) continue;
    findings.push({ code, message: `${what} ${name} is defined by no leaf` });
  }
  return findings;
}

function compareTokens({ state, told }: Comparison): Finding[] {
  if (told.tokens === undefined) return [];
  const code = "audit_token_changed";
  const findings: Finding[] = [];
  const shown = new Map(told.tokens.map(({ id, ...token }) => [id, token]));
  for (const [id, { value, leaf }] of state.tokens) {
    const said = shown.get(id);
    const same = said !== undefined && canonicalJson({ ...said }) === canonicalJson({ ...value });
    if (same) continue;
    const message = `the token ${id} (${value.name}) is ${canonicalJson({ ...value })} by the log; the registry says ${said === undefined ? "that there is none" : canonicalJson({ ...said })}`;
    findings.push({ code, message, leaf });
  }
  for (const [id, { name }] of shown) {
    if (state.tokens.has(id)) continue;
    findings.push({ code, message: `the token ${id} (${name}) was made by no leaf` });
  }
  return findings;
}
