/** Versions, their signatures, notices and files, held against the log. */
import { BackbarError } from "../../errors.js";
import { sha256Digest } from "../codec/digest.js";
import { verifyVersionSignatures } from "../trust/version-signatures.js";
import { type Comparison, mayBeHidden } from "./comparison.js";
import type { Finding } from "./finding.js";
import type { Logged, LoggedVersion } from "./log-state.js";
import type { ToldVersion } from "./told.js";

export function compareVersions(comparison: Comparison): Finding[] {
  const { state, told } = comparison;
  const shown = new Map(told.versions.map((one) => [nameOf(one), one]));
  const hidden = [...state.versions].flatMap(([name, { value, leaf }]): Finding[] => {
    if (shown.has(name)) return [];
    const message = `${name} (${value.digest}) is published by leaf ${leaf}; the registry says that it is not there`;
    return [{ code: "audit_version_hidden", message, leaf }];
  });
  const compared = told.versions.flatMap((one) => {
    const logged = state.versions.get(nameOf(one));
    return logged === undefined
      ? findUnlogged(comparison, one)
      : compareOne(comparison, one, logged);
  });
  return [...hidden, ...compared, ...compareNotices(comparison), ...compareBlobs(comparison)];
}

function findUnlogged(comparison: Comparison, one: ToldVersion): Finding[] {
  const { size, hidden, told } = comparison;
  const logIndex = one.detail?.logIndex ?? size;
  if (!told.auditor && hidden.includes(logIndex)) return [];
  const said =
    logIndex >= size
      ? `leaf ${logIndex}, of a log of ${size}`
      : `leaf ${logIndex}, which says something else`;
  return [
    {
      code: "audit_version_unlogged",
      message: `the registry serves ${nameOf(one)} (${one.digest}), which no leaf publishes; it names ${said}`,
    },
  ];
}

function compareOne(
  comparison: Comparison,
  one: ToldVersion,
  { value, leaf }: Logged<LoggedVersion>,
): Finding[] {
  const name = nameOf(one);
  const findings: Finding[] = [];
  if (one.digest !== value.digest) {
    const message = `${name} is ${value.digest} by leaf ${leaf}; the registry says ${one.digest}`;
    findings.push({ code: "audit_version_changed", message, leaf });
  }
  const { detail } = one;
  if (detail === undefined) {
    const message = `${name}: the registry lists it and cannot show it: its manifest, or a file of it, was changed or lost`;
    return [...findings, { code: "audit_blob_unreadable", message, leaf }];
  }
  if (detail.logIndex !== leaf) {
    const message = `the registry says that leaf ${detail.logIndex} publishes ${name}; in the log it is leaf ${leaf}`;
    findings.push({ code: "audit_leaf_dropped", message, leaf });
  }
  const manifest = sha256Digest(detail.manifest);
  if (manifest !== value.digest) {
    const message = `the manifest of ${name} is ${value.digest} by leaf ${leaf}; the registry gives ${manifest}`;
    findings.push({ code: "audit_blob_changed", message, leaf });
  }
  return [...findings, ...compareSignatures(comparison, detail.bundles, { value, leaf })];
}

/** What a version was published with counts, not what was added to it later. */
function compareSignatures(
  { keySet }: Comparison,
  shown: readonly string[],
  { value, leaf }: Logged<LoggedVersion>,
): Finding[] {
  const bundles = shown.filter((text) => value.signatures.includes(sha256Digest(text)));
  const find = (message: string): Finding[] => [
    { code: "audit_version_signature", message: `${nameOf(value)}: ${message}`, leaf },
  ];
  if (bundles.length < value.signatures.length) {
    return find(
      `leaf ${leaf} names ${value.signatures.length} signatures; the registry shows ${bundles.length} of them`,
    );
  }
  try {
    const encoded = bundles.map((text) => new TextEncoder().encode(text));
    verifyVersionSignatures(encoded, value, keySet, value.time);
    return [];
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    return find(error.message);
  }
}

function compareNotices(comparison: Comparison): Finding[] {
  const { state, told } = comparison;
  const findings: Finding[] = [];
  const shown = new Map(
    told.versions.flatMap((one) =>
      one.notices.map(({ kind, ...said }) => [`${kind} ${nameOf(one)}`, said]),
    ),
  );
  for (const [name, { value, leaf }] of state.notices) {
    const said = shown.get(name);
    if (said?.reason === value.reason && said.successor === value.successor) continue;
    const message = `${name}: leaf ${leaf} says '${value.reason}'; the registry ${said === undefined ? "says nothing of it" : `says '${said.reason}'`}`;
    findings.push({ code: "audit_notice_changed", message, leaf });
  }
  for (const [name, said] of shown) {
    if (state.notices.has(name) || mayBeHidden(comparison)) continue;
    const message = `${name}: the registry says '${said.reason}', which no leaf does`;
    findings.push({ code: "audit_notice_changed", message });
  }
  return findings;
}

function compareBlobs({ told }: Comparison): Finding[] {
  return told.blobs.flatMap(({ digest, of, actual }): Finding[] => {
    if (actual === digest) return [];
    if (actual === undefined) {
      const message = `${of}: the registry cannot give the bytes of ${digest}: they were changed or lost`;
      return [{ code: "audit_blob_unreadable", message }];
    }
    const message = `${of}: the registry gives ${actual} for ${digest}`;
    return [{ code: "audit_blob_changed", message }];
  });
}

function nameOf({ recipe, version }: Pick<ToldVersion, "recipe" | "version">): string {
  return `${recipe}@${version}`;
}
