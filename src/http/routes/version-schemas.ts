/** How versions of recipes are shown. */
import { Type } from "typebox";
import type { VersionDescription } from "../../flows/browse.js";
import type { VersionSummary } from "../../flows/version-summary.js";
import {
  NamespaceName,
  NewNamespaceName,
  NewRecipeLocalName,
  RecipeLocalName,
  TargetName,
  VersionName,
} from "./schemas.js";

export const RecipeParams = Type.Object({ namespace: NamespaceName, name: RecipeLocalName });
export const VersionParams = Type.Object({ ...RecipeParams.properties, version: VersionName });
export const NewVersionParams = Type.Object({
  namespace: NewNamespaceName,
  name: NewRecipeLocalName,
  version: VersionName,
});

/** `namespace/name` */
export const recipeName = (params: { namespace: string; name: string }) =>
  `${params.namespace}/${params.name}`;

const Notice = Type.Object({
  reason: Type.String(),
  successor: Type.Optional(
    Type.String({ description: "NAMESPACE/NAME or NAMESPACE/NAME@VERSION" }),
  ),
  at: Type.String({ format: "date-time" }),
});

export const VersionEntry = Type.Object({
  recipe: Type.String(),
  version: Type.String(),
  digest: Type.String(),
  publishedAt: Type.String({ format: "date-time" }),
  title: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  yanked: Type.Optional(Notice),
  deprecated: Type.Optional(Notice),
});

const Provides = Type.Object({
  target: TargetName,
  type: Type.String(),
  class: Type.Optional(Type.String()),
  id: Type.Optional(Type.String()),
  uri: Type.String(),
});

export const VersionDetail = Type.Object({
  ...VersionEntry.properties,
  metadata: Type.Unknown({
    description: "The config blob of the version: among others the JSON Schemas by resource type",
  }),
  manifest: Type.Unknown({ description: "Its canonical JSON (RFC 8785) is what `digest` names" }),
  provides: Type.Array(Provides),
  commands: Type.Boolean({ description: "Whether a provisioner runs a program (cmd://)" }),
  files: Type.Array(
    Type.Object({ path: Type.String(), digest: Type.String(), size: Type.Integer() }),
  ),
  readme: Type.Optional(Type.String({ description: "README.md: text, not to be run as a page" })),
  images: Type.Partial(
    Type.Object({
      compose: Type.Array(Type.String()),
      k8s: Type.Array(Type.String()),
    }),
    { description: "Images that its examples run and their Score files do not name, by target" },
  ),
  examples: Type.Array(
    Type.Object({
      name: Type.String(),
      href: Type.String({ description: "Its files and what they rendered" }),
      targets: Type.Array(TargetName, { description: "For which it was rendered" }),
      files: Type.Array(
        Type.Object({ path: Type.String(), href: Type.String({ description: "Where it is" }) }),
      ),
    }),
  ),
  signatures: Type.Array(
    Type.Object({
      keyFingerprint: Type.String(),
      bundle: Type.Unknown({ description: "Sigstore bundle v0.3 over the manifest's digest" }),
    }),
  ),
  logIndex: Type.Integer(),
});

/** A version as `VersionEntry` has it. */
export function entry(version: VersionSummary) {
  const { recipe, digest, publishedAt, title, description, notices } = version;
  return {
    recipe,
    version: version.version,
    digest,
    publishedAt: publishedAt.toISOString(),
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...Object.fromEntries(
      notices.map(({ kind, reason, successor, at }) => [
        kind,
        { reason, ...(successor === undefined ? {} : { successor }), at: at.toISOString() },
      ]),
    ),
  };
}

/** A version as `VersionDetail` has it. */
export function detail(version: VersionDescription) {
  const { metadata, manifest, provides, commands, files, readme, signatures, logIndex } = version;
  const { compose, k8s } = version.images;
  const base = `/v1/recipes/${version.recipe}/versions/${version.version}`;
  const href = (path: string) =>
    `${base}/files/${path.split("/").map(encodeURIComponent).join("/")}`;
  return {
    ...entry(version),
    metadata,
    manifest,
    provides,
    commands,
    files,
    ...(readme === undefined ? {} : { readme }),
    images: {
      ...(compose === undefined ? {} : { compose: [...compose] }),
      ...(k8s === undefined ? {} : { k8s: [...k8s] }),
    },
    examples: version.examples.map(({ name, targets, files: paths }) => ({
      name,
      href: `${base}/examples/${encodeURIComponent(name)}`,
      targets: [...targets],
      files: paths.map((path) => ({ path, href: href(path) })),
    })),
    signatures,
    logIndex,
  };
}
