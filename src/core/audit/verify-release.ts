/** Verifies a release: in the log, signed, current where that is asked, and made of its versions. */
import type { ParsedRecipe } from "../oci/manifest.js";
import { combineTarget } from "../recipe/combine.js";
import type { ReleaseDocument, ReleaseTarget } from "../recipe/release-document.js";
import { TARGETS, type Target } from "../score/project-state.js";
import {
  checkPointer,
  openPointer,
  openRelease,
  releaseDigest,
} from "../trust/release-signature.js";
import type { Checklist } from "./checklist.js";
import { AuditError } from "./error.js";
import type { ReleaseEvidence, Subject } from "./evidence.js";
import type { TrustPolicy, VerifiedTrust } from "./verify-trust.js";
import { checkInclusion } from "./verify-version.js";

type ReleaseSubject = Exclude<Subject, { readonly kind: "version" }>;

/** The release, as it is signed; undefined where it is not. */
export async function verifyRelease(
  checklist: Checklist,
  trust: VerifiedTrust,
  subject: ReleaseSubject,
  release: ReleaseEvidence,
): Promise<ReleaseDocument | undefined> {
  await checklist.run("release: in the log", () =>
    checkInclusion(trust, "release", release.signed, release),
  );
  return checklist.run("release: signature", async () => {
    const value = await openRelease(release.signed, trust.keySet.release);
    const { environment, number, time } = value;
    const wanted = subject.kind === "release" ? subject.number : number;
    if (environment !== subject.environment || number !== wanted) {
      const message = `this is release ${number} of ${environment}, which was not asked for`;
      throw new AuditError("audit_subject", message);
    }
    return { value, detail: `release ${number} of ${environment}, cut ${time}` };
  });
}

/** That the release is the current one. */
export async function verifyPointer(
  checklist: Checklist,
  { keySet }: VerifiedTrust,
  { environment, jws }: { readonly environment: string; readonly jws: string },
  release: ReleaseEvidence,
  { now }: TrustPolicy,
): Promise<void> {
  await checklist.run("pointer", async () => {
    const pointer = await openPointer(jws, keySet.release, now);
    checkPointer(pointer, { environment, now });
    if (pointer.release !== releaseDigest(release.signed)) {
      throw new AuditError("audit_chain", `the pointer names another release, ${pointer.number}`);
    }
    const detail = `release ${pointer.number} is current until ${pointer.expires}`;
    return { value: undefined, detail };
  });
}

/** That every entry is a verified version, and the combined files are made of them. */
export async function verifyContent(
  checklist: Checklist,
  document: ReleaseDocument,
  recipes: readonly ParsedRecipe[],
): Promise<void> {
  const packages = new Map(recipes.map((recipe) => [recipe.digest, recipe]));
  const complete = await checklist.run("release: versions", () => {
    const missing = document.entries.find(({ digest }) => !packages.has(digest));
    if (missing === undefined) return { value: true, detail: `${packages.size}, all verified` };
    const message = `${missing.recipe}@${missing.version} (${missing.digest}) is not verified`;
    throw new AuditError("audit_chain", message);
  });
  if (complete === undefined) return;
  for (const target of TARGETS) {
    await checklist.run(`release: files for ${target}`, () => {
      const made = combineTarget(target, document.entries, packages);
      const patches = made.patches.map(({ name, digest, entry }) => ({ name, digest, entry }));
      const { digest: provisioners } = made;
      checkCombined(target, document.targets[target], { provisioners, patches });
      return { value: undefined, detail: `${provisioners}, made again of its versions` };
    });
  }
}

function checkCombined(
  target: Target,
  named: ReleaseTarget,
  made: Pick<ReleaseTarget, "provisioners" | "patches">,
): void {
  const same =
    named.provisioners === made.provisioners &&
    JSON.stringify(named.patches.map(formOf)) === JSON.stringify(made.patches.map(formOf));
  if (same) return;
  throw new AuditError(
    "audit_combined",
    `the release names ${named.provisioners} for ${target}; its versions make ${made.provisioners}`,
    { hint: "a registry of another release of Backbar may have combined them; otherwise it lied" },
  );
}

function formOf({ name, digest, entry }: ReleaseTarget["patches"][number]) {
  return [name, digest, entry];
}
