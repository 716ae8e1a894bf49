/** Measures renders of one target, and prints what it finds. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Target } from "../../src/core/score/project-state.js";
import { post, type Sample, send } from "../load.js";
import { printSample, printVerdict } from "../report.js";
import { type ServerProcess, startServer } from "../server-process.js";
import { measurePipeline } from "./pipeline.js";
import { nowMicros, readShares } from "./profile.js";
import { changedRequests, ENVIRONMENTS, PROJECTS, type Requests, sameRequests } from "./request.js";

export interface Measurement {
  readonly target: Target;
  /** Of each row, with one client and again with `clients`. */
  readonly renders: number;
  readonly clients: number;
  /** For the service's data and what is measured. */
  readonly folder: string;
  readonly databaseUrl: string;
}

/** Before anything is measured: code is compiled in them. */
const WARM_UP = 1000;
/** Renders under the profiler, and of each baseline. */
const PROFILED = 1000;
const BASELINE = 2000;
/** Memory is read after each twentieth of the renders. */
const PARTS = 20;
const MAX_P50_MS = 5;
const MIN_PER_SECOND = 300;
const MAX_GROWTH = 0.05;

const ROWS: readonly (readonly [name: string, requests: (target: Target) => Requests])[] = [
  ["nothing new", sameRequests],
  ["a new image in each render", changedRequests],
];

/** Prints the rows of the target, their profiles and the baselines. */
export async function measureTarget(measurement: Measurement): Promise<void> {
  const { target, folder, renders } = measurement;
  console.log(`\n== ${target}: ${PROJECTS} projects, five services each, ${renders} renders`);
  const answer = await withService(measurement, [], async (service) => {
    for (const [name, requests] of ROWS) {
      console.log(`\n${target}, ${name}`);
      await measureRow(measurement, service, requests(target));
    }
    return post(renderUrl(measurement, service), sameRequests(target)());
  });
  for (const [i, [name, requests]] of ROWS.entries()) {
    const profiles = path.join(folder, `profiles-${i}`);
    await measureProfile(measurement, `${target}, ${name}`, profiles, requests(target));
  }
  console.log(`\n${target}, baselines, one client`);
  printSample("the pipeline alone, in one thread", measurePipeline(target, BASELINE));
  printSample(
    "a bare Fastify route, same request and answer",
    await measureBareRoute(measurement, answer),
  );
}

async function measureRow(
  measurement: Measurement,
  service: ServerProcess,
  requests: Requests,
): Promise<void> {
  const { clients } = measurement;
  const url = renderUrl(measurement, service);
  await warmUp(url, requests, clients);
  const single = await measure(url, requests, 1, measurement, service);
  const many = await measure(url, requests, clients, measurement, service);
  const p50 = single.quantileMs(0.5);
  printVerdict(
    `p50 under ${MAX_P50_MS} ms with one client`,
    p50 < MAX_P50_MS,
    `${p50.toFixed(2)} ms`,
  );
  const rate = many.perSecond();
  printVerdict(`at least ${MIN_PER_SECOND} renders/s`, rate >= MIN_PER_SECOND, rate.toFixed(0));
}

/** Runs `work` with a service that `nodeArguments` start. */
async function withService<T>(
  { folder, databaseUrl }: Measurement,
  nodeArguments: readonly string[],
  work: (service: ServerProcess) => Promise<T>,
): Promise<T> {
  const settings = {
    HOME: folder,
    PORT: "0",
    DATABASE_URL: databaseUrl,
    DATA_DIR: folder,
    CATALOG_DIR: path.resolve("catalog"),
    ENVIRONMENTS_DIR: path.resolve("examples/orders/environments"),
  };
  const anyCore = nodeArguments.length > 0;
  const service = await startServer([...nodeArguments, path.resolve("dist/main.js")], settings, {
    anyCore,
  });
  return work(service).finally(service.stop);
}

function renderUrl({ target }: Measurement, { url }: ServerProcess): URL {
  return new URL(`/v1/environments/${ENVIRONMENTS[target]}/render`, url);
}

async function warmUp(url: URL, requests: Requests, clients: number): Promise<void> {
  await send(url, requests, { count: PROJECTS, clients: 1 });
  await send(url, requests, { count: WARM_UP, clients });
}

/** All renders with `clients` clients, in parts, with the memory after each. */
async function measure(
  url: URL,
  requests: Requests,
  clients: number,
  { renders }: Measurement,
  service: ServerProcess,
): Promise<Sample> {
  const before = service.processorMs();
  const count = Math.ceil(renders / PARTS);
  const parts: Sample[] = [];
  const memory: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    parts.push(await send(url, requests, { count, clients }));
    memory.push(service.memoryBytes());
  }
  const all = parts.reduce((sum, part) => sum.plus(part));
  printSample(`${clients} ${clients === 1 ? "client" : "clients"}`, all);
  const processor = (service.processorMs() - before) / (count * PARTS);
  console.log(`  processor time of the service: ${processor.toFixed(2)} ms for each render`);
  const [early = 0, late = 0] = [memory[PARTS / 5 - 1], memory[PARTS - 1]];
  const growth = late / early - 1;
  printVerdict(
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
async function measureProfile(
  measurement: Measurement,
  name: string,
  profiles: string,
  requests: Requests,
): Promise<void> {
  const profiler = ["--cpu-prof", `--cpu-prof-dir=${profiles}`, "--cpu-prof-interval=250"];
  const { sample, start, end } = await withService(measurement, profiler, async (service) => {
    const url = renderUrl(measurement, service);
    await warmUp(url, requests, measurement.clients);
    const start = nowMicros();
    const sample = await send(url, requests, { count: PROFILED, clients: 1 });
    return { sample, start, end: nowMicros() };
  });
  const p50 = sample.quantileMs(0.5).toFixed(2);
  console.log(`\n${name}: time of one render by step, one client, profiled (p50 ${p50} ms)`);
  for (const { step, share, totalMs } of await readShares(profiles, start, end)) {
    const time = `${(totalMs / PROFILED).toFixed(3)} ms`;
    const percent = `${(share * 100).toFixed(1)} %`;
    console.log(`  ${step.padEnd(40)} ${percent.padStart(7)} ${time.padStart(10)}`);
  }
}

async function measureBareRoute({ target, folder }: Measurement, answer: Buffer): Promise<Sample> {
  const file = path.join(folder, "answer.json");
  writeFileSync(file, answer);
  const script = fileURLToPath(new URL("../bare-route.js", import.meta.url));
  const server = await startServer([script, file], {});
  try {
    const requests = sameRequests(target);
    await send(server.url, requests, { count: WARM_UP, clients: 1 });
    return await send(server.url, requests, { count: BASELINE, clients: 1 });
  } finally {
    await server.stop();
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
