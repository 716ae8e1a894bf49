/** `backbar release diff`: what changed between two releases of an environment. */
import type { BackbarClient } from "../../client/client.js";
import { ServerProblem } from "../../client/error.js";
import type { DescribedChange, StoredRelease } from "../../client/release-answer.js";
import { readRelease } from "../../client/releases.js";
import { readVersionDiff } from "../../client/version-diff.js";
import type { PackageDiff } from "../../core/recipe/diff.js";
import { compareReleases, type EntryChange } from "../../core/recipe/release-changes.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { describeChanges } from "./changes-text.js";
import { tellRefusal } from "./refusal.js";

interface CompareFlags {
  readonly diff?: boolean | undefined;
}

/**
 * Compares release `from` with `to`, or with the current one.
 * @throws {ServerProblem} environment_unknown, release_none, release_unknown
 */
export async function showComparison(
  session: Session,
  environment: string,
  numbers: { readonly from: number; readonly to: number | undefined },
  { diff: files = false }: CompareFlags,
): Promise<Outcome> {
  const client = await session.client();
  const { screen } = session;
  const read = (number: number | "current") =>
    readRelease(client, environment, number).catch((error: unknown) => {
      throw tellRefusal(error, environment);
    });
  const [from, to] = [await read(numbers.from), await read(numbers.to ?? "current")];
  const changes = await screen.during("Comparing the versions", () =>
    describeVersions(client, compareReleases(from.release, to.release)),
  );
  const head = `${environment} ${from.number} -> ${to.number}${to.status === "current" ? " (current)" : ""}\n`;
  return {
    json: { environment, from: refOf(from), to: refOf(to), changes },
    text: `${head}${describeChanges(screen, changes, { files })}`,
  };
}

function refOf({ number, digest, status }: StoredRelease) {
  return { number, digest, status };
}

/** Adds what the versions change; those of private recipes are shown to whom they are. */
async function describeVersions(
  client: BackbarClient,
  changes: readonly EntryChange[],
): Promise<DescribedChange[]> {
  const described: DescribedChange[] = [];
  for (const change of changes) {
    const { recipe, before, after } = change;
    const moved = before !== undefined && after !== undefined && before.digest !== after.digest;
    const diff = moved ? await readDiff(client, recipe, before.version, after.version) : undefined;
    described.push(diff === undefined ? change : { ...change, diff });
  }
  return described;
}

async function readDiff(
  client: BackbarClient,
  recipe: string,
  from: string,
  to: string,
): Promise<PackageDiff | undefined> {
  try {
    const { files, metadata } = await readVersionDiff(client, recipe, to, from);
    return { files, metadata };
  } catch (error) {
    if (error instanceof ServerProblem && [401, 403, 404].includes(error.status)) return undefined;
    throw error;
  }
}
