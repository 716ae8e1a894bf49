/** The process: settings in, one clear line on failure, signals to a quiet end. */
import path from "node:path";
import { readConfig } from "./config.js";
import { BackbarError } from "./errors.js";
import { type RunningServer, startServer } from "./server.js";
import { VERSION } from "./version.js";

const started = performance.now();
const startup = start();
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    void startup.then(async (server) => {
      await server?.close();
      process.exit(0);
    });
  });
}

async function start(): Promise<RunningServer | undefined> {
  try {
    const server = await startServer(readConfig());
    process.stdout.write(greeting(server));
    return server;
  } catch (error) {
    process.stderr.write(failure(error));
    process.exit(1);
  }
}

function greeting(server: RunningServer): string {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const { seeded, url } = server;
  const lines = [
    `Backbar ${VERSION} serves ${url} (ready in ${seconds} s, ${server.store})`,
    ...(seeded.versions === 0
      ? []
      : [
          `  published     ${seeded.versions} recipe versions, ${seeded.releases} environments with a first release`,
        ]),
    `  look          ${url}/docs, ${url}/v1/recipes, ${url}/v1/environments`,
    `  admin token   ${relative(server.adminTokenFile)}`,
    ...(server.keys.local
      ? [
          `  keys          ${relative(server.keys.directory)} (local: they prove integrity, not origin)`,
        ]
      : []),
    "Render a Score file to Docker Compose:",
    `  curl --data-binary @examples/orders/inventory.score.yaml -H 'accept: application/gzip' \\`,
    `    '${url}/v1/environments/local/render?target=compose' | tar xzv`,
  ];
  return `${lines.join("\n")}\n`;
}

function relative(file: string): string {
  const short = path.relative(process.cwd(), file);
  return short.startsWith("..") ? file : short;
}

function failure(error: unknown): string {
  if (!(error instanceof BackbarError)) {
    return `backbar: error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
  }
  const hint = error.hint === undefined ? "" : `hint: ${error.hint}\n`;
  return `backbar: error: ${error.message}\n${hint}`;
}
