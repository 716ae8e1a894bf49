/** Publishing over HTTP: new versions of the recipes, checked, rendered and stored one by one. */
import type { BackbarClient } from "../../src/client/client.js";
import { signPackage } from "../../src/client/publish-folder.js";
import type { RecipePackage } from "../../src/core/recipe/package.js";
import type { PrivateKey } from "../../src/core/trust/keys.js";
import { Sample } from "../load.js";
import { printSample, printVerdict } from "../report.js";
import { MINORS, patched, RECIPES, recipeOf } from "./recipes.js";

const CLIENTS = 8;
const WARM_UP = 200;
/** As many as the service remembers the examples of. */
const RENDERED = 200;
const MIN_PER_SECOND = 100;

/**
 * Prints how many versions the service takes in a second: with files of their own, whose examples are
 * rendered, and with the files of the version before, whose examples were.
 */
export async function measurePublish(client: BackbarClient, key: PrivateKey): Promise<void> {
  console.log(
    "\npublish versions with two examples for two targets each, signed before; all cores",
  );
  const newFiles = (number: number) =>
    recipeOf(number % RECIPES, MINORS - 1 + Math.floor(number / RECIPES));
  await publish(client, key, { make: newFiles, first: RECIPES, count: WARM_UP, clients: CLIENTS });
  const one = { make: newFiles, first: RECIPES + WARM_UP, count: WARM_UP, clients: 1 };
  printSample("new files, 1 client", await publish(client, key, one));
  const many = { ...one, first: RECIPES + 2 * WARM_UP, count: RENDERED, clients: CLIENTS };
  printRate("new files", await publish(client, key, many));
  const sameFiles = (number: number) => patched(newFiles(number), MINORS, 1 + number);
  const again = { ...many, make: sameFiles, first: RECIPES + 2 * WARM_UP };
  printRate("files of the version before", await publish(client, key, again));
}

function printRate(name: string, sample: Sample): void {
  printSample(`${name}, ${CLIENTS} clients`, sample);
  const rate = sample.perSecond();
  printVerdict(`at least ${MIN_PER_SECOND} versions/s`, rate >= MIN_PER_SECOND, rate.toFixed(0));
}

interface PublishLoad {
  readonly make: (number: number) => RecipePackage;
  readonly first: number;
  readonly count: number;
  readonly clients: number;
}

/** Publishes `count` versions, numbered on from `first`; signing them is not measured. */
async function publish(client: BackbarClient, key: PrivateKey, load: PublishLoad): Promise<Sample> {
  const submissions = Array.from({ length: load.count }, (_, i) =>
    signPackage(load.make(load.first + i), key),
  );
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
