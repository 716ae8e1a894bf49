/**
 * `npm run try:package`: packs the package, installs it as users do, globally and by npx, and runs
 * both of its programs from a folder where nothing else is. Fails where a file is missing or one too
 * many is in the tarball. Needs the package registry.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
/** Everything that may be in the tarball. */
const WANTED = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^dist\/.+\.js$/,
  /^migrations\/\d{4}_\w+\.sql$/,
  /^migrations\/meta\/_journal\.json$/,
];
/** From nothing to ready, and each answer. */
const TIMEOUT_MS = 60_000;
const QUIET = ["--no-audit", "--no-fund", "--loglevel=error"];

const folder = mkdtempSync(path.join(tmpdir(), "backbar-package-"));
try {
  const tarball = pack();
  const prefix = path.join(folder, "global");
  const empty = path.join(folder, "empty");
  mkdirSync(empty);
  timed("npm i -g", () => npm(empty, "install", "--global", "--prefix", prefix, ...QUIET, tarball));
  const bin = (name) => path.join(prefix, "bin", name);
  const backbar = (...args) => run(empty, bin("backbar"), ...args);
  assert.equal(backbar("--version"), `${version}\n`);
  assert.match(backbar("--help"), /^Usage: backbar COMMAND/);
  renderOrders(backbar);
  await tryServer(bin("backbar-server"), backbar);
  const by = timed("npx", () =>
    run(empty, "npx", "--yes", "--package", tarball, "backbar", "--version"),
  );
  assert.equal(by, `${version}\n`);
  console.log("the package installs and runs");
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The tarball's path. */
function pack() {
  const output = npm(root, "pack", "--json", "--silent", "--pack-destination", folder);
  // What the build prints comes before.
  const [packed] = JSON.parse(output.slice(output.indexOf("[\n")));
  const files = packed.files.map((file) => file.path);
  const foreign = files.filter((file) => !WANTED.some((pattern) => pattern.test(file)));
  assert.deepEqual(foreign, [], "files that nobody needs");
  for (const file of ["dist/main.js", "dist/cli/main.js", "migrations/meta/_journal.json"]) {
    assert.ok(files.includes(file), `${file} is missing`);
  }
  const [kib, unpackedKib] = [packed.size, packed.unpackedSize].map((size) =>
    (size / 1024).toFixed(0),
  );
  console.log(`${packed.filename}: ${files.length} files, ${kib} KiB, unpacked ${unpackedKib} KiB`);
  return path.join(folder, packed.filename);
}

/** Renders the example with the catalog, without a server. */
function renderOrders(backbar) {
  const at = (...parts) => path.join(root, ...parts);
  const provisioners = [
    "dapr/redis-state-store",
    "dapr/redis-pubsub",
    "dapr/subscription",
    "score/dns",
    "score/route",
  ];
  const flags = provisioners.flatMap((recipe) => ["--provisioners", at("catalog", recipe)]);
  const score = at("examples/orders/inventory.score.yaml");
  backbar("render", "--local", "--target", "compose", "--out", "out", ...flags, score);
  assert.match(readFileSync(path.join(folder, "empty/out/compose.yaml"), "utf8"), /^name: out$/m);
}

/** Starts the service on an empty data directory, asks it something, ends it. */
async function tryServer(program, backbar) {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    PORT: "0",
    DATA_DIR: path.join(folder, "data"),
  };
  const server = spawn(program, [], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  try {
    const url = await untilListening(server);
    assert.equal(JSON.parse(backbar("search", "--server", url, "--json")).recipes.length, 0);
  } finally {
    server.kill("SIGTERM");
  }
  await new Promise((resolve) => server.once("close", resolve));
}

function untilListening(server) {
  return new Promise((resolve, reject) => {
    let text = "";
    server.stdout.setEncoding("utf8").on("data", (piece) => {
      text += piece;
      const [, url] = /serves (\S+) [^\n]*\n/.exec(text) ?? [];
      if (url !== undefined) resolve(url);
    });
    server.once("close", () => reject(new Error("the service ended")));
    setTimeout(() => reject(new Error("the service did not start")), TIMEOUT_MS).unref();
  });
}

function timed(what, work) {
  const start = performance.now();
  const result = work();
  console.log(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

function npm(cwd, ...args) {
  return run(cwd, "npm", ...args);
}

function run(cwd, program, ...args) {
  const env = { ...process.env, BACKBAR_CONFIG_DIR: path.join(folder, "config") };
  return execFileSync(program, args, {
    cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}
