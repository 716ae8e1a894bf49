/** Prometheus metrics of the application: the process's own, and the time each route takes. */
import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Histogram, Registry } from "prom-client";

const LABELS = ["route", "method", "status"] as const;
type Label = (typeof LABELS)[number];

/** Measures every request of `app`; returns the registry that holds the figures. */
export function measure(app: FastifyInstance): Registry {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const durations = new Histogram({
    name: "backbar_http_request_duration_seconds",
    help: "Time to answer, by route, method and status",
    labelNames: LABELS,
    registers: [metrics],
  });
  // Looking a time series up by its labels takes longer than adding to it.
  const series = new Map<string, Histogram.Internal<Label>>();
  app.addHook("onResponse", (request, reply, done) => {
    const { url: route = "none" } = request.routeOptions;
    const { method } = request;
    const key = `${reply.statusCode} ${method} ${route}`;
    const own = series.get(key) ?? durations.labels({ route, method, status: reply.statusCode });
    series.set(key, own);
    own.observe(reply.elapsedTime / 1000);
    done();
  });
  return metrics;
}
