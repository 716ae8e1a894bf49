/**
 * What installed recipes say of the resources that they serve, beside the combined provisioners, so
 * that a render on this machine checks params and outputs and hides secrets as a registry's does:
 *
 *     recipes   digest of the manifest; name, version and resources of the metadata
 *     origins   for each provisioner of the combined file, in order, the place of its recipe
 */
import type { JsonValue } from "../../core/codec/canonical-json.js";
import type { CombinedTarget, PackagesByDigest } from "../../core/recipe/combine.js";
import { formatMetadata, parseMetadataJson, withMetadata } from "../../core/recipe/metadata.js";
import { isSha256Digest } from "../../core/recipe/names.js";
import type { Provisioner } from "../../core/recipe/provisioner.js";
import { MAX_PROVISIONERS } from "../../core/recipe/release-document.js";
import { type JsonProblem, StrictObject } from "../../core/recipe/strict-json.js";
import { BackbarError } from "../../errors.js";

/** The file for what was combined; `packages` holds every recipe of it by digest. */
export function formatRecipes(
  { provisioners }: CombinedTarget,
  packages: PackagesByDigest,
): Uint8Array {
  const digests = provisioners.map(({ provisioner }) => provisioner.recipe.digest);
  const places = new Map([...new Set(digests)].map((digest, place) => [digest, place]));
  const recipes = [...places.keys()].map((digest) => {
    const metadata = packages.get(digest)?.metadata;
    if (metadata === undefined) throw new TypeError(`nothing is known of ${digest}`);
    const { name, version, resources } = metadata;
    const kept = { name, version, maintainers: [], links: [], resources };
    return { digest, metadata: formatMetadata(kept) };
  });
  const file = { recipes, origins: digests.map((digest) => places.get(digest) ?? 0) };
  return Buffer.from(`${JSON.stringify(file, undefined, 2)}\n`);
}

/**
 * The provisioners of the combined file, each with its recipe and what that says of its type;
 * undefined where `text` is no such file for them.
 */
export function applyRecipes(
  provisioners: readonly Provisioner[],
  text: string,
): Provisioner[] | undefined {
  try {
    const problems: JsonProblem[] = [];
    const fields = new StrictObject(JSON.parse(text) as JsonValue, [], problems);
    const recipes = fields.objects("recipes", MAX_PROVISIONERS).map((one) => ({
      digest: one.text("digest"),
      metadata: parseMetadataJson(one.raw("metadata") ?? null),
    }));
    const origins = fields.integers("origins", MAX_PROVISIONERS, 0, MAX_PROVISIONERS);
    const known = recipes.every(({ digest }) => isSha256Digest(digest));
    if (problems.length > 0 || !known || origins.length !== provisioners.length) return undefined;
    const applied = provisioners.flatMap((provisioner, index) => {
      const origin = recipes[origins[index] ?? -1];
      if (origin === undefined) return [];
      const { name, version, resources } = origin.metadata;
      const recipe = { name, version, digest: origin.digest };
      return [withMetadata({ ...provisioner, recipe }, resources.get(provisioner.type))];
    });
    return applied.length === provisioners.length ? applied : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof BackbarError) return undefined;
    throw error;
  }
}
