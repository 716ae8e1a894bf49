/**
 * Holds what a registry says against what its log comes to. Each difference is a finding: somebody
 * changed the database behind the log, or the registry tells another story than it logged.
 */
import { compareNames } from "./compare-names.js";
import { compareReleases } from "./compare-releases.js";
import { compareUsage } from "./compare-usage.js";
import { compareVersions } from "./compare-versions.js";
import type { Comparison } from "./comparison.js";
import type { Finding } from "./finding.js";

/** What differs, in no particular order of weight. */
export async function compareWithLog(comparison: Comparison): Promise<Finding[]> {
  return [
    ...findHidden(comparison),
    ...compareNames(comparison),
    ...compareVersions(comparison),
    ...(await compareReleases(comparison)),
    ...compareUsage(comparison),
  ];
}

/** An auditor is shown everything. */
function findHidden({ hidden, told }: Comparison): Finding[] {
  if (!told.auditor) return [];
  return hidden.map((leaf) => ({
    code: "audit_envelope_hidden",
    message: `leaf ${leaf}: the registry does not show what it records`,
    leaf,
  }));
}
