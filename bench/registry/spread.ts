/** Two services on one Postgres: how long until one serves what the other released. */
import { setTimeout } from "node:timers/promises";
import type { BackbarClient } from "../../src/client/client.js";
import { Sample } from "../load.js";
import { printVerdict } from "../report.js";
import { entriesOf, typesOf } from "./environments.js";

const ROUNDS = 50;
const MAX_MS = 1000;
const ENVIRONMENT = "spread";
const POLL_MS = 2;

/** Prints the time from the answer of a cut by `one` until `other` serves the release. */
export async function measureSpread(one: BackbarClient, other: BackbarClient): Promise<void> {
  console.log(`\ntwo services on one database, ${ROUNDS} releases`);
  const times: number[] = [];
  const entries = entriesOf(0).slice(0, 1);
  let etag = (await one.putEnvironment(ENVIRONMENT, { entries }, { create: true })).etag ?? "";
  await one.cutRelease(ENVIRONMENT);
  for (let round = 1; round <= ROUNDS; round++) {
    // Remembered by the other service before it changes.
    await served(other);
    const definition = { title: `Round ${round}`, entries };
    etag = (await one.putEnvironment(ENVIRONMENT, definition, { ifMatch: etag })).etag ?? "";
    const { release } = await one.cutRelease(ENVIRONMENT);
    const start = performance.now();
    while ((await served(other)) !== release.number) await setTimeout(POLL_MS);
    times.push(performance.now() - start);
  }
  const sample = new Sample(
    Float64Array.from(times),
    times.reduce((sum, time) => sum + time, 0),
  );
  const [median, worst] = [sample.quantileMs(0.5), sample.quantileMs(1)];
  console.log(`  median ${median.toFixed(0)} ms, worst ${worst.toFixed(0)} ms`);
  printVerdict(`served within ${MAX_MS} ms`, worst < MAX_MS, `${worst.toFixed(0)} ms`);
}

/** The number of the release that `client`'s service resolves by, from memory where it may. */
async function served(client: BackbarClient): Promise<number> {
  const path = `/v1/environments/${ENVIRONMENT}/resolve`;
  const answer = await client.getJson(path, { type: typesOf(0)[0] ?? "", target: "k8s" });
  return (answer as { readonly release: { readonly number: number } }).release.number;
}
