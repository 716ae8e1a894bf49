/**
 * Provisioning that is not done again where nothing that it sees has changed: after a new build only
 * images have, and it never sees the containers of workloads. What it came to is kept as long as
 * neither random bytes nor the time went into it, for where the environment says the same.
 */
import { Buffer } from "node:buffer";
import { copyData, copyMap } from "../codec/copy-data.js";
import { sha256Digest } from "../codec/digest.js";
import type { Data, DataMap } from "../gotemplate/value.js";
import type { Provisioner, TemplateKey } from "../recipe/provisioner.js";
import type { ProjectState, ResourceState } from "../score/project-state.js";
import type { Mounts } from "./mounts.js";
import {
  type PieceSink,
  type Provisioned,
  type ProvisionInput,
  provisionResources,
  type Served,
} from "./provision.js";
import { structureOf } from "./structure.js";
import type { Told } from "./watched-host.js";

interface Piece {
  readonly key: TemplateKey;
  readonly piece: Data;
  readonly served: Served;
}

/** What provisioning came to; nobody else has the data in it. */
export interface KeptProvisioning {
  readonly pieces: readonly Piece[];
  /** Of the resources that were served. */
  readonly resources: ReadonlyMap<string, ResourceState>;
  readonly shared: DataMap;
  readonly mounts: Mounts;
  /** Those that it added. */
  readonly secrets: readonly string[];
  /** What it was told from outside. */
  readonly told: readonly Told[];
  readonly rest: Pick<Provisioned, "infoLogs" | "served" | "environments">;
}

/** Whoever keeps them decides how many, and for how long. */
export interface Provisionings {
  get(key: string): KeptProvisioning | undefined;
  /** `size` is what it takes, in characters. */
  set(key: string, value: KeptProvisioning, size: number): void;
}

/**
 * As `provisionResources`, from `provisionings` where it was done before.
 * @throws {ProvisionError} {ScoreError} as it does
 */
export function provisionRemembered(
  input: ProvisionInput,
  provisionings: Provisionings | undefined,
): Provisioned {
  const state = withoutContainers(input.state);
  const seen = { ...input, state };
  const key = provisionings === undefined ? undefined : keyOf(seen);
  const kept = key === undefined ? undefined : provisionings?.get(key);
  if (kept !== undefined && input.host.wouldTell(kept.told)) return takeBack(input, kept);
  const before = { secrets: input.secrets.given.length, told: input.host.told.length };
  const pieces: Piece[] = [];
  const provisioned = provisionResources({ ...seen, sink: recorder(input.sink, pieces) });
  if (key !== undefined && !input.host.asked) {
    const made: KeptProvisioning = {
      ...keep(provisioned, pieces),
      secrets: input.secrets.given.slice(before.secrets),
      told: input.host.told.slice(before.told),
    };
    const size = sizeOf(made);
    if (size !== undefined) provisionings?.set(key, made, size);
  }
  const { resources, sharedState } = provisioned.state;
  return { ...provisioned, state: { ...input.state, resources, sharedState } };
}

/** What provisioning sees of a state: what is in no workload's containers. */
function withoutContainers(state: ProjectState): ProjectState {
  const workloads = [...state.workloads].map(([name, { spec, file }]) => {
    const seen = {
      spec: { ...spec, containers: new Map() },
      ...(file === undefined ? {} : { file }),
    };
    return [name, seen] as const;
  });
  return { ...state, workloads: new Map(workloads), patchingTemplates: [] };
}

/** Of everything that it is given: the services of workloads are made of what the state says of them. */
function keyOf(input: ProvisionInput): string | undefined {
  const { host: _, workloadServices: __, engine, sink, secrets, provisioners, ...rest } = input;
  const text = structureOf({
    ...rest,
    limits: engine.limits,
    sink: sink.name,
    secrets: secrets.given,
    provisioners: numberOf(provisioners),
  });
  // Texts may hold lone surrogates, which UTF-8 does not tell apart.
  return text === undefined ? undefined : sha256Digest(Buffer.from(text, "utf16le"));
}

const numbers = new WeakMap<readonly Provisioner[], number>();
let count = 0;

/** Lists of provisioners never change. */
function numberOf(provisioners: readonly Provisioner[]): number {
  const number = numbers.get(provisioners) ?? ++count;
  numbers.set(provisioners, number);
  return number;
}

function recorder(sink: PieceSink, pieces: Piece[]): PieceSink {
  return {
    name: sink.name,
    keys: sink.keys,
    take(key, piece, served) {
      sink.take(key, piece, served);
      pieces.push({ key, piece, served });
    },
    takeAgain: (key, piece, served) => sink.takeAgain(key, piece, served),
  };
}

function keep(
  { state, mounts, served, infoLogs, environments }: Provisioned,
  pieces: readonly Piece[],
): Omit<KeptProvisioning, "secrets" | "told"> {
  const resources = served.flatMap(({ uid }) => {
    const resource = state.resources.get(uid);
    return resource === undefined ? [] : [[uid, copyResource(resource)] as const];
  });
  return {
    pieces: pieces.map((each) => ({ ...each, piece: copyData(each.piece) })),
    resources: new Map(resources),
    shared: copyMap(state.sharedState),
    mounts: mounts.copy(),
    rest: { served, infoLogs, environments },
  };
}

/** In characters; undefined where something is not known to be data. */
function sizeOf({ pieces, resources, shared, mounts }: KeptProvisioning): number | undefined {
  const data = structureOf([pieces.map(({ piece }) => piece), resources, shared]);
  if (data === undefined) return undefined;
  return mounts.files().reduce((size, { content }) => size + content.length, data.length);
}

function takeBack(input: ProvisionInput, kept: KeptProvisioning): Provisioned {
  for (const text of kept.secrets) input.secrets.add(text);
  for (const { key, piece, served } of kept.pieces) {
    input.sink.takeAgain(key, copyData(piece), served);
  }
  const resources = new Map(input.state.resources);
  for (const [uid, resource] of kept.resources) resources.set(uid, copyResource(resource));
  return {
    ...kept.rest,
    state: { ...input.state, resources, sharedState: copyMap(kept.shared) },
    mounts: kept.mounts.copy(),
  };
}

function copyResource({ metadata, params, state, outputs, ...rest }: ResourceState): ResourceState {
  return {
    ...rest,
    metadata: copyMap(metadata),
    params: params === null ? null : copyMap(params),
    state: copyMap(state),
    ...(outputs === undefined ? {} : { outputs: copyMap(new Map(outputs)) }),
  };
}
