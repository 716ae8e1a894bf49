/** Recipes: search, versions, their files, and publishing. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { JsonValue } from "../../core/codec/canonical-json.js";
import { MAX_SUBMISSION_BYTES, parseSubmission } from "../../core/oci/submission.js";
import {
  describeVersion,
  readRecipe,
  readVersionFile,
  readVersions,
  search,
  type VersionSummary,
} from "../../flows/distribute.js";
import { publish } from "../../flows/publish.js";
import type { Registry } from "../../flows/registry.js";
import { cutPage, nameCursor, nameOf } from "../cursor.js";
import { requireName } from "../identity.js";
import { sendImmutable } from "../immutable.js";
import {
  DEFAULT_PAGE,
  Fault,
  NamespaceName,
  NextCursor,
  Page,
  RecipeLocalName,
  TargetName,
  text,
  VersionName,
} from "./schemas.js";

const RecipeParams = Type.Object({ namespace: NamespaceName, name: RecipeLocalName });
const VersionParams = Type.Object({ ...RecipeParams.properties, version: VersionName });

const Provides = Type.Object({
  target: TargetName,
  type: Type.String(),
  class: Type.Optional(Type.String()),
  id: Type.Optional(Type.String()),
  uri: Type.String(),
});

const VersionEntry = Type.Object({
  recipe: Type.String(),
  version: Type.String(),
  digest: Type.String(),
  publishedAt: Type.String({ format: "date-time" }),
  title: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
});

const VersionDetail = Type.Object({
  ...VersionEntry.properties,
  metadata: Type.Unknown({ description: "The config blob of the version" }),
  manifest: Type.Unknown({ description: "Its canonical JSON (RFC 8785) is what `digest` names" }),
  provides: Type.Array(Provides),
  files: Type.Array(
    Type.Object({ path: Type.String(), digest: Type.String(), size: Type.Integer() }),
  ),
  signatures: Type.Array(
    Type.Object({
      keyFingerprint: Type.String(),
      bundle: Type.Unknown({ description: "Sigstore bundle v0.3 over the manifest's digest" }),
    }),
  ),
  logIndex: Type.Integer(),
});

const Receipt = Type.Object({
  recipe: Type.String(),
  version: Type.String(),
  digest: Type.String(),
  logIndex: Type.Integer(),
  warnings: Type.Array(Fault, { description: "What was taken, and should be known all the same" }),
});

const SearchQuery = Type.Object(
  {
    type: Type.Optional(Type.String({ maxLength: 128 })),
    class: Type.Optional(Type.String({ maxLength: 128 })),
    target: Type.Optional(TargetName),
    q: Type.Optional(
      Type.String({ maxLength: 128, description: "Text in the name, title or description" }),
    ),
    ...Page,
  },
  { additionalProperties: false },
);

const recipeName = (params: { namespace: string; name: string }) =>
  `${params.namespace}/${params.name}`;

export function recipeRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/recipes",
      {
        schema: {
          tags: ["recipes"],
          summary: "Search recipes by what they provide or by text",
          querystring: SearchQuery,
          response: { 200: Type.Object({ recipes: Type.Array(VersionEntry), next: NextCursor }) },
        },
      },
      async (request) => {
        const { q, cursor, limit = DEFAULT_PAGE, ...filters } = request.query;
        const after = nameOf(cursor);
        const found = await search(registry, {
          ...filters,
          ...(q === undefined ? {} : { text: q }),
          ...(after === undefined ? {} : { after }),
          limit: limit + 1,
        });
        const { items, ...page } = cutPage(found, limit, ({ recipe }) => nameCursor(recipe));
        return { recipes: items.map(entry), ...page };
      },
    );

    app.get(
      "/v1/recipes/:namespace/:name",
      {
        schema: {
          tags: ["recipes"],
          summary: "A recipe: its newest version",
          params: RecipeParams,
          response: { 200: VersionDetail },
        },
      },
      async (request) => detail(await readRecipe(registry, recipeName(request.params))),
    );

    app.get(
      "/v1/recipes/:namespace/:name/versions",
      {
        schema: {
          tags: ["recipes"],
          summary: "The versions of a recipe, highest first",
          params: RecipeParams,
          response: { 200: Type.Object({ versions: Type.Array(VersionEntry) }) },
        },
      },
      async (request) => ({
        versions: (await readVersions(registry, recipeName(request.params))).map(entry),
      }),
    );

    app.get(
      "/v1/recipes/:namespace/:name/versions/:version",
      {
        schema: {
          tags: ["recipes"],
          summary: "A version with its manifest, files and signatures",
          params: VersionParams,
          response: { 200: VersionDetail },
        },
      },
      async (request, reply) => {
        const { version } = request.params;
        const described = detail(
          await describeVersion(registry, recipeName(request.params), version),
        );
        return reply.header("etag", `"${described.digest}"`).send(described);
      },
    );

    app.get(
      "/v1/recipes/:namespace/:name/versions/:version/files/*",
      {
        schema: {
          tags: ["recipes"],
          summary: "One file of a version",
          params: Type.Object({
            ...VersionParams.properties,
            "*": Type.String({ maxLength: 512 }),
          }),
          response: { 200: text("text/plain", "The file; YAML as application/yaml") },
        },
      },
      async (request, reply) => {
        const { version, "*": path } = request.params;
        const file = await readVersionFile(registry, recipeName(request.params), version, path);
        return sendImmutable(request, reply, file);
      },
    );

    app.put(
      "/v1/recipes/:namespace/:name/versions/:version",
      {
        bodyLimit: MAX_SUBMISSION_BYTES,
        schema: {
          tags: ["recipes"],
          summary: "Publish a version: manifest, blobs and signatures",
          description:
            "The same content again answers 200 and changes nothing; other content is a 409.",
          security: [{ token: [] }],
          params: VersionParams,
          body: Type.Object(
            {
              manifest: Type.String({ description: "base64" }),
              blobs: Type.Record(Type.String(), Type.String({ description: "base64" })),
              bundles: Type.Array(Type.Unknown(), { description: "Sigstore bundles v0.3" }),
              force: Type.Optional(Type.Boolean()),
            },
            { additionalProperties: false },
          ),
          response: { 200: Receipt, 201: Receipt },
        },
      },
      async (request, reply) => {
        requireName(request.identity);
        const { created, warnings, ...receipt } = await publish(registry, {
          recipe: recipeName(request.params),
          version: request.params.version,
          submission: parseSubmission(request.body as JsonValue),
          caller: request.identity,
        });
        return reply.code(created ? 201 : 200).send({ ...receipt, warnings: [...warnings] });
      },
    );
  };
}

function entry({ recipe, version, digest, publishedAt, title, description }: VersionSummary) {
  return {
    recipe,
    version,
    digest,
    publishedAt: publishedAt.toISOString(),
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
  };
}

function detail(version: Awaited<ReturnType<typeof describeVersion>>) {
  const { metadata, manifest, provides, files, signatures, logIndex } = version;
  return { ...entry(version), metadata, manifest, provides, files, signatures, logIndex };
}
