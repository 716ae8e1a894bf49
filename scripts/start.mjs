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
if (modified(at("package-lock.json")) > modified(at("node_modules/.package-lock.json"))) {
  run("Installing dependencies", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}
const stamp = at("dist/.built");
if (newest(at("src")) > modified(stamp)) {
  run("Building", process.execPath, [
    at("node_modules/typescript/bin/tsc"),
    "-p",
    at("tsconfig.build.json"),
  ]);
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

/** Newest modification under a folder, folders included, so that a deleted file counts. */
function newest(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).reduce(
    (latest, entry) =>
      Math.max(latest, modified(path.join(entry.parentPath ?? entry.path, entry.name))),
    modified(folder),
  );
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
