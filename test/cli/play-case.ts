/** Plays a recorded case of score-compose or score-k8s by the command, as a person would. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { BackbarError } from "../../src/errors.js";
import type { CaseWorkload, ProjectCase } from "../conformance/cases.js";
import { makeHost } from "../conformance/host.js";
import type { ProjectOutcome } from "../conformance/project-case.js";
import { stageOf } from "../conformance/stages.js";
import { renderLocally } from "./render-locally.js";

/**
 * What the calls of the case leave in a new folder below `root`. With `split` the document is put
 * together from the files of its manifests.
 */
export async function playCase(
  testCase: ProjectCase,
  root: string,
  { split = false } = {},
): Promise<ProjectOutcome> {
  const folder = await mkdtemp(path.join(root, "case-"));
  const { state, environment } = testCase.description;
  if (state !== undefined) {
    await copyFile(path.join(testCase.folder, state), path.join(folder, "state.yaml"));
  }
  const outside = { folder: testCase.folder, host: makeHost(environment) };
  const infoLogs: string[] = [];
  const flags = [...flagsOf(testCase, folder), ...(split ? ["--split"] : [])];
  let manifests: string[] | undefined;
  for (const call of callsOf(testCase)) {
    const before = await readTree(folder);
    try {
      const { stdout } = await renderLocally([...flags, ...call], outside);
      const report: Report = JSON.parse(stdout);
      manifests = report.manifests;
      infoLogs.push(...report.infoLogs.map(({ resource, text }) => `${resource}: ${text}`));
    } catch (error) {
      if (!(error instanceof BackbarError)) throw error;
      if (!isDeepStrictEqual(await readTree(folder), before)) {
        throw new Error(`${testCase.id}: an error has changed files`, { cause: error });
      }
      const stage = stageOf(testCase.target, error.code) ?? "unknown";
      return { stage, code: error.code, message: error.message };
    }
  }
  const outcome = await readOutcome(folder);
  return { ...outcome, documents: await readDocuments(testCase, folder, manifests), infoLogs };
}

/** Of what `--json` tells. */
interface Report {
  readonly infoLogs: readonly { readonly resource: string; readonly text: string }[];
  readonly manifests?: string[];
}

/** The flags that stand for a case, without those of its workloads. */
function flagsOf({ target, description }: ProjectCase, folder: string): string[] {
  const each = (flag: string, values: readonly string[] = []) =>
    values.flatMap((value) => [flag, value]);
  return [
    ...["--local", "--json", "--target", target],
    ...["--out", folder, "--state", path.join(folder, "state.yaml")],
    ...(description.project === undefined ? [] : ["--project", description.project]),
    ...(description.namespace === undefined ? [] : ["--namespace", description.namespace]),
    ...(description["generate-namespace"] ? ["--generate-namespace"] : []),
    ...each("--provisioners", description.provisioners),
    ...each("--patch-template", description["patch-templates"]),
  ];
}

function workloadFlags(workload: CaseWorkload): string[] {
  const builds = Object.entries(workload.builds ?? {}).map(
    ([name, build]) => `${name}=${typeof build === "string" ? build : JSON.stringify(build)}`,
  );
  return [
    ...(workload.image === undefined ? [] : ["--image", workload.image]),
    ...(workload["overrides-file"] ? ["--overrides-file", workload["overrides-file"]] : []),
    ...(workload["override-properties"] ?? []).map((one) => `--override-property=${one}`),
    ...builds.flatMap((build) => ["--build", build]),
    workload.score,
  ];
}

/** The calls that make a case: several where the flags go with one Score file. */
function callsOf({ target, description }: ProjectCase): string[][] {
  const workloads = description.workloads ?? [];
  const flags = workloads.map(workloadFlags);
  const withOptions = flags.some((one) => one.length > 1);
  const apart =
    description.generate === "one-by-one" ||
    (target === "k8s" && workloads.length > 1 && withOptions);
  const calls = apart ? flags : [flags.flat()];
  const publish = (description.publish ?? []).flatMap((value) => ["--publish", value]);
  return calls.map((call, i) => (i === calls.length - 1 ? [...publish, ...call] : call));
}

async function readDocuments(
  { target }: ProjectCase,
  folder: string,
  manifests: readonly string[] | undefined,
): Promise<string> {
  if (manifests === undefined) {
    const name = target === "compose" ? "compose.yaml" : "manifests.yaml";
    return readFile(path.join(folder, name), "utf8");
  }
  const texts = await Promise.all(manifests.map((file) => readFile(file, "utf8")));
  // Below its mark each holds what stands between two separators.
  return texts.map((text) => `---\n${text.slice(text.indexOf("\n") + 1)}`).join("");
}

async function readOutcome(folder: string) {
  const mounts = path.join(folder, ".score-compose/mounts");
  await mkdir(mounts, { recursive: true });
  const { files, modes, emptyDirectories } = await readTree(mounts);
  return {
    state: await readFile(path.join(folder, "state.yaml"), "utf8"),
    files,
    modes,
    emptyDirectories,
  };
}

async function readTree(folder: string) {
  const files = new Map<string, Uint8Array>();
  const modes = new Map<string, string>();
  const emptyDirectories: string[] = [];
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const stats = await stat(path.join(folder, name));
    if (stats.isFile()) {
      files.set(name, await readFile(path.join(folder, name)));
      const mode = (stats.mode & 0o777).toString(8).padStart(4, "0");
      if (mode !== "0644") modes.set(name, mode);
    } else if ((await readdir(path.join(folder, name))).length === 0) emptyDirectories.push(name);
  }
  return { files, modes, emptyDirectories };
}
