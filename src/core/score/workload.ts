/**
 * A Score workload after overrides, list-form upgrade and schema validation (Score specification
 * v1b1). Names follow the Score file. Absent optional parts are undefined; `formatWorkload`
 * (format.ts) writes it back as the CLIs store it in their state: keys in Score's spelling, empty
 * lists and maps left out.
 */
import type { Data, DataMap } from "../gotemplate/value.js";

export interface Workload {
  readonly apiVersion: string;
  /** Everything under `metadata`, extras included; `name` is a string, `annotations` a map of strings where present. */
  readonly metadata: DataMap;
  readonly containers: ReadonlyMap<string, Container>;
  readonly service?: Service;
  readonly resources?: ReadonlyMap<string, ResourceRequest>;
}

export interface Container {
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly variables?: ReadonlyMap<string, string>;
  /** By target path. */
  readonly files?: ReadonlyMap<string, ContainerFile>;
  /** By target path. */
  readonly volumes?: ReadonlyMap<string, ContainerVolume>;
  readonly resources?: { readonly limits?: Quantities; readonly requests?: Quantities };
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  /** By container name: what that container waits for. */
  readonly before?: ReadonlyMap<string, BeforeCondition>;
}

export interface BeforeCondition {
  readonly ready?: "started" | "healthy" | "complete";
}

export interface Quantities {
  readonly cpu?: string;
  readonly memory?: string;
}

/** Exactly one of `content`, `binaryContent`, `source` is set. */
export interface ContainerFile {
  readonly content?: string;
  readonly binaryContent?: string;
  readonly source?: string;
  /** Octal text such as `0644`. */
  readonly mode?: string;
  readonly noExpand?: boolean;
}

export interface ContainerVolume {
  readonly source: string;
  readonly path?: string;
  readonly readOnly?: boolean;
}

export interface Probe {
  readonly httpGet?: HttpGet;
  readonly exec?: { readonly command: readonly string[] };
}

export interface HttpGet {
  readonly host?: string;
  readonly scheme?: string;
  readonly path: string;
  readonly port: number;
  readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[];
}

export interface Service {
  readonly ports?: ReadonlyMap<string, ServicePort>;
}

export interface ServicePort {
  readonly port: number;
  readonly targetPort?: number;
  readonly protocol?: string;
}

export interface ResourceRequest {
  readonly type: string;
  readonly class?: string;
  readonly id?: string;
  readonly metadata?: DataMap;
  readonly params?: ReadonlyMap<string, Data>;
}
