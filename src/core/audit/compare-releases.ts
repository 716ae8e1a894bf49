/** Releases, which of them is current, and the pointers that say so, held against the log. */
import { BackbarError } from "../../errors.js";
import { checkPointer, openPointer, releaseDigest } from "../trust/release-signature.js";
import type { Comparison } from "./comparison.js";
import type { Finding } from "./finding.js";
import type { ToldPointer, ToldRelease } from "./told.js";

export async function compareReleases(comparison: Comparison): Promise<Finding[]> {
  const { state, told } = comparison;
  const findings = [...findHidden(comparison), ...told.releases.flatMap(compareWith(comparison))];
  for (const { name, current } of told.environments) {
    const logged = state.current.get(name);
    if (current !== logged?.value) findings.push(otherCurrent(comparison, name, current));
  }
  for (const one of told.pointers) findings.push(...(await comparePointer(comparison, one)));
  return findings;
}

function findHidden({ state, told }: Comparison): Finding[] {
  const shown = new Set(told.releases.map(({ environment, number }) => `${environment}@${number}`));
  return [...state.releases].flatMap(([environment, releases]) =>
    [...releases].flatMap(([number, { value, leaf }]): Finding[] => {
      if (shown.has(`${environment}@${number}`)) return [];
      const message = `release ${number} of ${environment} (${value.digest}) is leaf ${leaf}; the registry says that it is not there`;
      return [{ code: "audit_release_hidden", message, leaf }];
    }),
  );
}

function compareWith({ state }: Comparison) {
  return ({ environment, number, digest, logIndex }: ToldRelease): Finding[] => {
    const logged = state.releases.get(environment)?.get(number);
    if (logged === undefined) {
      const message = `the registry has a release ${number} of ${environment} (${digest}), which is no leaf`;
      return [{ code: "audit_release_unlogged", message }];
    }
    const { value, leaf } = logged;
    const what = `release ${number} of ${environment}`;
    if (value.digest !== digest) {
      const message = `${what} is ${value.digest} by leaf ${leaf}; the registry says ${digest}`;
      return [{ code: "audit_release_changed", message, leaf }];
    }
    if (leaf === logIndex) return [];
    const message = `the registry says that leaf ${logIndex} is ${what}; in the log it is leaf ${leaf}`;
    return [{ code: "audit_leaf_dropped", message, leaf }];
  };
}

async function comparePointer(
  comparison: Comparison,
  { environment, pointer: jws, release }: ToldPointer,
): Promise<Finding[]> {
  const { state, told, keySet } = comparison;
  const now = new Date(told.time);
  try {
    const pointer = await openPointer(jws, keySet.release, now);
    const logged = state.current.get(environment)?.value;
    if (pointer.number !== logged) return [otherCurrent(comparison, environment, pointer.number)];
    checkPointer(pointer, { environment, now });
    const digest = state.releases.get(environment)?.get(pointer.number)?.value.digest;
    const served = releaseDigest(release);
    const wrong = [pointer.release, served].find((one) => one !== digest);
    if (wrong === undefined) return [];
    const message = `release ${pointer.number} of ${environment} is ${digest} in the log; its pointer, or what is served by it, is ${wrong}`;
    return [{ code: "audit_release_changed", message }];
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    return [{ code: "audit_pointer", message: error.message }];
  }
}

function otherCurrent(
  { state }: Comparison,
  environment: string,
  said: number | undefined,
): Finding {
  const logged = state.current.get(environment);
  const shown = said === undefined ? "none" : `release ${said}`;
  if (logged === undefined) {
    const message = `by the log no release of ${environment} is current; the registry says ${shown}`;
    return { code: "audit_release_unlogged", message };
  }
  const { value, leaf } = logged;
  const message = `release ${value} of ${environment} is current by leaf ${leaf}; the registry says ${shown}`;
  const code = (said ?? 0) < value ? "audit_release_rolled_back" : "audit_release_unlogged";
  return { code, message, leaf };
}
