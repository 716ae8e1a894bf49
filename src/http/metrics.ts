/** Prometheus metrics of the application: the process's own, and the time each route takes. */
import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import { BackbarError } from "../errors.js";

const LABELS = ["route", "method", "status"] as const;
/** Each is an alarm: what is stored by digest never changes and is never deleted. */
const DAMAGE: ReadonlySet<string> = new Set(["store_blob_corrupt", "store_blob_missing"]);
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
  const damage = new Counter({
    name: "backbar_damaged_blob_reads_total",
    help: "Requests that failed because a blob is missing, or is not what its digest says",
    registers: [metrics],
  });
  app.addHook("onError", (_request, _reply, error, done) => {
    if (isDamage(error)) damage.inc();
    done();
  });
  const refusals = new Counter({
    name: "backbar_http_refusals_total",
    help: "Requests refused for who asked, by code",
    labelNames: ["code"],
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
    if (request.refusal !== undefined) refusals.inc({ code: request.refusal });
    done();
  });
  return metrics;
}

function isDamage(error: unknown): boolean {
  if (error instanceof BackbarError && DAMAGE.has(error.code)) return true;
  return error instanceof Error && error.cause !== undefined && isDamage(error.cause);
}
