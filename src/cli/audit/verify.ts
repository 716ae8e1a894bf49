/** `backbar verify` and `backbar bundle`: evidence, gathered from a registry or read from a file. */
import path from "node:path";
import { gatherEvidence } from "../../client/gather-evidence.js";
import type { Check } from "../../core/audit/checklist.js";
import {
  type Evidence,
  formatEvidence,
  MAX_EVIDENCE_BYTES,
  parseEvidence,
} from "../../core/audit/evidence.js";
import { verifyEvidence } from "../../core/audit/verify-evidence.js";
import { writeWhole } from "../files/write-whole.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";
import { countOf } from "../frame/words.js";
import { readNamedFile } from "./named-file.js";
import { type PolicyFlags, readPolicy } from "./policy.js";
import { showChecks } from "./show-checks.js";
import { formatSubject, parseSubject } from "./subject.js";

interface VerifyFlags extends PolicyFlags {
  readonly bundle?: string | undefined;
}

/** Verifies a subject, by the registry or, with a bundle, without it. */
export async function verifySubject(
  session: Session,
  named: string | undefined,
  flags: VerifyFlags,
): Promise<Outcome> {
  const { machine, screen } = session;
  // Offline too the root that was pinned counts, where one was.
  const { root } = await session.settings();
  const policy = readPolicy(flags, machine.now(), root);
  const evidence =
    flags.bundle === undefined
      ? await gather(session, named)
      : await readBundle(session, flags.bundle, named);
  const { holds, checks } = await verifyEvidence(evidence, policy);
  if (flags.bundle !== undefined && root === undefined) {
    screen.warn({
      message: "the bundle's root key is taken as it shows it: no registry is pinned here",
      hint: "backbar login pins it, or BACKBAR_ROOT",
    });
  }
  const subject = formatSubject(evidence.subject);
  const verdict = holds
    ? `${subject} is verified`
    : `${subject} is NOT verified: ${checks.filter(isFailed).length} of ${checks.length} checks failed`;
  return {
    json: { subject, verified: holds, checks },
    text: `${await showChecks(screen, checks)}${screen.style(holds ? "green" : "red", verdict)}\n`,
    ...(holds ? {} : { exitCode: 1 as const }),
  };
}

/** Writes the evidence of a subject to a file, or to the standard output. */
export async function bundleSubject(
  session: Session,
  named: string,
  output: string | undefined,
): Promise<Outcome> {
  const evidence = await gather(session, named);
  const text = formatEvidence(evidence);
  if (output === undefined || output === "-") return { raw: new TextEncoder().encode(text) };
  await writeWhole(path.resolve(session.machine.folder, output), text, 0o644);
  const subject = formatSubject(evidence.subject);
  const versions = evidence.versions.map(({ recipe, version }) => `${recipe}@${version}`);
  return {
    json: { subject, file: output, versions },
    text: `wrote ${output}: the evidence of ${subject}, with ${countOf(versions.length, "version")}\n`,
    hints: [`backbar verify --bundle ${output} checks it without the registry`],
  };
}

async function gather(session: Session, named: string | undefined): Promise<Evidence> {
  if (named === undefined || named === "") {
    throw new UsageError(
      "nothing is named that could be verified",
      "name NAMESPACE/NAME@VERSION, ENVIRONMENT or ENVIRONMENT@RELEASE",
    );
  }
  const subject = parseSubject(named);
  const client = await session.client();
  return session.screen.during(`gathering the evidence of ${named}`, async () => {
    const trust = await session.trust(client);
    return gatherEvidence(client, subject, trust);
  });
}

async function readBundle(
  { machine }: Session,
  file: string,
  named: string | undefined,
): Promise<Evidence> {
  const evidence = parseEvidence(await readNamedFile(machine, file, MAX_EVIDENCE_BYTES));
  const about = formatSubject(evidence.subject);
  if (named === undefined || named === about) return evidence;
  throw new UsageError(`${file} is the evidence of ${about}, not of ${named}`, `verify ${about}`);
}

function isFailed({ outcome }: Check): boolean {
  return outcome === "failed";
}
