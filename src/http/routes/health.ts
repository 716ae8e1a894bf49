/** Liveness, readiness and metrics: open to every address, they tell nothing about content. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { Registry as Metrics } from "prom-client";
import { Type } from "typebox";
import { isHealthy } from "../../flows/audit.js";
import type { Registry } from "../../flows/registry.js";
import { text } from "./schemas.js";

const Status = Type.Object({ status: Type.String() });
const Ready = Type.Object({
  status: Type.Union([Type.Literal("ok"), Type.Literal("read-only")]),
  reason: Type.Optional(Type.String({ description: "Why nothing is written" })),
});
const open = { config: { open: true } } as const;

export function healthRoutes(registry: Registry, metrics: Metrics): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/healthz",
      {
        ...open,
        schema: { tags: ["service"], summary: "The process runs", response: { 200: Status } },
      },
      async () => ({ status: "ok" }),
    );

    app.get(
      "/readyz",
      {
        ...open,
        schema: {
          tags: ["service"],
          summary: "The service can serve: the database answers",
          description:
            "Also where it is read-only, for what is only read: `status` and `reason` say so.",
          response: { 200: Ready, 503: Status },
        },
      },
      async (_request, reply) => {
        const { reason } = registry.condition;
        if (await isHealthy(registry)) {
          return reason === undefined
            ? { status: "ok" as const }
            : { status: "read-only" as const, reason };
        }
        return reply.code(503).send({ status: "database unreachable" });
      },
    );

    app.get(
      "/metrics",
      {
        ...open,
        schema: {
          tags: ["service"],
          summary: "Prometheus metrics",
          response: { 200: text("text/plain", "Exposition format") },
        },
      },
      async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
    );
  };
}
