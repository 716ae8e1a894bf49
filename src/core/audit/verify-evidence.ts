/** Verifies evidence: every link from the pinned root to the last byte of what it is about. */
import type { ParsedRecipe } from "../oci/manifest.js";
import { type Check, Checklist } from "./checklist.js";
import { AuditError } from "./error.js";
import type { Evidence, VersionEvidence } from "./evidence.js";
import { verifyContent, verifyPointer, verifyRelease } from "./verify-release.js";
import { type TrustPolicy, type VerifiedTrust, verifyTrust } from "./verify-trust.js";
import { verifyVersion } from "./verify-version.js";

export interface Verdict {
  readonly holds: boolean;
  /** In the order in which they were made. */
  readonly checks: readonly Check[];
}

/** What of the evidence bears out its subject, and whether all of it does. */
export async function verifyEvidence(evidence: Evidence, policy: TrustPolicy): Promise<Verdict> {
  const checklist = new Checklist();
  const trust = await verifyTrust(checklist, evidence, policy);
  if (trust === undefined) checklist.skip("everything else", "nobody is known who vouches for it");
  else await verifySubject(checklist, trust, evidence, policy);
  return { holds: checklist.holds, checks: checklist.checks };
}

async function verifySubject(
  checklist: Checklist,
  trust: VerifiedTrust,
  evidence: Evidence,
  policy: TrustPolicy,
): Promise<void> {
  const { subject, pointer, release, versions } = evidence;
  if (subject.kind === "version") {
    const { recipe, version } = subject;
    await checklist.run("subject", () => checkSubject(versions, recipe, version));
    await verifyVersions(checklist, trust, evidence);
    return;
  }
  if (release === undefined) {
    await checklist.run("release", () => {
      throw new AuditError(
        "audit_subject",
        `the evidence has no release of ${subject.environment}`,
      );
    });
    return;
  }
  const document = await verifyRelease(checklist, trust, subject, release);
  if (subject.kind === "environment") {
    const { environment } = subject;
    await verifyPointer(checklist, trust, { environment, jws: pointer ?? "" }, release, policy);
  } else checklist.skip("pointer", "whether the release is current was not asked");
  const recipes = await verifyVersions(checklist, trust, evidence);
  if (document !== undefined) await verifyContent(checklist, document, recipes);
}

async function verifyVersions(
  checklist: Checklist,
  trust: VerifiedTrust,
  { versions, blobs }: Evidence,
): Promise<ParsedRecipe[]> {
  const recipes: ParsedRecipe[] = [];
  for (const version of versions) {
    const recipe = await verifyVersion(checklist, trust, version, blobs);
    if (recipe !== undefined) recipes.push(recipe);
  }
  return recipes;
}

function checkSubject(versions: readonly VersionEvidence[], recipe: string, version: string) {
  const [one, ...more] = versions;
  if (one?.recipe === recipe && one.version === version && more.length === 0) {
    return { value: undefined, detail: `${recipe}@${version}` };
  }
  throw new AuditError("audit_subject", `the evidence is not of ${recipe}@${version}`);
}
