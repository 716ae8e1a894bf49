/** Reads `catalog/` and `examples/orders/` from disk and renders with them, for catalog.test.ts. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { combineTarget } from "../src/core/recipe/combine.js";
import { expandEntries } from "../src/core/recipe/entry-list.js";
import { parseEnvironmentYaml } from "../src/core/recipe/environment.js";
import { withMetadata } from "../src/core/recipe/metadata.js";
import { packRecipe, type RecipePackage } from "../src/core/recipe/package.js";
import type { Provisioner } from "../src/core/recipe/provisioner.js";
import { parseProvisionersFile } from "../src/core/recipe/provisioners-file.js";
import { type ResolvedEntry, resolveEntries } from "../src/core/recipe/ranges.js";
import type { PatchTemplate, RenderResult } from "../src/core/render/contract.js";
import { renderProject } from "../src/core/render/project.js";
import type { WorkloadInput } from "../src/core/score/load.js";
import type { ProjectState, Target } from "../src/core/score/project-state.js";
import { emptyState, formatState, parseState } from "../src/core/score/state.js";

const catalogFolder = resolve("catalog");
const ordersFolder = resolve("examples/orders");

/** Every recipe of the catalog by name, packed as a publisher's tool packs it. */
export const recipes: ReadonlyMap<string, RecipePackage> = new Map(
  readdirSync(catalogFolder).flatMap((namespace) =>
    readdirSync(join(catalogFolder, namespace)).map((name) => {
      const folder = join(catalogFolder, namespace, name);
      return [`${namespace}/${name}`, packRecipe(readFolder(folder))] as const;
    }),
  ),
);

export const orders: readonly WorkloadInput[] = readdirSync(ordersFolder)
  .filter((file) => file.endsWith(".score.yaml"))
  .map((file) => ({ path: file, text: readFileSync(join(ordersFolder, file), "utf8") }));

/** What serves one target: the provisioners and patch templates in force. */
export interface Served {
  readonly target: Target;
  readonly provisioners: readonly Provisioner[];
  readonly patchTemplates: readonly PatchTemplate[];
}

/** What an environment of the orders example serves, read back from the combined file. */
export function serveEnvironment(environment: string, target: Target): Served {
  const file = join(ordersFolder, "environments", `${environment}.yaml`);
  const definition = parseEnvironmentYaml(readFileSync(file, "utf8"), { file });
  const candidates = new Map(
    [...recipes].map(([name, { metadata }]) => [
      name,
      [{ version: metadata.version, digest: digestOf(name), signers: ["key"] }],
    ]),
  );
  return serve(
    target,
    resolveEntries(expandEntries(definition, new Map()), definition.rules, candidates),
  );
}

/** What one recipe serves alone. */
export function serveRecipe(name: string, target: Target): Served {
  const version = recipes.get(name)?.metadata.version ?? "";
  return serve(target, [
    { recipe: name, range: version, version, digest: digestOf(name), patches: true },
  ]);
}

function serve(target: Target, entries: readonly ResolvedEntry[]): Served {
  const packages = new Map([...recipes].map(([name, recipe]) => [digestOf(name), recipe]));
  const combined = combineTarget(target, entries, packages);
  const text = new TextDecoder().decode(combined.content);
  return {
    target,
    provisioners: parseProvisionersFile(text, { file: "combined.yaml", target }).map((one, i) => {
      const { recipe } = combined.provisioners[i]?.provisioner ?? {};
      const said = recipe && recipes.get(recipe.name)?.metadata.resources.get(one.type);
      return withMetadata(recipe === undefined ? one : { ...one, recipe }, said);
    }),
    patchTemplates: combined.patches.map(({ name, content, recipe }) => ({
      name,
      text: new TextDecoder().decode(content),
      recipe,
    })),
  };
}

/** Stands for the digest of a manifest: the same for the same recipe. */
function digestOf(name: string): string {
  return `sha256:${createHash("sha256").update(name).digest("hex")}`;
}

interface RenderOptions {
  readonly state?: ProjectState;
  readonly environment?: Readonly<Record<string, string>>;
  readonly strict?: boolean;
}

