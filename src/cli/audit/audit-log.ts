/** `backbar log audit` and `backbar log bundle`: a whole log, held against what its registry says. */
import path from "node:path";
import { gatherLog } from "../../client/gather-log.js";
import { type Audit, auditLog } from "../../core/audit/audit-log.js";
import { MAX_EVIDENCE_BYTES } from "../../core/audit/evidence.js";
import type { Finding } from "../../core/audit/finding.js";
import {
  formatLogEvidence,
  type LogEvidence,
  parseLogEvidence,
} from "../../core/audit/log-evidence.js";
import { parseCheckpoint } from "../../core/tlog/checkpoint-text.js";
import { parseNote } from "../../core/tlog/note.js";
import { writeWhole } from "../files/write-whole.js";
import { readSeenLog, writeSeenLog } from "../frame/config-folder.js";
import type { Outcome, Screen } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { countOf } from "../frame/words.js";
import { openContentCache } from "./content-cache.js";
import { readNamedFile } from "./named-file.js";
import { originsBefore } from "./origins-before.js";
import { type PolicyFlags, readPolicy } from "./policy.js";
import { showChecks } from "./show-checks.js";

interface AuditFlags extends PolicyFlags {
  readonly bundle?: string | undefined;
  readonly full?: boolean | undefined;
  readonly acceptRecovery?: string | undefined;
}

/** Audits the log of the registry or, with a bundle, without the registry. */
export async function showLogAudit(session: Session, flags: AuditFlags): Promise<Outcome> {
  const { machine, screen } = session;
  const { root } = await session.settings();
  const policy = readPolicy(flags, machine.now(), root);
  const evidence =
    flags.bundle === undefined
      ? await gather(session, { full: flags.full === true, keepFiles: false })
      : parseLogEvidence(await readNamedFile(machine, flags.bundle, MAX_EVIDENCE_BYTES));
  const remembered = await readRemembered(session, evidence);
  const audit = await auditLog(evidence, {
    ...policy,
    ...(remembered === undefined ? {} : { remembered }),
    ...(flags.acceptRecovery === undefined ? {} : { acceptRecovery: flags.acceptRecovery }),
  });
  const fork = audit.fork === undefined ? undefined : await writeFork(session, audit.fork);
  const clean = isClean(audit);
  if (clean && audit.trust !== undefined) {
    const { checkpoint } = audit.trust.checkpoint;
    await writeSeenLog(machine, checkpoint.origin, evidence.checkpoint);
  }
  return {
    json: toJson(audit, evidence, clean, fork),
    text: await toText(screen, audit, evidence, clean, fork),
    hints: hintsFor(audit),
    ...(clean ? {} : { exitCode: 1 as const }),
  };
}

/** Writes the log, and what the registry says beside it, to a file or the standard output. */
export async function bundleLog(
  session: Session,
  { out, full }: { readonly out: string | undefined; readonly full: boolean },
): Promise<Outcome> {
  const evidence = await gather(session, { full, keepFiles: true });
  const text = formatLogEvidence(evidence);
  if (out === undefined || out === "-") return { raw: new TextEncoder().encode(text) };
  await writeWhole(path.resolve(session.machine.folder, out), text, 0o600);
  return {
    json: { file: out, leaves: evidence.leaves.length },
    text: `wrote ${out}: the log of ${evidence.leaves.length} leaves, and what the registry says beside it\n`,
    hints: [`backbar log audit --bundle ${out} audits it without the registry`],
  };
}

async function gather(
  session: Session,
  options: { readonly full: boolean; readonly keepFiles: boolean },
): Promise<LogEvidence> {
  const { machine, screen } = session;
  const client = await session.client();
  return screen.during("reading the log and what the registry says", async () => {
    const trust = await session.trust(client);
    const cache = await openContentCache(machine, trust.keySet.origin);
    const evidence = await gatherLog(client, trust, { ...options, now: machine.now(), cache });
    await cache.keep();
    return evidence;
  });
}

/** The checkpoint that was seen last of this log, or of the one that it goes on from. */
async function readRemembered(
  { machine }: Session,
  { checkpoint }: LogEvidence,
): Promise<string | undefined> {
  const { origin } = parseCheckpoint(parseNote(checkpoint).text);
  const known = await readSeenLog(machine, origin);
  if (known !== undefined) return known;
  for (const former of originsBefore(origin)) {
    const seen = await readSeenLog(machine, former);
    if (seen !== undefined) return seen;
  }
  return undefined;
}

/** Two notes that cannot both be true prove it to everybody, so they are kept. */
async function writeFork(session: Session, notes: readonly [string, string]): Promise<string> {
  const stamp = session.machine.now().toISOString().replaceAll(":", "").slice(0, 17);
  const file = `log-contradiction-${stamp}.txt`;
  const text = `${notes.join("\n=== contradicts ===\n\n")}`;
  await writeWhole(path.resolve(session.machine.folder, file), text, 0o644);
  return file;
}

function hintsFor({ findings, trust }: Audit): string[] {
  const recovered = findings.some(({ code }) => code === "audit_log_recovered");
  if (!recovered || trust === undefined) return [];
  const { origin } = trust.checkpoint.checkpoint;
  return [`if its operator says the same: backbar log audit --accept-recovery ${origin}`];
}

function isClean({ checks, findings, trust }: Audit): boolean {
  const failed = checks.some(({ outcome }) => outcome === "failed");
  return !failed && findings.length === 0 && trust !== undefined;
}

function toJson(audit: Audit, evidence: LogEvidence, clean: boolean, fork: string | undefined) {
  const { checks, findings, notCompared, trust } = audit;
  const checkpoint = trust?.checkpoint.checkpoint;
  return {
    clean,
    ...(checkpoint === undefined ? {} : { origin: checkpoint.origin, size: checkpoint.size }),
    asked: evidence.told.time,
    checks,
    findings,
    notCompared,
    ...(fork === undefined ? {} : { contradiction: fork }),
  };
}

async function toText(
  screen: Screen,
  audit: Audit,
  { told }: LogEvidence,
  clean: boolean,
  fork: string | undefined,
): Promise<string> {
  const { checks, findings, notCompared, replay, trust } = audit;
  const lines = [await showChecks(screen, checks)];
  if (replay !== undefined && trust !== undefined) {
    const { versions, releases, usage, namespaces } = replay.state;
    const cut = [...releases.values()].reduce((sum, all) => sum + all.size, 0);
    const files = told.blobs.length;
    lines.push(
      `replayed ${trust.checkpoint.checkpoint.size} leaves up to ${trust.seenAt.toISOString()}: ` +
        `${countOf(namespaces.size, "namespace")}, ${countOf(versions.size, "version")}, ${countOf(cut, "release")}, ${countOf(usage.size, "usage record")}\n`,
      `compared with what the registry says, and ${files} files by digest\n`,
    );
  }
  for (const part of notCompared) lines.push(`not compared: ${part}\n`);
  for (const finding of findings) lines.push(showFinding(screen, finding));
  if (fork !== undefined) {
    lines.push(`both notes are in ${fork}: show them to others, they prove it\n`);
  }
  const failed = checks.filter(({ outcome }) => outcome === "failed").length;
  const verdict = clean
    ? screen.style("green", "the registry says what its log says")
    : screen.style(
        "red",
        `${countOf(findings.length, "finding")}, ${countOf(failed, "failed check")}`,
      );
  return `${lines.join("")}${verdict}\n`;
}

function showFinding(screen: Screen, { code, message }: Finding): string {
  return `${screen.style("red", code)}  ${message}\n`;
}
