/** Metrics of the log: what was published of it, and whether it still grows. */
import { Counter, Gauge, type Registry as Metrics } from "prom-client";
import type { Registry } from "../flows/registry.js";

/** Adds the log's figures to `metrics`, read when they are asked for. */
export function measureLog(metrics: Metrics, registry: Registry): Metrics {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [metrics],
      collect() {
        this.set(read());
      },
    });
  gauge(
    "backbar_read_only",
    "1 where the database contradicts what was published of the log, so that nothing is written",
    () => (registry.condition.reason === undefined ? 0 : 1),
  );
  gauge(
    "backbar_log_checkpoint_size",
    "Leaves of the log under the last published checkpoint",
    () => registry.checkpoints.published?.size ?? 0,
  );
  gauge(
    "backbar_log_checkpoint_time_seconds",
    "POSIX time of the log's own last cosignature",
    () => (registry.checkpoints.published?.cosignedAt.getTime() ?? 0) / 1000,
  );
  const asked = new Counter({
    name: "backbar_witness_requests_total",
    help: "Requests for a cosignature of this log's checkpoints, by witness and outcome",
    labelNames: ["witness", "outcome"],
    registers: [metrics],
    collect() {
      asked.reset();
      for (const { key, outcomes } of registry.witnesses) {
        for (const [outcome, count] of outcomes) asked.inc({ witness: key.name, outcome }, count);
      }
    },
  });
  return metrics;
}
