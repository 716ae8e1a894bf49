/**
 * Renders over HTTP: the five services of examples/orders, rendered again and again from stored
 * state by a warm service on Postgres, in 50 projects. `npm run bench:render`, with `-- --target
 * compose|k8s` (both), `--renders N` (10,000) and `--clients N` (8). Two rows for each target: a
 * project's render has nothing new since its last one, or the new image of one workload. The service
 * with all its threads runs on one processor core, Postgres and the clients on the others, where the
 * machine has `taskset`. Beside it, in the same run: the pipeline alone in this process, and a bare
 * Fastify route that takes the same request and sends the same answer. Targets for each row: p50
 * under 5 ms with one client, at least 300 renders/s, memory growing less than 5 % between 20 % and
 * 100 % of the renders.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { TARGETS } from "../src/core/score/project-state.js";
import { startPostgres } from "../test/helpers/postgres-server.js";
import { measureTarget } from "./render/measure.js";
import { describeMachine } from "./report.js";
import { pinned } from "./server-process.js";

const { values } = parseArgs({
  options: {
    target: { type: "string", multiple: true, default: [...TARGETS] },
    renders: { type: "string", default: "10000" },
    clients: { type: "string", default: "8" },
  },
});
const targets = TARGETS.filter((target) => values.target.includes(target));
const renders = readCount("renders");
const clients = readCount("clients");

console.log(`${describeMachine()}; Postgres on loopback`);
console.log(
  pinned ? "the service runs on one core" : "notice: no taskset or one core: nothing is pinned",
);
for (const target of targets) {
  const folder = mkdtempSync(path.join(tmpdir(), "backbar-bench-"));
  const postgres = await startPostgres();
  try {
    await measureTarget({ target, renders, clients, folder, databaseUrl: postgres.url });
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readCount(flag: "renders" | "clients"): number {
  const count = Number(values[flag]);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new RangeError(`--${flag} ${values[flag]} is no whole number above 0`);
}
