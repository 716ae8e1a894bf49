/**
 * `npm start`: installs and builds what is missing, then runs the service in this process.
 * Plain JavaScript on Node's own modules, because it runs before anything is installed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const OLDEST_NODE = [20, 19];
const root = fileURLToPath(new URL("..", import.meta.url));
const at = (...parts) => path.join(root, ...parts);
const modified = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

checkNode();
const installed = at("node_modules/.package-lock.json");
if (modified(at("package-lock.json")) > modified(installed)) {
  // The compiler is a development dependency, wanted even where NODE_ENV says production.
  npm("Installing dependencies", "ci", "--include=dev", "--no-audit", "--no-fund");
}
const stamp = at("dist/.built");
const sources = [at("src"), at("tsconfig.json"), at("tsconfig.build.json"), installed];
if (Math.max(...sources.map(newest)) > modified(stamp)) {
  const tsc = at("node_modules/typescript/bin/tsc");
  run("Building", process.execPath, [tsc, "-p", at("tsconfig.build.json")]);
  writeFileSync(stamp, "");
}
process.env.CATALOG_DIR ??= at("catalog");
process.env.ENVIRONMENTS_DIR ??= at("examples/orders/environments");
await import(pathToFileURL(at("dist/main.js")).href);

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  fail(
    `Node.js ${process.versions.node} is too old: Backbar needs ${OLDEST_NODE.join(".")} or newer`,
  );
}

/** Newest modification of a file, or below a folder, folders included, so that a deleted file counts. */
function newest(target) {
  if (!existsSync(target) || !statSync(target).isDirectory()) return modified(target);
  return readdirSync(target, { withFileTypes: true, recursive: true }).reduce(
    (latest, entry) =>
      Math.max(latest, modified(path.join(entry.parentPath ?? entry.path, entry.name))),
    modified(target),
  );
}

/** The npm that runs this script, or the one on the PATH. */
function npm(what, ...args) {
  const script = process.env.npm_execpath;
  const quiet = [...args, "--loglevel=error"];
  if (script?.endsWith(".js")) run(what, process.execPath, [script, ...quiet]);
  else run(what, "npm", quiet);
}

function run(what, command, args) {
  process.stderr.write(`${what} …\n`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) fail(`${what.toLowerCase()} failed`);
}

function fail(message) {
  process.stderr.write(`backbar: error: ${message}\n`);
  process.exit(1);
}
