/** Promotions between environments, and rolling back. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { previewPromotion, promote, type SharedRecipes } from "../../flows/promotion.js";
import type { Registry } from "../../flows/registry.js";
import { previewRollback, rollBack } from "../../flows/rollback.js";
import {
  optionsOf,
  PreviewQuery,
  ReleaseAnswer,
  ReleaseAsk,
  showPreview,
  showRelease,
} from "./release-schemas.js";
import { EnvironmentName, EnvironmentParams, ReleaseNumber } from "./schemas.js";

export function promotionRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/v1/environments/:environment/promotions",
      {
        schema: {
          tags: ["releases"],
          summary: "Promote: take the exact versions of another environment's release",
          description:
            "Recipes that both environments have take the versions of the source's release; the environment's own keep theirs, as do its order, narrowing and rules. Needs a token, unless it is a preview.",
          params: EnvironmentParams,
          querystring: PreviewQuery,
          body: Type.Object(
            {
              from: EnvironmentName,
              release: Type.Optional(ReleaseNumber),
              ...ReleaseAsk,
            },
            { additionalProperties: false },
          ),
          response: { 200: ReleaseAnswer, 201: ReleaseAnswer },
        },
      },
      async (request, reply) => {
        const { from, release, ...body } = request.body;
        const promotion = {
          ...optionsOf(body, request.identity),
          ...{ environment: request.params.environment, from, release },
        };
        if (request.query.preview === true) {
          const { recipes, ...preview } = await previewPromotion(registry, promotion);
          return { ...showPreview(preview), recipes: showRecipes(recipes) };
        }
        const { recipes, ...made } = await promote(registry, promotion);
        return reply
          .code(made.created ? 201 : 200)
          .send({ ...showRelease(made), recipes: showRecipes(recipes) });
      },
    );

    app.post(
      "/v1/environments/:environment/rollback",
      {
        schema: {
          tags: ["releases"],
          summary: "Roll back: a new release with the content of an earlier one",
          description: "Needs a token, unless it is a preview.",
          params: EnvironmentParams,
          querystring: PreviewQuery,
          body: Type.Union([
            Type.Null(),
            Type.Object(
              {
                release: Type.Optional(
                  Type.Integer({
                    ...ReleaseNumber,
                    description: "Its number; the one that was current before if absent",
                  }),
                ),
                ...ReleaseAsk,
              },
              { additionalProperties: false },
            ),
          ]),
          response: { 200: ReleaseAnswer, 201: ReleaseAnswer },
        },
      },
      async (request, reply) => {
        const rollback = {
          ...optionsOf(request.body, request.identity),
          environment: request.params.environment,
          release: request.body?.release,
        };
        if (request.query.preview === true) {
          return showPreview(await previewRollback(registry, rollback));
        }
        const made = await rollBack(registry, rollback);
        return reply.code(made.created ? 201 : 200).send(showRelease(made));
      },
    );
  };
}

function showRecipes({ shared, sourceOnly, targetOnly }: SharedRecipes) {
  return { shared: [...shared], sourceOnly: [...sourceOnly], targetOnly: [...targetOnly] };
}
