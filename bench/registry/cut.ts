/** Cutting releases of environments with 100 entries over HTTP. */
import type { BackbarClient } from "../../src/client/client.js";
import { Sample } from "../load.js";
import { printVerdict } from "../report.js";
import { entriesOf, environmentName, LARGE, LARGE_SHAPES } from "./environments.js";
import { MINORS } from "./recipes.js";

const MAX_MS = 200;
const ROUNDS = 3;

/** Prints how long cuts take: the first of each environment, then all of them again. */
export async function measureCuts(client: BackbarClient): Promise<void> {
  console.log(`\ncut a release of ${LARGE} entries, ${LARGE_SHAPES} environments`);
  print("cold: its versions were not read since the start", await cutAll(client, 0));
  let warm = await cutAll(client, 1);
  for (let round = 2; round <= ROUNDS; round++) warm = warm.plus(await cutAll(client, round));
  print("warm: its versions are in memory", warm);
}

/** Cuts each environment, after a change of one entry: without one there is nothing to cut. */
async function cutAll(client: BackbarClient, round: number): Promise<Sample> {
  const times: number[] = [];
  for (let shape = 0; shape < LARGE_SHAPES; shape++) {
    const name = environmentName(shape);
    const etag = (await client.findEnvironment(name))?.etag ?? "";
    const entries = entriesOf(shape);
    entries[0] = { ...entries[0], range: `~1.${round % MINORS}.0` };
    await client.putEnvironment(name, { entries }, { ifMatch: etag });
    const start = performance.now();
    await client.cutRelease(name);
    times.push(performance.now() - start);
  }
  return new Sample(
    Float64Array.from(times),
    times.reduce((sum, time) => sum + time, 0),
  );
}

function print(name: string, sample: Sample): void {
  const [median, worst] = [sample.quantileMs(0.5), sample.quantileMs(1)];
  console.log(`  ${name}: median ${median.toFixed(0)} ms, worst ${worst.toFixed(0)} ms`);
  printVerdict(`median under ${MAX_MS} ms`, median < MAX_MS, `${median.toFixed(0)} ms`);
  printVerdict(`worst under ${MAX_MS} ms`, worst < MAX_MS, `${worst.toFixed(0)} ms`);
}
