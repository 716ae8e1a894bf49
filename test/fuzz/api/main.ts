/**
 * Sends the built service what schemathesis makes of the API document, valid and not, and checks
 * that no answer is a 5xx and all are as the document says.
 *
 *     npm run fuzz:api -- [--seconds N] [--seed N]
 *
 * --seconds  how long (default 180): five sixths as an administrator, the rest without a token
 * --seed     draws the same values (default 1)
 *
 * Installs schemathesis, as `requirements.txt` has it, into `.schemathesis/` once; needs Python with
 * venv. `schemathesis.toml` says which names exist, and where a check would be wrong about HTTP.
 * Exits 0 where every operation was tried and no check failed.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { type RunningService, startSharedService } from "../../process/service-process.js";
import { installSchemathesis } from "./install.js";
import { type Run, runSchemathesis } from "./run.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "180" },
    seed: { type: "string", default: "1" },
  },
});
const seconds = Number(values.seconds);
const program = installSchemathesis();
const folder = mkdtempSync(path.join(tmpdir(), "backbar-fuzz-"));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const service = await startSharedService(
  {
    DATA_DIR: path.join(folder, "data"),
    CATALOG_DIR: path.resolve("catalog"),
    ENVIRONMENTS_DIR: path.resolve("examples/orders/environments"),
    LOG_LEVEL: "error",
    // A limit would answer in place of what is tried.
    RATE_LIMIT: "0",
    FAILED_AUTH_LIMIT: "0",
    WITNESS_LIMIT: "0",
  },
  folder,
);
process.once("exit", () => service.signal("SIGKILL"));
const token = readFileSync(path.join(folder, "data/admin-token"), "utf8").trim();
await renderSomething(service);

const common = { program, folder, url: service.url, seed: values.seed };
const runs = [
  await runSchemathesis({ ...common, seconds: Math.ceil((seconds * 5) / 6), token }),
  await runSchemathesis({ ...common, seconds: Math.floor(seconds / 6), token: undefined }),
];
const { code } = await service.end("SIGTERM");
if (service.stderr() !== "" || code !== 0) {
  console.log(`the service ended with ${code} and said:\n${service.stderr()}`);
}
for (const run of runs) tell(run);
process.exitCode = runs.every(({ passed }) => passed) && code === 0 ? 0 : 1;

/** A project with state and uses, for what asks after them. */
async function renderSomething({ url }: RunningService): Promise<void> {
  const answer = await fetch(`${url}/v1/environments/local/render?target=compose&project=orders`, {
    method: "POST",
    headers: { "content-type": "application/yaml", authorization: `Bearer ${token}` },
    body: readFileSync("examples/orders/inventory.score.yaml"),
  });
  if (!answer.ok) throw new Error(`the example was not rendered: ${await answer.text()}`);
}

function tell({ who, passed, operations, cases, failures, seconds: took, output }: Run): void {
  if (!passed) console.log(output);
  const tried = `${operations.tested} of ${operations.selected} operations, ${cases} cases`;
  console.log(`fuzz:api: ${who}: ${tried}, ${failures} failures in ${took.toFixed(0)} s`);
}
