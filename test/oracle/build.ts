/** Builds the oracles, Go programs that tests and benchmarks ask what Go's own code does. */
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";

/**
 * The time zones that came with Go, for the oracle's `ZONEINFO`: it would take those of the host first,
 * which differ in what they say of distant years.
 */
export function bundledZones(): string {
  const root = execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim();
  return resolve(root, "lib/time/zoneinfo.zip");
}

/**
 * The path of a program with Go's template engine and Sprig; undefined where Go is not installed.
 * Start it with `TZ=UTC` in its environment.
 * @throws Error where the build fails
 */
export function buildOracle(): string | undefined {
  return build("test/oracle", "template-oracle");
}

/**
 * The path of a program with Kubernetes' own types and decoder; undefined where Go is not installed.
 * @throws Error where the build fails
 */
export function buildKubernetesOracle(): string | undefined {
  return build("scripts/kubernetes-model/oracle", "kubernetes-oracle");
}

/**
 * The path of a program with Go's Merkle tree and signed notes; undefined where Go is not installed.
 * @throws Error where the build fails
 */
export function buildLogOracle(): string | undefined {
  return build("test/oracle/tlog", "log-oracle");
}

/** Builds the program in the folder `source` now, both from the project's folder: benchmarks run elsewhere. */
function build(source: string, name: string): string | undefined {
  const binary = resolve("node_modules/.cache", name, name);
  try {
    execFileSync("go", ["build", "-o", binary, "."], {
      cwd: resolve(source),
      stdio: ["ignore", "ignore", "inherit"],
    });
    return binary;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
