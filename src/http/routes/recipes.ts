/** Recipes: search, their versions, and publishing. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { JsonValue } from "../../core/codec/canonical-json.js";
import { MAX_BUNDLES, MAX_SUBMISSION_BYTES, parseSubmission } from "../../core/oci/submission.js";
import { MAX_FILES } from "../../core/recipe/recipe-file.js";
import { TARGETS } from "../../core/score/project-state.js";
import { type FoundRecipe, readRecipe, readVersions, search } from "../../flows/browse.js";
import { publish } from "../../flows/publish.js";
import type { Registry } from "../../flows/registry.js";
import { cutPage, nameCursor, nameOf } from "../cursor.js";
import { documented } from "../documented.js";
import { Base64 } from "./base64.js";
import {
  DEFAULT_PAGE,
  Fault,
  NextCursor,
  Page,
  QueryText,
  TargetName,
  VersionPage,
} from "./schemas.js";
import {
  detail,
  entry,
  NewVersionParams,
  RecipeParams,
  recipeName,
  VersionDetail,
  VersionEntry,
} from "./version-schemas.js";

const Receipt = Type.Object({
  recipe: Type.String(),
  version: Type.String(),
  digest: Type.String(),
  logIndex: Type.Integer(),
  warnings: Type.Array(Fault, { description: "What was taken, and should be known all the same" }),
});

const SearchQuery = Type.Object(
  {
    type: Type.Optional(QueryText(0, 128)),
    class: Type.Optional(QueryText(0, 128)),
    target: Type.Optional(TargetName),
    q: Type.Optional(
      QueryText(0, 128, "Words; each is in the name, title, description or a resource type"),
    ),
    provider: Type.Optional(QueryText(0, 128, "The namespace, or the name of a maintainer")),
    ...Page,
  },
  { additionalProperties: false },
);

const FoundEntry = Type.Object({
  ...VersionEntry.properties,
  types: Type.Array(Type.String(), { description: "Resource types that it provides" }),
  targets: Type.Array(TargetName, { description: "For which it provides them" }),
});

export function recipeRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/recipes",
      {
        schema: {
          tags: ["recipes"],
          summary: "Search recipes by what they provide or by text",
          description:
            "Of each recipe its highest stable version is searched and shown, before prereleases, and those before yanked versions.",
          querystring: SearchQuery,
          response: { 200: Type.Object({ recipes: Type.Array(FoundEntry), next: NextCursor }) },
        },
      },
      async (request) => {
        const { q, cursor, limit = DEFAULT_PAGE, ...filters } = request.query;
        const after = nameOf(cursor);
        const found = await search(registry, request.identity, {
          ...filters,
          ...(q === undefined ? {} : { text: q }),
          ...(after === undefined ? {} : { after }),
          limit: limit + 1,
        });
        const { items, ...page } = cutPage(found, limit, ({ recipe }) => nameCursor(recipe));
        return { recipes: items.map(foundEntry), ...page };
      },
    );

    app.get(
      "/v1/recipes/:namespace/:name",
      {
        schema: {
          tags: ["recipes"],
          summary: "A recipe: the version that search shows of it",
          params: RecipeParams,
          response: { 200: VersionDetail },
        },
      },
      async (request) =>
        detail(await readRecipe(registry, request.identity, recipeName(request.params))),
    );

    app.get(
      "/v1/recipes/:namespace/:name/versions",
      {
        schema: {
          tags: ["recipes"],
          summary: "The versions of a recipe, highest first",
          params: RecipeParams,
          querystring: Type.Object(VersionPage, { additionalProperties: false }),
          response: { 200: Type.Object({ versions: Type.Array(VersionEntry), next: NextCursor }) },
        },
      },
      async (request) => {
        const { cursor, limit = DEFAULT_PAGE } = request.query;
        const after = nameOf(cursor);
        const recipe = recipeName(request.params);
        const found = await readVersions(registry, request.identity, recipe, {
          ...(after === undefined ? {} : { after }),
          limit: limit + 1,
        });
        const { items, ...page } = cutPage(found, limit, ({ version }) => nameCursor(version));
        return { versions: items.map(entry), ...page };
      },
    );

    app.put(
      "/v1/recipes/:namespace/:name/versions/:version",
      {
        bodyLimit: MAX_SUBMISSION_BYTES,
        config: { needs: "name" },
        schema: {
          tags: ["recipes"],
          summary: "Publish a version: manifest, blobs and signatures",
          description:
            "The same content again answers 200 and changes nothing; other content is a 409.",
          params: NewVersionParams,
          body: Type.Object(
            {
              manifest: Base64,
              blobs: documented(Type.Record(Type.String(), Type.String()), {
                type: "object",
                propertyNames: { pattern: "^sha256:[0-9a-f]{64}$" },
                additionalProperties: Base64,
                maxProperties: MAX_FILES + 1,
                description: "Config and layers by digest",
              }),
              bundles: documented(Type.Array(Type.Unknown()), {
                type: "array",
                items: { type: "object" },
                maxItems: MAX_BUNDLES,
                description: "Sigstore bundles v0.3",
              }),
              force: Type.Optional(Type.Boolean()),
            },
            { additionalProperties: false },
          ),
          response: { 200: Receipt, 201: Receipt },
        },
      },
      async (request, reply) => {
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

function foundEntry({ types, targets, ...version }: FoundRecipe) {
  return {
    ...entry(version),
    types: [...types],
    targets: TARGETS.filter((target) => targets.includes(target)),
  };
}
