/** What the clients send: the Score files of examples/orders, as a CI job would. */
import { orders } from "../../test/catalog-project.js";

/** Projects that take turns. */
export const PROJECTS = 50;
export const RENDER_PATH = "/v1/environments/local/render";

/** The JSON requests of one render in each project. */
export function renderRequests(): string[] {
  const workloads = orders.map(({ path, text }) => ({ path, score: text }));
  return Array.from({ length: PROJECTS }, (_, project) =>
    JSON.stringify({ project: `project-${project}`, target: "compose", workloads }),
  );
}
