/**
 * Renders over HTTP: the five services of examples/orders, rendered again and again from stored
 * state by a warm service on Postgres, in 50 projects. `npm run bench:render`, with `-- --renders N`
 * (10,000) and `--clients N` (8). The service with all its threads runs on one processor core,
 * Postgres and the clients on the others, where the machine has `taskset`. Beside it, in the same
 * run: the pipeline alone in this process, and a bare Fastify route that takes the same request and
 * sends the same answer. Targets: p50 under 5 ms with one client, at least 300 renders/s, memory
 * growing less than 5 % between 20 % and 100 % of the renders.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startPostgres } from "../test/helpers/postgres-server.js";
import { post, type Sample, send } from "./render/load.js";
import { measurePipeline } from "./render/pipeline.js";
import { nowMicros, readShares } from "./render/profile.js";
import { PROJECTS, RENDER_PATH, renderRequests } from "./render/request.js";
import { pinned, type ServerProcess, startServer } from "./render/server-process.js";

const { values } = parseArgs({
  options: {
    renders: { type: "string", default: "10000" },
    clients: { type: "string", default: "8" },
  },
});
const renders = readCount("renders");
const clients = readCount("clients");

/** Before anything is measured: code is compiled in them. */
const WARM_UP = 1000;
/** Renders under the profiler, and of each baseline. */
const PROFILED = 2000;
const BASELINE = 2000;
/** Memory is read after each twentieth of the renders. */
const PARTS = 20;
const MAX_P50_MS = 5;
const MIN_PER_SECOND = 300;
const MAX_GROWTH = 0.05;

const load = loadavg().map((each) => each.toFixed(2));
const processor = `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`;
console.log(`${processor}, load ${load.join(" ")}; node ${process.version}; Postgres on loopback`);
console.log(
  pinned ? "the service runs on one core" : "notice: no taskset or one core: nothing is pinned",
);
const folder = mkdtempSync(path.join(tmpdir(), "backbar-bench-"));
const postgres = await startPostgres();
const bodies = renderRequests();
try {
  const answer = await measureService();
  await measureProfile();
  console.log("\nbaselines, one client");
  printLine("the pipeline alone, in one thread", measurePipeline(BASELINE));
  printLine("a bare Fastify route, same request and answer", await measureBareRoute(answer));
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Returns the answer to one render. */
async function measureService(): Promise<Buffer> {
  const service = await startService();
  try {
    const url = new URL(RENDER_PATH, service.url);
    await warmUp(url);
    console.log(`\n${PROJECTS} projects, five services each, ${renders} renders`);
    const single = await measure(url, 1, service);
    const many = await measure(url, clients, service);
    const p50 = single.quantileMs(0.5);
    verdict(`p50 under ${MAX_P50_MS} ms with one client`, p50 < MAX_P50_MS, `${p50.toFixed(2)} ms`);
    const rate = many.perSecond();
    verdict(`at least ${MIN_PER_SECOND} renders/s`, rate >= MIN_PER_SECOND, rate.toFixed(0));
    return await post(url, bodies[0] ?? "");
  } finally {
    await service.stop();
  }
}

function startService(nodeArguments: readonly string[] = [], options?: { anyCore: boolean }) {
  const settings = {
    HOME: folder,
    PORT: "0",
    DATABASE_URL: postgres.url,
    DATA_DIR: folder,
    CATALOG_DIR: path.resolve("catalog"),
    ENVIRONMENTS_DIR: path.resolve("examples/orders/environments"),
  };
  return startServer([...nodeArguments, path.resolve("dist/main.js")], settings, options);
}

async function warmUp(url: URL): Promise<void> {
  await send(url, bodies, { count: PROJECTS, clients: 1 });
  await send(url, bodies, { count: WARM_UP, clients });
}

/** All renders with `count` clients, in parts, with the memory after each. */
async function measure(url: URL, count: number, service: ServerProcess): Promise<Sample> {
  const before = service.processorMs();
  const parts: Sample[] = [];
  const memory: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    parts.push(await send(url, bodies, { count: Math.ceil(renders / PARTS), clients: count }));
    memory.push(service.memoryBytes());
  }
  const all = parts.reduce((sum, part) => sum.plus(part));
  printLine(`${count} ${count === 1 ? "client" : "clients"}`, all);
  const processor = (service.processorMs() - before) / (Math.ceil(renders / PARTS) * PARTS);
  console.log(`  processor time of the service: ${processor.toFixed(2)} ms for each render`);
  const [early = 0, late = 0] = [memory[PARTS / 5 - 1], memory[PARTS - 1]];
  const growth = late / early - 1;
  verdict(
    `memory grows less than ${MAX_GROWTH * 100} % between 20 % and 100 %`,
    growth < MAX_GROWTH,
    `${megabytes(early)} -> ${megabytes(late)} (${(growth * 100).toFixed(1)} %), greatest ${megabytes(Math.max(...memory))}`,
  );
  return all;
}

/**
 * A pass of its own: the profiler slows what it looks at. Not on one core: the profiler counts time
 * as it passes, and a thread that waits for the core would seem to work.
 */
async function measureProfile(): Promise<void> {
  const profiles = path.join(folder, "profiles");
  const profiler = ["--cpu-prof", `--cpu-prof-dir=${profiles}`, "--cpu-prof-interval=250"];
  const service = await startService(profiler, { anyCore: true });
  const { sample, start, end } = await measureProfiled(service).finally(service.stop);
  const p50 = sample.quantileMs(0.5).toFixed(2);
  console.log(`\ntime of one render by step, one client, profiled (p50 ${p50} ms)`);
  for (const { step, share, totalMs } of await readShares(profiles, start, end)) {
    const time = `${(totalMs / PROFILED).toFixed(3)} ms`;
    const percent = `${(share * 100).toFixed(1)} %`;
    console.log(`  ${step.padEnd(40)} ${percent.padStart(7)} ${time.padStart(10)}`);
  }
}

async function measureProfiled({ url }: ServerProcess) {
  const render = new URL(RENDER_PATH, url);
  await warmUp(render);
  const start = nowMicros();
  const sample = await send(render, bodies, { count: PROFILED, clients: 1 });
  return { sample, start, end: nowMicros() };
}

async function measureBareRoute(answer: Buffer): Promise<Sample> {
  const file = path.join(folder, "answer.json");
  writeFileSync(file, answer);
  const script = fileURLToPath(new URL("render/bare-route.js", import.meta.url));
  const server = await startServer([script, file], {});
  try {
    await send(server.url, bodies, { count: WARM_UP, clients: 1 });
    return await send(server.url, bodies, { count: BASELINE, clients: 1 });
  } finally {
    await server.stop();
  }
}

function readCount(flag: keyof typeof values): number {
  const count = Number(values[flag]);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new RangeError(`--${flag} ${values[flag]} is no whole number above 0`);
}

function printLine(name: string, sample: Sample): void {
  const figures = [0.5, 0.99].map((q) => `p${q * 100} ${sample.quantileMs(q).toFixed(2)} ms`);
  console.log(`  ${name.padEnd(46)} ${figures.join("  ")}  ${sample.perSecond().toFixed(0)}/s`);
}

function verdict(target: string, holds: boolean, figure: string): void {
  console.log(`  ${holds ? "holds" : "MISSED"}: ${target}: ${figure}`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