/** Renders `workloads`; its random bytes are a fixed stream that starts anew each time. */
export function render(
  served: Served,
  workloads: readonly WorkloadInput[],
  {
    state = emptyState(served.target, { composeProject: "shop" }),
    environment = {},
    strict = false,
  }: RenderOptions = {},
): RenderResult {
  let drawn = 0;
  return renderProject({
    ...served,
    workloads,
    state,
    strict,
    host: {
      randomBytes: (size) => {
        const bytes = createHash("shake256", { outputLength: Math.max(size, 1) });
        return bytes.update(`catalog ${drawn++}`).digest().subarray(0, size);
      },
      now: () => 1_700_000_000_000_000_000n,
      env: (name) => environment[name],
      lookupHost: () => undefined,
    },
  });
}

/** The state as it is after it has been stored and read again. */
export function storeAndLoad(state: ProjectState, target: Target): ProjectState {
  return parseState(formatState(state, target), target);
}

/** All that a render hands out, in a form that compares. */
export function outcome(result: RenderResult, target: Target) {
  return {
    text: result.text,
    files: result.files.map(({ path, mode, content }) => [path, mode, textOf(content)]),
    state: formatState(result.state, target),
  };
}

interface ComposeService {
  readonly image: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly healthcheck?: object;
  readonly user?: string;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly deploy?: {
    readonly resources: { readonly limits: object; readonly reservations: object };
  };
  readonly volumes?: readonly {
    readonly type: string;
    readonly source: string;
    readonly bind?: { readonly create_host_path?: boolean };
  }[];
  readonly ports?: readonly { readonly published: string }[];
}

/** The services of a rendered Compose document, read by another YAML parser than ours. */
export function composeServices(result: RenderResult): Map<string, ComposeService> {
  const document = parse(result.text) as { services: Record<string, ComposeService> };
  return new Map(Object.entries(document.services));
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template?: { readonly metadata: { readonly labels: object }; readonly spec: PodSpec };
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly { readonly port: number }[];
    readonly serviceName?: string;
    readonly rules?: readonly {
      readonly http: { readonly paths: readonly { readonly backend: IngressBackend }[] };
    }[];
  };
}

interface IngressBackend {
  readonly service: { readonly name: string; readonly port: { readonly number: number } };
}

interface PodSpec {
  readonly securityContext?: { readonly runAsNonRoot?: boolean };
  readonly containers: readonly PodContainer[];
  readonly initContainers?: readonly PodContainer[];
}

export interface PodContainer {
  readonly image: string;
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
  readonly resources?: { readonly limits?: object; readonly requests?: object };
}

/** The manifests of a render, read by another YAML parser than ours. */
export function manifests(result: RenderResult): Manifest[] {
  return parseAllDocuments(result.text).map((document) => document.toJS() as Manifest);
}

interface DaprResource {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly scopes?: readonly string[];
  readonly spec: {
    readonly type?: string;
    readonly topic?: string;
    readonly pubsubname?: string;
    /** A Component's list of settings; a Subscription's map. */
    readonly metadata?: readonly DaprSetting[] | Readonly<Record<string, string>>;
  };
}

interface DaprSetting {
  readonly name: string;
  readonly value?: string;
  readonly secretKeyRef?: { readonly name: string; readonly key: string };
}

/** The Components and Subscriptions of a render: files among the mounts, or manifests. */
export function daprResources(result: RenderResult, target: Target): DaprResource[] {
  if (target === "k8s") {
    const found = manifests(result).filter(({ apiVersion }) => apiVersion.startsWith("dapr.io/"));
    return found as unknown as DaprResource[];
  }
  return result.files
    .filter(({ path }) => path.startsWith("components/"))
    .map(({ content }) => parse(textOf(content)) as DaprResource);
}

export function settingsOf(component: DaprResource): Map<string, DaprSetting> {
  const list = Array.isArray(component.spec.metadata) ? component.spec.metadata : [];
  return new Map((list as DaprSetting[]).map((setting) => [setting.name, setting]));
}

export function textOf(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}

function readFolder(folder: string): Map<string, Uint8Array> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1).replaceAll("\\", "/"), readFileSync(path)]),
  );
}
