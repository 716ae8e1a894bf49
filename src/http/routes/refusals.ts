/** `GET /v1/refusals`: who was refused what, for auditors. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { readRefusals } from "../../flows/refusals.js";
import type { Registry } from "../../flows/registry.js";
import { cutPage, offsetCursor, offsetOf } from "../cursor.js";
import { timeOf } from "../time.js";
import { DEFAULT_PAGE, NextCursor, OffsetPage, QueryText } from "./schemas.js";

const Filter = Type.Optional(QueryText(1, 512));

const RefusalCount = Type.Object({
  minute: Type.String({ format: "date-time", description: "Its start" }),
  actor: Type.String({ description: "`anonymous` where no token was good" }),
  address: Type.String({ description: "Of IPv6 the /64" }),
  method: Type.String(),
  route: Type.String({ description: "The route's pattern" }),
  code: Type.String({
    description: "Of the answer; `overflow` counts those that were too many to be told apart",
  }),
  count: Type.Integer(),
  logIndex: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
    description: "Leaf of the log whose batch holds the count; null until then",
  }),
});

export function refusalRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/refusals",
      {
        config: { needs: { role: "auditor" } },
        schema: {
          tags: ["audit"],
          summary: "Refused requests (401, 403, 429) by the minute, the newest first",
          querystring: Type.Object(
            {
              actor: Filter,
              address: Filter,
              code: Filter,
              since: Type.Optional(Type.String({ format: "date-time" })),
              ...OffsetPage,
            },
            { additionalProperties: false },
          ),
          response: { 200: Type.Object({ refusals: Type.Array(RefusalCount), next: NextCursor }) },
        },
      },
      async (request) => {
        const { since, cursor, limit = DEFAULT_PAGE, ...filters } = request.query;
        const offset = offsetOf(cursor);
        const rows = await readRefusals(registry, request.identity, {
          ...filters,
          ...(since === undefined ? {} : { since: timeOf(since) }),
          ...{ offset, limit: limit + 1 },
        });
        const { items, ...page } = cutPage(rows, limit, () => offsetCursor(offset + limit));
        const refusals = items.map(({ minute, leaf, ...row }) => ({
          ...row,
          minute: minute.toISOString(),
          logIndex: leaf,
        }));
        return { refusals, ...page };
      },
    );
  };
}
