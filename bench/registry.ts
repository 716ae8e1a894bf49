/**
 * The registry with 1,000 recipes of 50 versions and 2,000 environments on Postgres. `npm run
 * bench:registry`, with `-- --part start|resolve|cut|publish|spread` for some of it. The service runs on
 * one processor core, Postgres and the clients on the others, where the machine has `taskset`; it has
 * all cores to publish.
 * Targets: at least 10,000 resolves/s, warm, with p99 under 10 ms; a release of 100 entries cut in
 * under 200 ms; at least 100 versions published in a second; started in under 3 s; what one service
 * releases another serves within a second.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { BackbarClient } from "../src/client/client.js";
import type { PrivateKey } from "../src/core/trust/keys.js";
import type { Signer } from "../src/core/trust/signer.js";
import { makeLocalKeys, readKeys } from "../src/keys.js";
import { startPostgres } from "../test/helpers/postgres-server.js";
import { measureCuts } from "./registry/cut.js";
import { ENVIRONMENTS, makeEnvironments } from "./registry/environments.js";
import { fillRecipes } from "./registry/fill.js";
import { measurePublish } from "./registry/publish.js";
import { MINORS, PATCHES, RECIPES } from "./registry/recipes.js";
import { measureResolve } from "./registry/resolve.js";
import { measureSpread } from "./registry/spread.js";
import { measureStart } from "./registry/start.js";
import { describeMachine } from "./report.js";
import { pinned, type ServerProcess, startServer } from "./server-process.js";

const PARTS = ["start", "resolve", "cut", "publish", "spread"] as const;
const TOKEN = "benchmark-0123456789abcdef";

const { values } = parseArgs({
  options: {
    part: { type: "string", multiple: true, default: [...PARTS] },
    profile: { type: "string" },
  },
});
const parts = PARTS.filter((part) => values.part.includes(part));

console.log(`${describeMachine()}; Postgres on loopback`);
console.log(
  pinned ? "the service runs on one core" : "notice: no taskset or one core: nothing is pinned",
);
const folder = mkdtempSync(path.join(tmpdir(), "backbar-bench-"));
const postgres = await startPostgres();
try {
  await measure(postgres.url);
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(databaseUrl: string): Promise<void> {
  const keysDir = path.join(folder, "keys");
  await makeLocalKeys(keysDir);
  const { publisher, release } = await readKeys(keysDir);
  if (publisher === undefined) throw new TypeError("local keys have a publisher's");
  const tokenFile = path.join(folder, "token");
  writeFileSync(tokenFile, TOKEN);
  const env = {
    HOME: folder,
    PORT: "0",
    DATABASE_URL: databaseUrl,
    DATA_DIR: folder,
    KEYS_DIR: keysDir,
    ADMIN_TOKEN_FILE: tokenFile,
  };
  const start = (cores: { readonly anyCore?: boolean } = {}) =>
    startServer(profiled([path.resolve("dist/main.js")]), env, cores);
  const withService = async (
    work: (service: ServerProcess) => Promise<void>,
    cores: { readonly anyCore?: boolean } = {},
  ) => {
    const service = await start(cores);
    await work(service).finally(service.stop);
  };
  await fill(databaseUrl, publisher, release, withService);
  if (parts.includes("start")) await measureStart(databaseUrl, start);
  if (parts.includes("resolve")) {
    await withService((service) => measureResolve(service, folder));
  }
  if (parts.includes("cut")) await withService((service) => measureCuts(clientOf(service)));
  if (parts.includes("publish")) {
    // Examples are rendered by threads of its own, which one core would hold up.
    await withService((service) => measurePublish(clientOf(service), publisher), { anyCore: true });
  }
  if (parts.includes("spread")) {
    await withService((one) =>
      withService((other) => measureSpread(clientOf(one), clientOf(other))),
    );
  }
  console.log(`\n${describeMachine()}; Postgres on loopback`);
}

async function fill(
  databaseUrl: string,
  publisher: PrivateKey,
  release: Signer,
  withService: (work: (service: ServerProcess) => Promise<void>) => Promise<void>,
): Promise<void> {
  const began = performance.now();
  // The first start makes the tables.
  await withService(async () => {});
  await fillRecipes(databaseUrl, publisher);
  await withService((service) => makeEnvironments(clientOf(service), databaseUrl, release));
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const versions = MINORS * PATCHES;
  console.log(
    `${RECIPES} recipes of ${versions} versions and ${ENVIRONMENTS} environments, filled in ${seconds} s`,
  );
}

function clientOf({ url }: ServerProcess): BackbarClient {
  return new BackbarClient({ url: url.origin, token: TOKEN });
}

/** Node's arguments, with its profiler where a folder for profiles is named. */
function profiled(args: readonly string[]): string[] {
  const { profile } = values;
  return profile === undefined ? [...args] : ["--cpu-prof", `--cpu-prof-dir=${profile}`, ...args];
}
