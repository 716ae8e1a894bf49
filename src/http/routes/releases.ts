/** Releases: cut, listed, shown, and the catalog that says which one is current. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { formatRelease } from "../../core/recipe/release.js";
import type { Registry } from "../../flows/registry.js";
import { cutRelease, previewRelease, readCatalog, readReleases } from "../../flows/release.js";
import { loadRelease } from "../../flows/release-content.js";
import { cutPage, offsetCursor, offsetOf } from "../cursor.js";
import { requireAdmin } from "../identity.js";
import {
  DEFAULT_PAGE,
  EnvironmentParams,
  Flag,
  NextCursor,
  Page,
  ReleaseNumber,
} from "./schemas.js";

const Warning = Type.Object({
  code: Type.String(),
  message: Type.String(),
  place: Type.Optional(Type.Object({ path: Type.Optional(Type.String()) })),
});
const CutAnswer = Type.Object({
  release: Type.Unknown({ description: "The release document" }),
  digest: Type.Union([Type.String(), Type.Null()], {
    description: "Digest of the signed document; null for a preview",
  }),
  warnings: Type.Array(Warning),
});

export function releaseRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/environments/:environment/releases",
      {
        schema: {
          tags: ["releases"],
          summary: "The releases of an environment, newest first",
          params: EnvironmentParams,
          querystring: Type.Object(Page, { additionalProperties: false }),
          response: {
            200: Type.Object({
              releases: Type.Array(
                Type.Object({
                  number: ReleaseNumber,
                  digest: Type.String(),
                  createdAt: Type.String({ format: "date-time" }),
                }),
              ),
              next: NextCursor,
            }),
          },
        },
      },
      async (request) => {
        const { cursor, limit = DEFAULT_PAGE } = request.query;
        const before = offsetOf(cursor);
        const found = await readReleases(registry, request.params.environment, {
          ...(before === 0 ? {} : { before }),
          limit: limit + 1,
        });
        const { items, ...page } = cutPage(found, limit, ({ number }) => offsetCursor(number));
        const releases = items.map(({ number, digest, createdAt }) => ({
          number,
          digest,
          createdAt: createdAt.toISOString(),
        }));
        return { releases, ...page };
      },
    );

    app.post(
      "/v1/environments/:environment/releases",
      {
        schema: {
          tags: ["releases"],
          summary: "Cut a release: resolve every entry, freeze, sign",
          security: [{ token: [] }],
          params: EnvironmentParams,
          querystring: Type.Object(
            { preview: Type.Optional(Flag) },
            { additionalProperties: false },
          ),
          response: { 200: CutAnswer, 201: CutAnswer },
        },
      },
      async (request, reply) => {
        const { environment } = request.params;
        const preview = request.query.preview === true;
        if (!preview) requireAdmin(request.identity);
        const cut = preview
          ? await previewRelease(registry, environment)
          : await cutRelease(registry, environment);
        return reply.code(preview ? 200 : 201).send({
          release: formatRelease(cut.release),
          digest: cut.digest,
          warnings: cut.warnings.map((warning) => ({ ...warning })),
        });
      },
    );

    app.get(
      "/v1/environments/:environment/releases/:number",
      {
        schema: {
          tags: ["releases"],
          summary: "A release: its document and the signed form",
          params: Type.Object({
            ...EnvironmentParams.properties,
            number: Type.Union([ReleaseNumber, Type.Literal("current")]),
          }),
          response: {
            200: Type.Object({
              number: ReleaseNumber,
              digest: Type.String(),
              createdAt: Type.String({ format: "date-time" }),
              release: Type.Unknown(),
              signed: Type.String({ description: "Compact JWS by the release key" }),
            }),
          },
        },
      },
      async (request) => {
        const { environment, number } = request.params;
        const found = await loadRelease(
          registry,
          environment,
          number === "current" ? undefined : number,
        );
        return {
          number: found.number,
          digest: found.digest,
          createdAt: found.createdAt.toISOString(),
          release: formatRelease(found.document),
          signed: found.jws,
        };
      },
    );

    app.get(
      "/v1/environments/:environment/catalog",
      {
        schema: {
          tags: ["releases"],
          summary: "The current release and the pointer to it, both signed",
          params: EnvironmentParams,
          response: {
            200: {
              description: "Both as compact JWS",
              content: {
                "application/jose+json": {
                  schema: Type.Object({
                    pointer: Type.String({ description: "Expires" }),
                    release: Type.String({ description: "Never expires" }),
                  }),
                },
              },
            },
          },
        },
      },
      async (request, reply) =>
        reply
          .type("application/jose+json")
          .header("cache-control", "no-cache")
          .serializer(JSON.stringify)
          .send(await readCatalog(registry, request.params.environment)),
    );
  };
}
