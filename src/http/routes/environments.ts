/** Environments: their definitions. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { JsonValue } from "../../core/codec/canonical-json.js";
import { formatEnvironment } from "../../core/recipe/environment.js";
import {
  type Environment,
  putEnvironment,
  readEnvironments,
  requireEnvironment,
} from "../../flows/environment.js";
import type { Registry } from "../../flows/registry.js";
import { cutPage, nameCursor, nameOf } from "../cursor.js";
import { documented } from "../documented.js";
import { DigestConditions, expectedDigest } from "../if-match.js";
import { EnvironmentBody, EnvironmentForm } from "./definition-schemas.js";
import {
  DEFAULT_PAGE,
  EnvironmentParams,
  NewEnvironmentName,
  NextCursor,
  Page,
  tagged,
} from "./schemas.js";

const EnvironmentDetail = Type.Object({
  name: Type.String(),
  digest: Type.String({ description: "Digest of the definition; its ETag" }),
  updatedAt: Type.String({ format: "date-time" }),
  definition: documented(Type.Unknown(), EnvironmentForm),
});

const EnvironmentItem = Type.Object({
  ...EnvironmentDetail.properties,
  current: Type.Union([Type.Integer(), Type.Null()], {
    description: "Number of the release that is served; null where there is none",
  }),
  waiting: Type.Array(Type.Integer(), {
    description: "Numbers of the releases that wait for approval",
  }),
});

export function environmentRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/environments",
      {
        schema: {
          tags: ["environments"],
          summary: "All environments",
          querystring: Type.Object(Page, { additionalProperties: false }),
          response: {
            200: Type.Object({ environments: Type.Array(EnvironmentItem), next: NextCursor }),
          },
        },
      },
      async (request) => {
        const { cursor, limit = DEFAULT_PAGE } = request.query;
        const after = nameOf(cursor);
        const found = await readEnvironments(registry, {
          ...(after === undefined ? {} : { after }),
          limit: limit + 1,
        });
        const { items, ...page } = cutPage(found, limit, ({ name }) => nameCursor(name));
        return {
          environments: items.map(({ current, waiting, ...environment }) => ({
            ...view(environment),
            ...{ current, waiting: [...waiting] },
          })),
          ...page,
        };
      },
    );

    app.get(
      "/v1/environments/:environment",
      {
        schema: {
          tags: ["environments"],
          summary: "An environment's definition",
          params: EnvironmentParams,
          response: { 200: tagged(EnvironmentDetail) },
        },
      },
      async (request, reply) => {
        const environment = await requireEnvironment(registry, request.params.environment);
        return reply.header("etag", `"${environment.digest}"`).send(view(environment));
      },
    );

    app.put(
      "/v1/environments/:environment",
      {
        config: { needs: { role: "admin" } },
        schema: {
          tags: ["environments"],
          summary: "Make or change an environment",
          description:
            "A change needs the ETag of what it changes as If-Match; `If-None-Match: *` only makes.",
          params: Type.Object({ environment: NewEnvironmentName }),
          headers: DigestConditions,
          body: EnvironmentBody,
          response: { 200: tagged(EnvironmentDetail), 201: tagged(EnvironmentDetail) },
        },
      },
      async (request, reply) => {
        const { environment, created } = await putEnvironment(registry, {
          name: request.params.environment,
          definition: request.body as JsonValue,
          expected: expectedDigest(request, "an environment"),
          actor: request.identity.actor,
        });
        return reply
          .code(created ? 201 : 200)
          .header("etag", `"${environment.digest}"`)
          .send(view(environment));
      },
    );
  };
}

function view({ name, digest, updatedAt, definition }: Environment) {
  return {
    name,
    digest,
    updatedAt: updatedAt.toISOString(),
    definition: formatEnvironment(definition),
  };
}
