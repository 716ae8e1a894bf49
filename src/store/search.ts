/** What search reads: one row for each recipe, with the version that is shown of it. */
import { and, asc, eq, exists, gt, inArray, or, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { isNamedBy } from "./named.js";
import type { VersionRow } from "./recipes.js";
import { namespaces, notices, recipes, versionProvisioners, versions } from "./schema.js";

export interface RecipeRow {
  /** `namespace/name` */
  readonly name: string;
  readonly namespace: string;
  /** The version that is shown. */
  readonly version: string;
  /** All that text searches look into, in lower case. */
  readonly words: string;
  /** Names in lower case. */
  readonly maintainers: readonly string[];
}

export interface RecipeSearch {
  readonly type?: string;
  readonly class?: string;
  readonly target?: string;
  /** In lower case; each has to be part of a recipe's words. */
  readonly words: readonly string[];
  /** In lower case: the namespace, or the name of a maintainer. */
  readonly provider?: string;
  /** Which private namespaces are searched too: those that `actor` owns, and those named; undefined: all. */
  readonly viewer: { readonly actor: string; readonly namespaces: readonly string[] } | undefined;
  /** Recipes after this name. */
  readonly after?: string;
  readonly limit: number;
}

/** The shown versions of the recipes found, in order of name. */
export async function searchRecipes(db: Db | Tx, search: RecipeSearch): Promise<VersionRow[]> {
  const rows = await db
    .select({ version: versions })
    .from(recipes)
    .innerJoin(
      versions,
      and(eq(versions.recipe, recipes.name), eq(versions.version, recipes.version)),
    )
    .innerJoin(namespaces, eq(namespaces.name, recipes.namespace))
    .where(and(...conditions(db, search)))
    .orderBy(asc(recipes.name))
    .limit(search.limit);
  return rows.map((row) => row.version);
}

export interface ProvidedType {
  /** `namespace/name` */
  readonly recipe: string;
  readonly type: string;
  readonly target: string;
}

/** What the shown versions of these recipes provide, in order of type and target. */
export async function listProvided(db: Db | Tx, names: readonly string[]): Promise<ProvidedType[]> {
  if (names.length === 0) return [];
  const { recipe, type, target } = versionProvisioners;
  return db
    .selectDistinct({ recipe, type, target })
    .from(versionProvisioners)
    .innerJoin(
      recipes,
      and(eq(recipes.name, recipe), eq(recipes.version, versionProvisioners.version)),
    )
    .where(inArray(recipe, [...names]))
    .orderBy(asc(recipe), asc(type), asc(target));
}

/** The names of a namespace's recipes, as `namespace/name`. */
export async function listRecipeNames(db: Db | Tx, namespace: string): Promise<string[]> {
  const rows = await db
    .select({ name: recipes.name })
    .from(recipes)
    .where(eq(recipes.namespace, namespace));
  return rows.map(({ name }) => name);
}

/** The statement that puts the row in the place of the recipe's. */
export function putRecipe(tx: Tx, row: RecipeRow) {
  return tx.insert(recipes).values(row).onConflictDoUpdate({ target: recipes.name, set: row });
}

export interface StandingVersion {
  readonly version: string;
  readonly digest: string;
  readonly logIndex: number;
  readonly yanked: boolean;
}

/** All versions of a recipe, in no order, without what they hold. */
export async function listStanding(db: Db | Tx, recipe: string): Promise<StandingVersion[]> {
  const { version, digest, logIndex } = versions;
  const rows = await db
    .select({ version, digest, logIndex, kind: notices.kind })
    .from(versions)
    .leftJoin(notices, and(eq(notices.digest, versions.digest), eq(notices.kind, "yanked")))
    .where(eq(versions.recipe, recipe));
  return rows.map(({ kind, ...row }) => ({ ...row, yanked: kind !== null }));
}

function conditions(db: Db | Tx, search: RecipeSearch): (SQL | undefined)[] {
  const { type, class: className, target, words, provider, viewer, after } = search;
  const provides = [
    type === undefined ? undefined : eq(versionProvisioners.type, type),
    target === undefined ? undefined : eq(versionProvisioners.target, target),
    className === undefined
      ? undefined
      : or(eq(versionProvisioners.class, className), sql`${versionProvisioners.class} is null`),
  ].filter((condition) => condition !== undefined);
  return [
    after === undefined ? undefined : gt(recipes.name, after),
    ...words.map((word) => sql`strpos(${recipes.words}, ${word}) > 0`),
    provider === undefined
      ? undefined
      : or(eq(recipes.namespace, provider), sql`${recipes.maintainers} ? ${provider}::text`),
    viewer === undefined
      ? undefined
      : or(
          eq(namespaces.visibility, "public"),
          sql`${namespaces.owners} ? ${viewer.actor}::text`,
          isNamedBy(recipes.namespace, viewer.namespaces),
        ),
    provides.length === 0
      ? undefined
      : exists(
          db
            .select({ one: sql`1` })
            .from(versionProvisioners)
            .where(
              and(
                eq(versionProvisioners.recipe, recipes.name),
                eq(versionProvisioners.version, recipes.version),
                ...provides,
              ),
            ),
        ),
  ];
}
