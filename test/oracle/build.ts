/** Builds the oracle, Go's template engine with Sprig, for the tests and benchmarks that ask it. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL(".", import.meta.url));
const BINARY = fileURLToPath(
  new URL("../../node_modules/.cache/template-oracle/template-oracle", import.meta.url),
);

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
