/** Starting the service on the filled database, also after it slept past the end of every pointer. */
import pg from "pg";
import { printVerdict } from "../report.js";
import type { ServerProcess } from "../server-process.js";
import { ENVIRONMENTS } from "./environments.js";
import { resolvePath } from "./resolve.js";

const MAX_START_MS = 3000;
const ROUNDS = 3;
/** The first answers after a start, each of another environment. */
const FIRST = 200;
const MAX_FIRST_MS = 100;
const MAX_RENEWAL_MS = 60_000;

/** Prints how long starts take, and what the renewal of all pointers does to the first answers. */
export async function measureStart(
  databaseUrl: string,
  start: () => Promise<ServerProcess>,
): Promise<void> {
  console.log("\nstart, from the process's begin until it listens");
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    const service = await start();
    times.push(performance.now() - began);
    await service.stop();
  }
  verdictOfStart("start", Math.max(...times));

  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    await database.query("update pointers set expires_at = now() - interval '1 hour'");
    const began = performance.now();
    const service = await start();
    verdictOfStart(`start with ${ENVIRONMENTS} pointers expired`, performance.now() - began);
    const worst = await worstOfFirst(service.url);
    printVerdict(
      `each of the first ${FIRST} resolves in under ${MAX_FIRST_MS} ms`,
      worst < MAX_FIRST_MS,
      `worst ${worst.toFixed(0)} ms`,
    );
    await untilRenewed(database);
    console.log(`  all pointers are renewed ${seconds(performance.now() - began)} after the begin`);
    await service.stop();
  } finally {
    await database.end();
  }
}

function verdictOfStart(name: string, milliseconds: number): void {
  const holds = milliseconds < MAX_START_MS;
  printVerdict(`${name} in under ${seconds(MAX_START_MS)}`, holds, seconds(milliseconds));
}

async function worstOfFirst(url: URL): Promise<number> {
  let worst = 0;
  for (let number = 0; number < FIRST; number++) {
    const began = performance.now();
    const answer = await fetch(new URL(resolvePath(number), url));
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`${answer.status} from ${answer.url}`);
    worst = Math.max(worst, performance.now() - began);
  }
  return worst;
}

async function untilRenewed(database: pg.Client): Promise<void> {
  const end = performance.now() + MAX_RENEWAL_MS;
  while (performance.now() < end) {
    const { rows } = await database.query(
      "select count(*)::int as expired from pointers where expires_at < now()",
    );
    if (rows[0]?.expired === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`pointers are not renewed within ${seconds(MAX_RENEWAL_MS)}`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
