/** Which recipe serves a resource, and why. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { Registry } from "../../flows/registry.js";
import { resolve } from "../../flows/resolve.js";
import { sendTagged } from "../immutable.js";
import { EnvironmentParams, QueryText, ReleaseNumber, TargetName } from "./schemas.js";

const RecipeRef = Type.Object({
  name: Type.String(),
  version: Type.String(),
  digest: Type.String(),
});
const Notice = Type.Object({
  kind: Type.Union([Type.Literal("yanked"), Type.Literal("deprecated")]),
  reason: Type.String(),
  successor: Type.Optional(
    Type.String({
      description: "What to use instead: `namespace/name` or `namespace/name@version`",
    }),
  ),
  at: Type.String({ format: "date-time" }),
});
const Candidate = Type.Object({
  uri: Type.String(),
  type: Type.String(),
  class: Type.Optional(Type.String()),
  id: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  recipe: RecipeRef,
  notices: Type.Array(Notice, {
    description: "What was said of the version after it was published; it is served all the same",
  }),
  reason: Type.Optional(
    Type.String({
      description: "Why it was passed over: type, class, id, or shadowed by an earlier one",
    }),
  ),
});

export function resolveRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/environments/:environment/resolve",
      {
        // Answers are short and many: packing one takes longer than making it.
        compress: false,
        decompress: false,
        schema: {
          tags: ["resolve"],
          summary: "Which recipe serves a resource, and why",
          description:
            "The ETag stands for the answer's content: with If-None-Match, 304 where it is the same.",
          params: EnvironmentParams,
          querystring: Type.Object(
            {
              type: QueryText(1, 128),
              class: Type.Optional(QueryText(0, 128)),
              id: Type.Optional(QueryText(0, 256)),
              target: Type.Optional(TargetName),
              release: Type.Optional(ReleaseNumber),
            },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Object({
              environment: Type.String(),
              release: Type.Object({ number: ReleaseNumber, digest: Type.String() }),
              targets: Type.Array(
                Type.Object({
                  target: TargetName,
                  match: Type.Optional(Candidate),
                  candidates: Type.Array(Candidate),
                }),
              ),
            }),
          },
        },
      },
      async (request, reply) => {
        const { type, class: className = "default", id = "", target, release } = request.query;
        const answer = await resolve(registry, {
          environment: request.params.environment,
          type,
          class: className,
          id,
          target,
          release,
        });
        reply.header("cache-control", "no-cache");
        return sendTagged(request, reply, {
          ...answer,
          mediaType: "application/json; charset=utf-8",
        });
      },
    );
  };
}
