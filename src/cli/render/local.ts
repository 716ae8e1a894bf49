/** A render on this machine, with the service's own core. */
import path from "node:path";
import type { Host } from "../../core/gotemplate/value.js";
import type { Provisioner } from "../../core/recipe/provisioner.js";
import type { RenderResult } from "../../core/render/contract.js";
import { manifestFiles } from "../../core/render/k8s/manifest-files.js";
import { renderProject } from "../../core/render/project.js";
import { formatState } from "../../core/score/state.js";
import { CliError } from "../frame/error.js";
import type { Outside } from "../frame/machine.js";
import { applyRecipes } from "../install/recipes-file.js";
import type { ProjectInput } from "./input.js";
import type { RenderOptions } from "./options.js";
import { readProvisioners } from "./provisioners.js";
import type { Rendering } from "./rendering.js";

/**
 * Renders `input` with the provisioners of the options; `values` are seen by templates before those
 * of the process environment.
 * @throws {UsageError}; {CliError}; {BackbarError} whatever the render finds wrong with the input
 */
export async function renderHere(
  options: RenderOptions,
  outside: Outside,
  input: ProjectInput,
  values: ReadonlyMap<string, string>,
): Promise<Rendering> {
  const { target, namespace } = options;
  const provisioners: Provisioner[] = [];
  for (const name of options.provisioners) {
    const read = await readProvisioners(name, target, outside);
    provisioners.push(...withRecipes(read, name, options));
  }
  const { workloads, patchTemplates, state, remembered } = input;
  const result = renderProject({
    target,
    workloads,
    provisioners,
    ...(patchTemplates === undefined ? {} : { patchTemplates }),
    state,
    rememberedSourceFiles: remembered,
    ...(namespace === undefined ? {} : { namespace }),
    generateNamespace: options.generateNamespace,
    strict: options.strict,
    publish: options.publish,
    host: withValues(outside.host, values),
  });
  return toRendering(options, result);
}

/** The provisioners of a file, with what recipes say of them where `backbar install` put it there. */
function withRecipes(read: Provisioner[], name: string, { recipes }: RenderOptions): Provisioner[] {
  if (recipes?.provisioners !== name) return read;
  const applied = applyRecipes(read, recipes.text);
  if (applied !== undefined) return applied;
  throw new CliError("cli_lock_differs", `what is installed of recipes does not fit ${name}`, {
    hint: "backbar install puts it right",
  });
}

function withValues(host: Host, values: ReadonlyMap<string, string>): Host {
  return {
    randomBytes: (size) => host.randomBytes(size),
    now: () => host.now(),
    env: (name) => values.get(name) ?? host.env(name),
    lookupHost: (name) => host.lookupHost(name),
  };
}

function toRendering({ target, split }: RenderOptions, result: RenderResult): Rendering {
  const { state, infoLogs, warnings, notes } = result;
  const inMounts = (name: string) => path.posix.join(state.mountsDirectory ?? ".", name);
  return {
    document: split ? { manifests: manifestFiles(result.documents) } : { text: result.text },
    files: result.files.map((file) => ({ ...file, path: inMounts(file.path) })),
    emptyDirectories: result.emptyDirectories.map(inMounts),
    removals: result.removals.map((removal) => ({ ...removal, path: inMounts(removal.path) })),
    state: formatState(state, target),
    project: state.composeProject,
    workloads: [...state.workloads.keys()].sort(),
    resources: result.resources.map(({ outputs: _, ...use }) => use),
    infoLogs,
    warnings,
    notes,
  };
}
