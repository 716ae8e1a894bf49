/**
 * Fills a database with the recipes, as if they had been published: manifests, blobs, signatures and
 * the log. Over HTTP it would take an hour.
 */
import pg from "pg";
import { sha256Digest } from "../../src/core/codec/digest.js";
import { buildManifest } from "../../src/core/oci/manifest.js";
import { checkRecipe } from "../../src/core/recipe/check.js";
import type { RecipePackage } from "../../src/core/recipe/package.js";
import { appendLeaf, EMPTY_FRONTIER, formatFrontier } from "../../src/core/tlog/frontier.js";
import { leafHash } from "../../src/core/tlog/leaf.js";
import { signVersion } from "../../src/core/trust/bundle.js";
import { formatPublicKey, type PrivateKey } from "../../src/core/trust/keys.js";
import {
  MINORS,
  NAMESPACES,
  namespaceOf,
  PATCHES,
  patched,
  RECIPES,
  recipeName,
  recipeOf,
} from "./recipes.js";

/** Table, columns with their SQL types, and the rows to come. */
class Table {
  readonly #name: string;
  readonly #columns: readonly (readonly [name: string, type: string])[];
  #rows: unknown[][] = [];

  constructor(name: string, columns: Readonly<Record<string, string>>) {
    this.#name = name;
    this.#columns = Object.entries(columns);
  }

  add(...row: unknown[]): void {
    this.#rows.push(row);
  }

  /** Writes the rows that were added since the last time. */
  async write(client: pg.Client): Promise<void> {
    if (this.#rows.length === 0) return;
    const names = this.#columns.map(([name]) => name).join(", ");
    const arrays = this.#columns.map(([, type], i) => `$${i + 1}::${type}[]`).join(", ");
    await client.query(
      `insert into ${this.#name} (${names}) select * from unnest(${arrays}) on conflict do nothing`,
      this.#columns.map((_, i) => this.#rows.map((row) => row[i])),
    );
    this.#rows = [];
  }
}

/** Recipes that are written at once. */
const BATCH = 20;

/** Writes every version of every recipe, signed by `publisher`, to the migrated database at `url`. */
export async function fillRecipes(url: string, publisher: PrivateKey): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("set synchronous_commit = off");
    await new Filling(client, publisher).run();
    await client.query("analyze");
  } finally {
    await client.end();
  }
}

class Filling {
  readonly #client: pg.Client;
  readonly #publisher: PrivateKey;
  readonly #time = new Date().toISOString();
  #frontier = EMPTY_FRONTIER;

  readonly #namespaces = new Table("namespaces", {
    name: "text",
    created_at: "timestamptz",
    log_index: "bigint",
  });
  readonly #keys = new Table("publisher_keys", {
    namespace: "text",
    fingerprint: "text",
    public_key: "text",
    log_index: "bigint",
  });
  readonly #blobs = new Table("blobs", { digest: "text", content: "bytea" });
  readonly #versions = new Table("versions", {
    recipe: "text",
    version: "text",
    digest: "text",
    metadata: "jsonb",
    published_at: "timestamptz",
    log_index: "bigint",
  });
  readonly #provisioners = new Table("version_provisioners", {
    recipe: "text",
    version: "text",
    target: "text",
    position: "int",
    type: "text",
    class: "text",
    id: "text",
    uri: "text",
  });
  readonly #signatures = new Table("signatures", {
    subject: "text",
    bundle: "text",
    key_fingerprint: "text",
  });
  readonly #leaves = new Table("log_leaves", {
    index: "bigint",
    hash: "bytea",
    kind: "text",
    envelope: "text",
  });

  constructor(client: pg.Client, publisher: PrivateKey) {
    this.#client = client;
    this.#publisher = publisher;
  }

  async run(): Promise<void> {
    for (let i = 0; i < NAMESPACES; i++) this.#addNamespace(namespaceOf(i));
    for (let recipe = 0; recipe < RECIPES; recipe++) {
      for (let minor = 0; minor < MINORS; minor++) {
        const packed = recipeOf(recipe, minor);
        const { provisioners } = checkRecipe(packed);
        for (let patch = 0; patch < PATCHES; patch++) {
          const version = this.#addVersion(recipeName(recipe), patched(packed, minor, patch));
          for (const [target, list] of provisioners) {
            for (const [position, one] of list.entries()) {
              const { type, class: className, id, uri } = one;
              const row = [target, position, type, className ?? null, id ?? null, uri];
              this.#provisioners.add(recipeName(recipe), version, ...row);
            }
          }
        }
      }
      if (recipe % BATCH === BATCH - 1) await this.#write();
    }
    await this.#write();
    await this.#client.query(
      `insert into log_head (id, size, frontier) values (1, $1, $2)
       on conflict (id) do update set size = excluded.size, frontier = excluded.frontier`,
      [this.#frontier.size, Buffer.from(formatFrontier(this.#frontier))],
    );
  }

  #addNamespace(name: string): void {
    const { publicKey } = this.#publisher;
    this.#namespaces.add(name, this.#time, 0);
    this.#keys.add(name, publicKey.fingerprint, formatPublicKey(publicKey), 0);
  }

  #addVersion(name: string, recipe: RecipePackage): string {
    const { version } = recipe.metadata;
    const { manifest, digest, config, blobs } = buildManifest(recipe);
    const bundle = signVersion({ recipe: name, version, digest }, this.#publisher);
    const signature = sha256Digest(bundle);
    for (const [blob, content] of [[digest, manifest], [signature, bundle], ...blobs] as const) {
      this.#blobs.add(blob, Buffer.from(content));
    }
    const index = this.#frontier.size;
    const hash = leafHash({ kind: "publish", envelope: signature });
    this.#frontier = appendLeaf(this.#frontier, hash);
    this.#leaves.add(index, Buffer.from(hash), "publish", signature);
    const metadata = Buffer.from(config).toString("utf8");
    this.#versions.add(name, version, digest, metadata, this.#time, index);
    this.#signatures.add(digest, signature, this.#publisher.publicKey.fingerprint);
    return version;
  }

  async #write(): Promise<void> {
    for (const table of [
      this.#namespaces,
      this.#keys,
      this.#blobs,
      this.#versions,
      this.#provisioners,
      this.#signatures,
      this.#leaves,
    ]) {
      await table.write(this.#client);
    }
  }
}
