/** Publishing over HTTP: new versions of the recipes, checked, rendered and stored one by one. */
import type { BackbarClient } from "../../src/client/client.js";
import { signPackage } from "../../src/client/publish-folder.js";
import type { PrivateKey } from "../../src/core/trust/keys.js";
import { Sample } from "../load.js";
import { printSample, printVerdict } from "../report.js";
import { MINORS, RECIPES, recipeOf } from "./recipes.js";

const CLIENTS = 8;
const WARM_UP = 200;
const VERSIONS = 1000;
const MIN_PER_SECOND = 100;

/** Prints how many versions, each of another recipe, the service takes in a second. */
export async function measurePublish(client: BackbarClient, key: PrivateKey): Promise<void> {
  console.log(`\npublish ${VERSIONS} versions with two examples each`);
  await publish(client, key, { first: RECIPES, count: WARM_UP, clients: CLIENTS });
  const one = { first: RECIPES + WARM_UP, count: WARM_UP, clients: 1 };
  printSample("1 client", await publish(client, key, one));
  const many = { first: RECIPES + 2 * WARM_UP, count: VERSIONS, clients: CLIENTS };
  const sample = await publish(client, key, many);
  printSample(`${CLIENTS} clients`, sample);
  const rate = sample.perSecond();
  printVerdict(`at least ${MIN_PER_SECOND} versions/s`, rate >= MIN_PER_SECOND, rate.toFixed(0));
}

/** Publishes `count` versions, numbered on from `first`; signing them is not measured. */
async function publish(
  client: BackbarClient,
  key: PrivateKey,
  load: { readonly first: number; readonly count: number; readonly clients: number },
): Promise<Sample> {
  const submissions = Array.from({ length: load.count }, (_, i) => {
    const number = load.first + i;
    const minor = MINORS - 1 + Math.floor(number / RECIPES);
    return signPackage(recipeOf(number % RECIPES, minor), key);
  });
  const times: number[] = [];
  const send = async () => {
    for (let next = submissions.pop(); next !== undefined; next = submissions.pop()) {
      const start = performance.now();
      await client.publish(next);
      times.push(performance.now() - start);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: load.clients }, send));
  return new Sample(Float64Array.from(times), performance.now() - start);
}
