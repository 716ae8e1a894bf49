/** Liveness, readiness and metrics: open to every address, they tell nothing about content. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { Registry as Metrics } from "prom-client";
import { Type } from "typebox";
import { isHealthy } from "../../flows/audit.js";
import type { Registry } from "../../flows/registry.js";
import { text } from "./schemas.js";

const Status = Type.Object({ status: Type.String() });
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
          response: { 200: Status, 503: Status },
        },
      },
      async (_request, reply) => {
        if (await isHealthy(registry)) return { status: "ok" };
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
