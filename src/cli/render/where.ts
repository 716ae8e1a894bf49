/** Where a render is made: on this machine, or by which registry's environment. */
import type { BackbarClient } from "../../client/client.js";
import { releaseTargets } from "../../client/render.js";
import { TARGETS, type Target } from "../../core/score/project-state.js";
import { namedEnvironment, namedProject, namedTarget } from "../frame/flags.js";
import type { Machine } from "../frame/machine.js";
import { setting } from "../frame/settings.js";
import { UsageError } from "../frame/usage.js";
import type { RenderFlags } from "./flags.js";
import { HELP, nameOf } from "./options.js";

export interface ByRegistry {
  readonly environment: string;
  /** Undefined: the current one. */
  readonly release: number | undefined;
  /** Whose state the registry keeps; undefined: a file has it. */
  readonly project: string | undefined;
  /** Whether usage is recorded, of a render without a project. */
  readonly record: boolean;
}

const OF_REGISTRY = ["release", "server", "tokenFile", "context"] as const;

/**
 * Undefined for a render on this machine.
 * @throws {UsageError}
 */
export function chooseWhere(flags: RenderFlags, machine: Machine): ByRegistry | undefined {
  if (flags.local) {
    checkLocal(flags);
    return undefined;
  }
  if (flags.environment === undefined && setting(machine, "BACKBAR_ENVIRONMENT") === undefined) {
    throw new UsageError(
      "nothing says where to render",
      "-e ENVIRONMENT (BACKBAR_ENVIRONMENT) renders with the release that a registry serves, --local with provisioners of your own",
    );
  }
  const environment = namedEnvironment(flags.environment, machine);
  if (flags.provisioners !== undefined) {
    throw new UsageError(
      "--provisioners is for renders without a registry",
      `the release of ${environment} has them; --local renders with your own`,
    );
  }
  const project = namedProject(flags.project, machine);
  if (project !== undefined) checkProject(project, flags);
  return { environment, release: flags.release, project, record: flags.record };
}

/**
 * The target of the flags, the environment variable or, by a registry, the release.
 * @throws {UsageError}; {ClientError}; {ServerProblem}
 */
export async function chooseTarget(
  flags: RenderFlags,
  machine: Machine,
  by: { readonly where: ByRegistry; readonly client: BackbarClient } | undefined,
): Promise<Target> {
  const named = namedTarget(flags.target, machine);
  if (named !== undefined) return named;
  if (by === undefined) return "compose";
  const { environment, release } = by.where;
  const [only, ...others] = await releaseTargets(by.client, environment, release);
  if (only !== undefined && others.length === 0) return only;
  throw new UsageError(
    only === undefined
      ? `the release of ${environment} serves nothing for any target`
      : `the environment ${environment} is for ${[only, ...others].join(" and ")}`,
    `--target says which: ${TARGETS.join(" or ")} (BACKBAR_TARGET)`,
  );
}

/**
 * What templates see of the process environment: only what the flags name.
 * @throws {UsageError}
 */
export function readValues(given: readonly string[], { env }: Machine): Map<string, string> {
  return new Map(
    given.map((one) => {
      const equals = one.indexOf("=");
      const name = equals < 0 ? one : one.slice(0, equals);
      if (name === "") throw new UsageError(`--env ${one} has no name`, "write --env NAME=VALUE");
      const value = equals < 0 ? env(name) : one.slice(equals + 1);
      if (value !== undefined) return [name, value];
      throw new UsageError(
        `--env ${name}: your environment has no such variable`,
        "write --env NAME=VALUE; -e, --environment names an environment of the registry",
      );
    }),
  );
}

function checkLocal(flags: RenderFlags): void {
  if (flags.environment !== undefined) {
    throw new UsageError("--local and --environment exclude each other", HELP);
  }
  const foreign = OF_REGISTRY.find((flag) => flags[flag] !== undefined);
  if (foreign === undefined && flags.record) return;
  throw new UsageError(
    `${foreign === undefined ? "--no-record" : nameOf(foreign)} is for renders by a registry`,
    "leave it out, or name an environment with -e instead of --local",
  );
}

function checkProject(project: string, { state, record }: RenderFlags): void {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(project)) {
    throw new UsageError(
      `--project ${project} is no name of a project`,
      "up to 63 small letters, digits and inner hyphens",
    );
  }
  if (state !== undefined) {
    throw new UsageError(
      "--state and --project exclude each other",
      `the registry keeps the state of the project ${project}`,
    );
  }
  if (record) return;
  throw new UsageError(
    "--no-record and --project exclude each other",
    "what a project uses is always recorded",
  );
}
