/** Which version of a recipe search and the recipe's own page show. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import { shownVersion } from "../core/recipe/version.js";
import type { Tx } from "../store/db.js";
import { findVersion, listProvisioners } from "../store/recipes.js";
import { listStanding, putRecipe, type RecipeRow } from "../store/search.js";
import { describedIn, maintainersIn } from "./version-summary.js";

/** Chooses anew: call it in the transaction that yanks a version, or takes that back. */
export async function chooseShownVersion(tx: Tx, recipe: string): Promise<void> {
  const shown = shownVersion(await listStanding(tx, recipe));
  const row = shown && (await findVersion(tx, recipe, shown.version));
  if (row === undefined) return;
  await putRecipe(tx, shownAs(row, await listProvisioners(tx, recipe, row.version)));
}

/** The recipe's row while it shows this version. */
export function shownAs(
  version: { readonly recipe: string; readonly version: string; readonly metadata: JsonValue },
  provided: readonly { readonly type: string }[],
): RecipeRow {
  const { recipe, metadata } = version;
  const { title = "", description = "" } = describedIn(metadata);
  const types = new Set(provided.map(({ type }) => type));
  return {
    name: recipe,
    namespace: recipe.split("/", 1)[0] ?? "",
    version: version.version,
    words: [recipe, title, description, ...types].join("\n").toLowerCase(),
    maintainers: maintainersIn(metadata).map((name) => name.toLowerCase()),
  };
}
