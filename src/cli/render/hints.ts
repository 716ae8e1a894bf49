/** Errors of a render, with what to do about them at a command line: neither core nor a server knows of flags. */
import { BackbarError, withDetails } from "../../errors.js";

/** Does `work`; `missing` are the sources that are not there, as they were looked for. */
export async function withHints<T>(
  missing: readonly string[],
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    const hint = hintFor(error, missing);
    throw hint === undefined ? error : withDetails(error, { hint });
  }
}

function hintFor({ code, hint }: BackbarError, missing: readonly string[]): string | undefined {
  switch (code) {
    case "score_image_missing":
      return "--image IMAGE or --build CONTAINER=CONTEXT gives one, a Score file at a time";
    case "convert_file_missing":
    case "k8s_file_missing":
      return missing.length === 0
        ? hint
        : `there is no ${missing.join(", no ")}; a source is looked for beside its Score file`;
    case "provision_no_match":
      return (
        hint ??
        "--provisioners names a file or a recipe's folder with one, -e an environment that serves it"
      );
    case "score_not_a_map":
      return "each --provisioners and --patch-template takes one file; all others are Score files";
    case "publish_form":
    case "publish_reference":
      return "--publish HOST:REF:CONT: two ports; REF is a workload or UID.OUTPUT of a resource";
    case "k8s_namespace_missing":
      return "--namespace NAME gives it";
    case "render_no_workloads":
      return "name a Score file, or a --state that has workloads";
    case "render_has_files":
      return "give --out the folder for the document and its files";
    case "render_target":
      return hint?.replace("add ?target= with", "--target takes");
    default:
      return undefined;
  }
}
