/**
 * The environments of the benchmark. One of each ten is made and released over HTTP; the other nine
 * have its entries, so their releases are signed here and written straight to the database.
 */
import pg from "pg";
import type { BackbarClient } from "../../src/client/client.js";
import { parseRelease } from "../../src/core/recipe/release-document.js";
import { releaseDigest, signPointer, signRelease } from "../../src/core/trust/release-signature.js";
import type { Signer } from "../../src/core/trust/signer.js";
import { RECIPES, recipeName, resourceType } from "./recipes.js";

export const ENVIRONMENTS = 2000;
/** Sets of entries; as many of them have 100. */
export const SHAPES = 200;
export const LARGE_SHAPES = 20;
export const LARGE = 100;
const SMALL = 10;
const POINTER_HOURS = 24;

/** The name of an environment; `number` modulo `SHAPES` is its shape. */
export function environmentName(number: number): string {
  return `env-${String(number).padStart(4, "0")}`;
}

/** Types that an environment serves, one for each entry. */
export function typesOf(number: number): string[] {
  return recipesOf(number % SHAPES).map(resourceType);
}

/** The entries that all environments of a shape have. */
export function entriesOf(shape: number): Record<string, string>[] {
  return recipesOf(shape).map((recipe) => ({ recipe: recipeName(recipe), range: "^1.0.0" }));
}

/** Makes all environments, each with one release, through `client` and in the database at `url`. */
export async function makeEnvironments(
  client: BackbarClient,
  url: string,
  signer: Signer,
): Promise<void> {
  for (let shape = 0; shape < SHAPES; shape++) {
    const entries = entriesOf(shape);
    await client.putEnvironment(environmentName(shape), { entries }, { create: true });
    await client.cutRelease(environmentName(shape));
  }
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  try {
    await database.query("set synchronous_commit = off");
    for (let number = SHAPES; number < ENVIRONMENTS; number++) await copy(database, signer, number);
    await database.query("analyze");
  } finally {
    await database.end();
  }
}

function recipesOf(shape: number): number[] {
  const count = shape < LARGE_SHAPES ? LARGE : SMALL;
  return Array.from({ length: count }, (_, entry) => (shape * 61 + entry * 7) % RECIPES);
}

/** Writes environment `number` with what the first one of its shape has. */
async function copy(database: pg.Client, signer: Signer, number: number): Promise<void> {
  const environment = environmentName(number);
  const first = environmentName(number % SHAPES);
  await copyRow(database, "environments", "name", first, { name: environment });
  const { rows } = await database.query("select payload from releases where environment = $1", [
    first,
  ]);
  const document = parseRelease({ ...rows[0]?.payload, environment });
  const jws = await signRelease(document, signer);
  const digest = releaseDigest(jws);
  const payload = { ...rows[0]?.payload, environment };
  await copyRow(database, "releases", "environment", first, { environment, digest, payload, jws });
  const issued = new Date();
  const expires = new Date(issued.getTime() + POINTER_HOURS * 3_600_000);
  const pointer = {
    environment,
    number: document.number,
    release: digest,
    issued: issued.toISOString(),
    expires: expires.toISOString(),
  };
  await copyRow(database, "pointers", "environment", first, {
    environment,
    jws: await signPointer(pointer, signer),
    issued_at: pointer.issued,
    expires_at: pointer.expires,
  });
}

/** Copies the row of `table` whose `column` is `value`, with `changes`. */
async function copyRow(
  database: pg.Client,
  table: string,
  column: string,
  value: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  await database.query(
    `insert into ${table} select changed.* from ${table} as old,
      jsonb_populate_record(old, $2::jsonb) as changed where old.${column} = $1`,
    [value, JSON.stringify(changes)],
  );
}
