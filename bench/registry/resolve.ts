/** Resolve over HTTP, warm, over one connection and several, beside a bare route with the same answer. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import { Sample } from "../load.js";
import { printSample, printVerdict } from "../report.js";
import { type ServerProcess, startServer } from "../server-process.js";
import { ENVIRONMENTS, environmentName, typesOf } from "./environments.js";

const SECONDS = 5;
const CONNECTIONS = 10;
const MIN_PER_SECOND = 10_000;
const MAX_P99_MS = 10;

/** Prints the rows of resolve on `service`. */
export async function measureResolve(service: ServerProcess, folder: string): Promise<void> {
  console.log(`\nresolve in ${ENVIRONMENTS} environments, warm`);
  const paths = Array.from({ length: ENVIRONMENTS }, (_, number) => resolvePath(number));
  await load(service.url, paths, { connections: 1, amount: paths.length });
  for (const connections of [1, CONNECTIONS]) {
    const sample = await measure(service, paths, connections);
    if (connections === 1) continue;
    const rate = sample.perSecond();
    printVerdict(`at least ${MIN_PER_SECOND} answers/s`, rate >= MIN_PER_SECOND, rate.toFixed(0));
    const p99 = sample.quantileMs(0.99);
    printVerdict(`p99 under ${MAX_P99_MS} ms`, p99 < MAX_P99_MS, `${p99.toFixed(2)} ms`);
  }
  const answer = await fetch(new URL(resolvePath(0), service.url));
  await measureBareRoute(await answer.text(), folder);
}

/** Where `service` says which recipe serves a type of an environment. */
export function resolvePath(number: number): string {
  const types = typesOf(number);
  return `/v1/environments/${environmentName(number)}/resolve?type=${types[number % types.length]}`;
}

async function measureBareRoute(answer: string, folder: string): Promise<void> {
  const file = path.join(folder, "answer.json");
  writeFileSync(file, answer);
  const script = fileURLToPath(new URL("../bare-route.js", import.meta.url));
  const server = await startServer([script, file], {});
  try {
    await load(server.url, ["/"], { connections: CONNECTIONS, amount: 20_000 });
    for (const connections of [1, CONNECTIONS]) {
      console.log("  a bare Fastify route with the same answer:");
      await measure(server, ["/"], connections);
    }
  } finally {
    await server.stop();
  }
}

/** Sends for some seconds, and prints the times, and the processor's for each answer. */
async function measure(
  server: ServerProcess,
  paths: readonly string[],
  connections: number,
): Promise<Sample> {
  const before = server.processorMs();
  const sample = await load(server.url, paths, { connections, duration: SECONDS });
  const each = (server.processorMs() - before) / sample.count;
  const open = `${connections} ${connections === 1 ? "connection" : "connections"}`;
  printSample(`${open}, ${(each * 1000).toFixed(0)} µs of the core each`, sample);
  return sample;
}

/** GETs `paths` in turn on every connection; an answer other than 200 ends it. */
async function load(
  url: URL,
  paths: readonly string[],
  options: Pick<autocannon.Options, "connections" | "amount" | "duration">,
): Promise<Sample> {
  const requests = paths.map((path): autocannon.Request => ({ method: "GET", path }));
  const times: number[] = [];
  const start = performance.now();
  const { non2xx, errors } = await new Promise<autocannon.Result>((resolve, reject) => {
    const running = autocannon({ url: url.origin, requests, ...options }, (error, result) =>
      error ? reject(error) : resolve(result),
    );
    running.on("response", (_client, _status, _bytes, milliseconds) => times.push(milliseconds));
  });
  if (non2xx + errors > 0) throw new Error(`${non2xx} answers other than 200, ${errors} errors`);
  return new Sample(Float64Array.from(times), performance.now() - start);
}
