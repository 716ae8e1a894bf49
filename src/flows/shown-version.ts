/** Which version of a recipe search and the recipe's own page show. */
import { shownVersion } from "../core/recipe/version.js";
import type { Tx } from "../store/db.js";
import { findVersion, listProvisioners } from "../store/recipes.js";
import { listStanding, putRecipe } from "../store/search.js";
import { describedIn, maintainersIn } from "./version-summary.js";

/** Chooses anew: call it in the transaction that publishes a version, or yanks one. */
export async function chooseShownVersion(tx: Tx, recipe: string): Promise<void> {
  const shown = shownVersion(await listStanding(tx, recipe));
  const row = shown && (await findVersion(tx, recipe, shown.version));
  if (row === undefined) return;
  const { title = "", description = "" } = describedIn(row.metadata);
  const provided = await listProvisioners(tx, recipe, row.version);
  const types = new Set(provided.map(({ type }) => type));
  await putRecipe(tx, {
    name: recipe,
    namespace: recipe.split("/", 1)[0] ?? "",
    version: row.version,
    words: [recipe, title, description, ...types].join("\n").toLowerCase(),
    maintainers: maintainersIn(row.metadata).map((name) => name.toLowerCase()),
  });
}
