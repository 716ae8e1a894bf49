/** `GET /v1/usage`: which workloads use a recipe, which recipes a workload uses. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { findUsage } from "../../flows/audit.js";
import type { Registry } from "../../flows/registry.js";
import { cutPage, offsetCursor, offsetOf } from "../cursor.js";
import { HttpError } from "../error.js";
import { DEFAULT_PAGE, NextCursor, Page, ReleaseNumber } from "./schemas.js";

const Filter = Type.Optional(Type.String({ minLength: 1, maxLength: 256 }));

const UsageQuery = Type.Object(
  {
    recipe: Filter,
    version: Filter,
    workload: Filter,
    project: Filter,
    environment: Filter,
    at: Type.Optional(
      Type.String({
        format: "date-time",
        description: "Records whose use spans this time, instead of those in use now",
      }),
    ),
    ...Page,
  },
  { additionalProperties: false },
);

const UsageRecord = Type.Object({
  environment: Type.String(),
  project: Type.Optional(Type.String({ description: "Absent for stateless renders" })),
  workload: Type.String(),
  resource: Type.String({ description: "Resource uid `type.class#id`, or `patch-template#NAME`" }),
  recipe: Type.String(),
  version: Type.String(),
  digest: Type.String(),
  release: ReleaseNumber,
  actor: Type.String(),
  firstUsedAt: Type.String({ format: "date-time" }),
  lastUsedAt: Type.String({ format: "date-time" }),
  renders: Type.Integer(),
  current: Type.Boolean(),
});

export function usageRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/usage",
      {
        schema: {
          tags: ["audit"],
          summary: "Which workloads use which recipe versions",
          querystring: UsageQuery,
          response: { 200: Type.Object({ usage: Type.Array(UsageRecord), next: NextCursor }) },
        },
      },
      async (request) => {
        const { at, cursor, limit = DEFAULT_PAGE, ...filters } = request.query;
        const offset = offsetOf(cursor);
        const rows = await findUsage(registry, request.identity, {
          ...filters,
          ...(at === undefined ? {} : { at: timeOf(at) }),
          offset,
          limit: limit + 1,
        });
        const { items, ...page } = cutPage(rows, limit, () => offsetCursor(offset + limit));
        const usage = items.map(({ project, ...row }) => ({
          ...row,
          ...(project === "" ? {} : { project }),
          firstUsedAt: row.firstUsedAt.toISOString(),
          lastUsedAt: row.lastUsedAt.toISOString(),
        }));
        return { usage, ...page };
      },
    );
  };
}

/** The schema takes leap seconds and the year 0, of which no database or Date knows. */
function timeOf(text: string): Date {
  const time = new Date(text);
  if (time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999) return time;
  throw new HttpError("http_request_invalid", `querystring.at: ${text} is no time`);
}
