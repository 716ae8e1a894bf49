/** `GET /v1/usage`: which workloads use a recipe, which recipes a workload uses. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { findUsage, readUsageBatch } from "../../flows/audit.js";
import type { Registry } from "../../flows/registry.js";
import { cutPage, offsetCursor, offsetOf } from "../cursor.js";
import { sendImmutablePrivate } from "../immutable.js";
import { timeOf } from "../time.js";
import {
  DEFAULT_PAGE,
  Digest,
  NextCursor,
  OffsetPage,
  QueryText,
  ReleaseNumber,
  text,
} from "./schemas.js";

const Filter = Type.Optional(QueryText(1, 256));

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
    all: Type.Optional(
      Type.Boolean({
        description: "Every record there is, also those of what is no longer used; not with `at`",
      }),
    ),
    ...OffsetPage,
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
  logIndex: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
    description: "Leaf of the log whose batch holds the record as it is; null until the next batch",
  }),
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
        const usage = items.map(({ project, leaf, ...row }) => ({
          ...row,
          logIndex: leaf,
          ...(project === "" ? {} : { project }),
          firstUsedAt: row.firstUsedAt.toISOString(),
          lastUsedAt: row.lastUsedAt.toISOString(),
        }));
        return { usage, ...page };
      },
    );

    app.get(
      "/v1/usage/batches/:digest",
      {
        schema: {
          tags: ["audit"],
          summary: "A batch of usage records and refusals, as a leaf of the log names it",
          description:
            "For auditors. Canonical JSON; its SHA-256 is the digest in the signed record.",
          params: Type.Object({ digest: Digest }),
          response: { 200: text("application/json", "The batch") },
        },
      },
      async (request, reply) => {
        const { digest } = request.params;
        const content = await readUsageBatch(registry, request.identity, digest);
        return sendImmutablePrivate(request, reply, {
          content,
          digest,
          mediaType: "application/json",
        });
      },
    );
  };
}
