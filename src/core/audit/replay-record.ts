/** What leaves say of versions, notices, namespaces, definitions and tokens. */
import { canonicalJson, type JsonValue } from "../codec/canonical-json.js";
import { sha256Digest } from "../codec/digest.js";
import { textsOf } from "../codec/members.js";
import type { SignedRecord } from "../trust/record.js";
import { applyKey } from "./replay-key.js";
import type { Step } from "./replay-step.js";

/** Records that concern one thing, which the last of them describes. */
export function applyRecord(step: Step, record: SignedRecord): void {
  const { kind, details } = record;
  if (kind === "publish") applyPublish(step, record);
  else if (kind === "yank" || kind === "deprecate") applyNotice(step, record);
  else if (kind === "namespace") applyNamespace(step, details);
  else if (kind === "token") applyToken(step, details);
  else if (kind === "recovery") step.state.recoveries.push({ value: details, leaf: step.leaf });
  else if (kind === "key") applyKey(step, details);
  // Promotions and forced acts add nothing to what their releases and versions say.
}

/** The definition of an environment, or an entry list: its digest is that of its content. */
export function describeDefinition(step: Step, { details }: SignedRecord): void {
  const { environment, list, definition, digest, content } = details;
  const [name, named] = list === undefined ? [environment, definition] : [list, digest];
  const actual = sha256Digest(canonicalJson(content ?? null));
  if (typeof name !== "string" || actual !== named) {
    const message = `${String(name)} is said to be ${String(named)}; its content is ${actual}`;
    step.find("audit_record_impossible", message);
    return;
  }
  const definitions = list === undefined ? step.state.environments : step.state.entryLists;
  definitions.set(name, { value: actual, leaf: step.leaf });
}

function applyPublish({ state, leaf, find }: Step, { details, time }: SignedRecord): void {
  const { recipe, version, digest, signatures } = details;
  const name = `${text(recipe)}@${text(version)}`;
  const known = state.versions.get(name);
  if (known !== undefined) {
    const message = `${name} is published as ${text(digest)}; leaf ${known.leaf} says ${known.value.digest}`;
    find("audit_record_impossible", message);
    return;
  }
  if (!state.namespaces.has(text(recipe).split("/", 1)[0] ?? "")) {
    find("audit_record_impossible", `${name} is published in a namespace that the log has not`);
  }
  state.versions.set(name, {
    value: {
      recipe: text(recipe),
      version: text(version),
      digest: text(digest),
      signatures: textsOf(signatures),
      time,
    },
    leaf,
  });
}

function applyNotice({ state, leaf, find }: Step, { kind, details }: SignedRecord): void {
  const { recipe, version, digest, reason, successor, undo } = details;
  const name = `${text(recipe)}@${text(version)}`;
  if (state.versions.get(name)?.value.digest !== digest) {
    find(
      "audit_record_impossible",
      `a notice of ${name} (${text(digest)}), which is not published`,
    );
    return;
  }
  const key = `${kind === "yank" ? "yanked" : "deprecated"} ${name}`;
  if (undo === true || reason === undefined) {
    state.notices.delete(key);
    return;
  }
  const value = {
    reason: text(reason),
    ...(successor === undefined ? {} : { successor: text(successor) }),
  };
  state.notices.set(key, { value, leaf });
}

function applyNamespace({ state, leaf }: Step, details: SignedRecord["details"]): void {
  const name = text(details.namespace);
  state.namespaces.set(name, { value: details, leaf });
  const listed = state.publisherKeys.get(name) ?? new Map<string, number>();
  for (const fingerprint of textsOf(details.publisherKeys)) {
    if (!listed.has(fingerprint)) listed.set(fingerprint, leaf);
  }
  state.publisherKeys.set(name, listed);
}

function applyToken({ state, leaf, find }: Step, details: SignedRecord["details"]): void {
  const { act, id, name, grants, expiresAt } = details;
  const known = state.tokens.get(text(id));
  if (act === "revoked") {
    if (known === undefined) find("audit_record_impossible", `a token ${text(id)} that never was`);
    else state.tokens.set(text(id), { value: { ...known.value, revoked: true }, leaf: known.leaf });
    return;
  }
  if (known !== undefined) find("audit_record_impossible", `the token ${text(id)} is made twice`);
  const value = { name: text(name), grants: textsOf(grants), expiresAt: text(expiresAt) };
  state.tokens.set(text(id), { value: { ...value, revoked: false }, leaf });
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
