/** The recipes of a lock, fetched and checked: by digest always, by their publishers where they are new. */
import type { RegistryTrust } from "../../client/catalog.js";
import type { BackbarClient } from "../../client/client.js";
import type { Notice, Notices } from "../../client/notices.js";
import { readVersion, verifySigners } from "../../client/versions.js";
import type { ParsedRecipe } from "../../core/oci/manifest.js";
import { optional } from "../../core/recipe/strict-json.js";
import { TrustError, type TrustErrorCode } from "../../core/trust/error.js";
import type { Problem } from "../../errors.js";
import type { Session } from "../frame/session.js";
import type { LockedRecipe } from "./lock-file.js";

export interface Registry {
  readonly client: BackbarClient;
  readonly trust: RegistryTrust;
}

type Warning = Omit<Problem, "code">;

const SIGNER_CODES: ReadonlySet<TrustErrorCode> = new Set([
  "key_unknown",
  "key_revoked",
  "key_not_yet",
  "bundle_signature",
  "bundle_threshold",
]);

/**
 * The packages of `recipes` by digest. One of `pinned` was checked when it was locked: that its
 * publisher's key is no longer accepted is told as a warning, as yanks are.
 * @throws {ClientError} {OciError} {RecipeError} {TrustError} {ServerProblem}
 */
export async function fetchRecipes(
  session: Session,
  { client, trust }: Registry,
  recipes: readonly LockedRecipe[],
  pinned: ReadonlySet<string>,
): Promise<Map<string, ParsedRecipe>> {
  const packages = new Map<string, ParsedRecipe>();
  const warnings: Warning[] = [];
  await session.screen.during("Fetching", async (update) => {
    for (const ref of recipes) {
      update(`Fetching ${ref.recipe} ${ref.version}`);
      const content = await readVersion(client, ref);
      try {
        verifySigners(ref, content, trust.keySet);
      } catch (error) {
        if (!pinned.has(ref.digest) || !isOfUnknownSigner(error)) throw error;
        warnings.push({
          message: `${ref.recipe} ${ref.version}: ${error.message}`,
          hint: "it is what was locked; its signature would not be accepted today",
        });
      }
      packages.set(ref.digest, content.recipe);
      warnings.push(...noticesOf(ref, content));
    }
  });
  // Lines would break what shows the progress.
  for (const warning of warnings) session.screen.warn(warning);
  return packages;
}

/** Keys come and go after a version was signed; a signature of something else is never right. */
function isOfUnknownSigner(error: unknown): error is TrustError {
  return error instanceof TrustError && SIGNER_CODES.has(error.code);
}

function noticesOf({ recipe, version }: LockedRecipe, { yanked, deprecated }: Notices): Warning[] {
  const say = (kind: string, notice: Notice | undefined): Warning[] => {
    if (notice === undefined) return [];
    const message = `${recipe} ${version} is ${kind}: ${notice.reason}`;
    return [{ message, ...optional("hint", notice.successor && `use ${notice.successor}`) }];
  };
  return [...say("yanked", yanked), ...say("deprecated", deprecated)];
}
