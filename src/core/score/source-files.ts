import type { Workload } from "./workload.js";

/** The `source` of every file that the containers of `workload` mount by it, as written there, each once. */
export function sourcePaths(workload: Workload): string[] {
  const paths = new Set<string>();
  for (const { files } of workload.containers.values()) {
    for (const { content, binaryContent, source } of files?.values() ?? []) {
      if (content === undefined && binaryContent === undefined && source !== undefined) {
        paths.add(source);
      }
    }
  }
  return [...paths];
}
