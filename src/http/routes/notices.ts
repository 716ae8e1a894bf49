/** `POST …/yank` and `…/deprecate`: what is said of a version after it was published. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type Static, Type } from "typebox";
import { giveNotice } from "../../flows/give-notice.js";
import type { Registry } from "../../flows/registry.js";
import { documented } from "../documented.js";
import { HttpError } from "../error.js";
import { RECIPE_OR_VERSION } from "./schemas.js";
import { linesOf } from "./texts.js";
import { entry, recipeName, VersionEntry, VersionParams } from "./version-schemas.js";

const NoticeBody = Type.Object(
  {
    reason: Type.Optional(
      linesOf({
        minLength: 1,
        maxLength: 500,
        description: "For people; needed unless `undo` is set",
      }),
    ),
    successor: Type.Optional(
      Type.String({
        minLength: 3,
        maxLength: 256,
        pattern: RECIPE_OR_VERSION,
        "x-form": "NAMESPACE/NAME or NAMESPACE/NAME@VERSION",
        description:
          "What to use instead: NAMESPACE/NAME or NAMESPACE/NAME@VERSION; what is not there is a 409",
      }),
    ),
    undo: Type.Optional(Type.Boolean({ description: "Takes the notice back" })),
  },
  { additionalProperties: false },
);

const ACTS = [
  {
    path: "yank",
    kind: "yanked",
    summary: "Yank a version: no new release picks it",
    description:
      "Releases that have it serve it unchanged; renders, resolve and search tell the reason. The same again changes nothing.",
  },
  {
    path: "deprecate",
    kind: "deprecated",
    summary: "Deprecate a version: it works, and its users are told what to use instead",
    description:
      "Cuts, renders, resolve and search tell the reason. The same again changes nothing.",
  },
] as const;

export function noticeRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const { path, kind, summary, description } of ACTS) {
      app.post(
        `/v1/recipes/:namespace/:name/versions/:version/${path}`,
        {
          config: { needs: "name" },
          schema: {
            tags: ["recipes"],
            summary,
            description,
            params: VersionParams,
            body: documented(NoticeBody, {
              ...NoticeBody,
              oneOf: [
                { properties: { undo: { const: false } }, required: ["reason"] },
                { properties: { undo: { const: true }, successor: false }, required: ["undo"] },
              ],
            }),
            response: { 200: VersionEntry },
          },
        },
        async (request) => {
          // Fastify cannot tell the parameters of a route whose path is put together.
          const params = request.params as Static<typeof VersionParams>;
          const version = await giveNotice(registry, request.identity, {
            recipe: recipeName(params),
            version: params.version,
            kind,
            ...checked(request.body),
          });
          return entry(version);
        },
      );
    }
  };
}

/** @throws {HttpError} http_request_invalid */
function checked(body: Static<typeof NoticeBody>) {
  const { reason, successor, undo = false } = body;
  if (undo ? successor === undefined : reason !== undefined) return { reason, successor, undo };
  throw new HttpError(
    "http_request_invalid",
    undo ? "undo takes a notice back and names no successor" : "body must have a reason",
  );
}
