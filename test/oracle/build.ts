/** Builds the oracle, Go's template engine with Sprig, for the tests and benchmarks that ask it. */
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";

// From the project's folder, where npm runs scripts: benchmarks run from another one than `test`.
const SOURCE = resolve("test/oracle");
const BINARY = resolve("node_modules/.cache/template-oracle/template-oracle");

/**
 * The time zones that came with Go, for the oracle's `ZONEINFO`: it would take those of the host first,
 * which differ in what they say of distant years.
 */
export function bundledZones(): string {
  const root = execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim();
  return resolve(root, "lib/time/zoneinfo.zip");
}

/**
 * The path of the oracle's program, built now from its sources; undefined where Go is not installed.
 * Start it with `TZ=UTC` in its environment.
 * @throws Error where the build fails
 */
export function buildOracle(): string | undefined {
  try {
    execFileSync("go", ["build", "-o", BINARY, "."], {
      cwd: SOURCE,
      stdio: ["ignore", "ignore", "inherit"],
    });
    return BINARY;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
