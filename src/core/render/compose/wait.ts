/**
 * The service that all containers wait for: it starts when every service that provisioners made is
 * ready, and ends at once.
 */
import type { Data, DataMap } from "../../gotemplate/value.js";
import { dependency } from "./convert.js";
import { sortMap } from "./form.js";

export const WAIT_SERVICE = "wait-for-resources";
const INIT_LABEL = "dev.score.compose.labels.is-init-container";

/** Undefined if there is nothing to wait for. */
export function waitService(services: ReadonlyMap<string, Data>): DataMap | undefined {
  if (services.size === 0) return undefined;
  const waits: DataMap = new Map();
  for (const [name, service] of services) waits.set(name, dependency(conditionFor(service)));
  return new Map<string, Data>([
    ["command", ["echo"]],
    ["depends_on", sortMap(waits)],
    ["image", "alpine"],
  ]);
}

function conditionFor(service: Data): string {
  if (!(service instanceof Map)) return "service_started";
  if (service.has("healthcheck")) return "service_healthy";
  const labels = service.get("labels");
  const isInit = labels instanceof Map && labels.get(INIT_LABEL) === "true";
  return isInit ? "service_completed_successfully" : "service_started";
}
