/** Files that containers mount by `source`. */
import path from "node:path";
import { cleanPath, isLocalPath } from "../../core/provision/file-path.js";
import type { Target } from "../../core/score/project-state.js";
import { sourcePaths } from "../../core/score/source-files.js";
import type { Workload } from "../../core/score/workload.js";
import { readIfThere } from "../files/read-file.js";
import { CliError } from "../frame/error.js";
import type { Outside } from "../frame/machine.js";

/** All of them. */
const MAX_SOURCE_BYTES = 8 * 1024 * 1024;

/**
 * Reads what containers mount by `source`, as their CLI does: score-compose only below the Score
 * file, score-k8s anywhere. A file that is not there is the render's to report.
 */
export class SourceReader {
  readonly found: string[] = [];
  readonly missing: string[] = [];
  readonly #outside: Outside;
  readonly #target: Target;
  #sizeBytes = 0;

  constructor(outside: Outside, target: Target) {
    this.#outside = outside;
    this.#target = target;
  }

  /** By cleaned path; `scoreFile` is the path of the workload's Score file. */
  async read(workload: Workload, scoreFile: string): Promise<Map<string, Uint8Array>> {
    const files = new Map<string, Uint8Array>();
    for (const source of sourcePaths(workload)) {
      if (this.#target === "compose" && !isLocalPath(source)) continue;
      const below = path.join(path.dirname(scoreFile), source);
      const file = path.isAbsolute(source) ? source : below;
      const at = path.resolve(this.#outside.folder, file);
      const bytes = await readIfThere(at, file, MAX_SOURCE_BYTES);
      if (bytes === undefined) {
        this.missing.push(file);
        continue;
      }
      this.found.push(file);
      files.set(cleanPath(source), bytes);
      this.#sizeBytes += bytes.length;
      if (this.#sizeBytes <= MAX_SOURCE_BYTES) continue;
      const message = `the files that containers mount take more than ${MAX_SOURCE_BYTES} bytes`;
      throw new CliError("cli_file_limit", message, { place: { file } });
    }
    return files;
  }
}
