import { describe, expect, test } from "vitest";
import { parseYaml } from "../../../../src/core/codec/yaml.js";
import type { Data } from "../../../../src/core/gotemplate/value.js";
import type { Provisioner } from "../../../../src/core/recipe/provisioner.js";
import { buildManifests, type ManifestsInput } from "../../../../src/core/render/k8s/render.js";
import { encodeSecretRef } from "../../../../src/core/render/k8s/secret-ref.js";
import type { ProjectState, ResourceState } from "../../../../src/core/score/project-state.js";
import type { Container, Workload } from "../../../../src/core/score/workload.js";
import { plain } from "./plain.js";

const yaml = (text: string) => parseYaml(text).value;
const map = (text: string) => new Map(yaml(text) as Map<string, Data>);

function state(
  container: Partial<Container>,
  parts: { metadata?: string; outputs?: string; rest?: Partial<Workload> } = {},
): ProjectState {
  const resource: ResourceState = {
    guid: "",
    type: "disk",
    class: "default",
    id: "pier.dd",
    metadata: new Map(),
    params: null,
    sourceWorkload: "pier",
    provisioner: "template://test/disk",
    state: new Map(),
    outputs: map(parts.outputs ?? "{host: h}"),
  };
  const spec: Workload = {
    apiVersion: "score.dev/v1b1",
    metadata: map(parts.metadata ?? "{name: pier}"),
    containers: new Map([["main", { image: "i", ...container }]]),
    resources: new Map([["dd", { type: "disk" }]]),
    ...parts.rest,
  };
  return {
    workloads: new Map([["pier", { spec, file: "score.yaml", instanceSuffix: "-0123456789" }]]),
    resources: new Map([["disk.default#pier.dd", resource]]),
    sharedState: new Map(),
    patchingTemplates: [],
  };
}

const provisioner: Provisioner = {
  uri: "template://test/disk",
  type: "disk",
  supportedParams: [],
  expectedOutputs: [],
  templates: new Map(),
  file: "k8s.provisioners.yaml",
  line: 7,
};

function build(given: ProjectState, options: Partial<ManifestsInput> & { made?: string } = {}) {
  const { made, ...rest } = options;
  const manifests = made === undefined ? [] : (yaml(made) as Data[]);
  const uid = "disk.default#pier.dd";
  return buildManifests({
    state: given,
    resourceManifests: [{ uid, provisioner, manifests }],
    sourceFile: () => undefined,
    ...rest,
  });
}

function signatures(given: ProjectState, options?: Parameters<typeof build>[1]): string[] {
  return build(given, options).manifests.map((manifest) => {
    const { kind, metadata } = plain(manifest) as { kind: string; metadata: { name: string } };
    return `${kind}/${metadata.name}`;
  });
}

describe("the order of documents", () => {
  test("is ConfigMaps, Service, Deployment, after those of resources", () => {
    const given = state(
      { files: new Map([["/a", { content: "" }]]) },
      { rest: { service: { ports: new Map([["web", { port: 80 }]]) } } },
    );
    expect(
      signatures(given, { made: "[{apiVersion: v1, kind: Pod, metadata: {name: p}}]" }),
    ).toEqual(["Pod/p", "ConfigMap/pier-main-file-6a50dc8584", "Service/pier", "Deployment/pier"]);
  });

  test("has the headless Service before a StatefulSet", () => {
    const metadata = "{name: pier, annotations: {k8s.score.dev/kind: StatefulSet}}";
    expect(signatures(state({}, { metadata }))).toEqual([
      "Service/pier-headless-svc",
      "StatefulSet/pier",
    ]);
  });

  test("lets a workload's document replace a resource's", () => {
    const made =
      "[{apiVersion: apps/v1, kind: Deployment, metadata: {name: pier}}, {apiVersion: v1, kind: Pod, metadata: {name: p}}]";
    expect(signatures(state({}), { made })).toEqual(["Pod/p", "Deployment/pier"]);
  });

  test("has a generated Namespace first", () => {
    const options = { namespace: "stage", generateNamespace: true };
    expect(signatures(state({}), options)).toEqual(["Namespace/stage", "Deployment/pier"]);
  });
});

test("names the port, and sends it on to itself, unless told otherwise", () => {
  const ports = new Map([
    ["web", { port: 80 }],
    ["dns", { port: 53, targetPort: 5353, protocol: "UDP" }],
  ]);
  const [service] = build(state({}, { rest: { service: { ports } } })).manifests;
  expect(plain(service)).toMatchObject({
    spec: {
      ports: [
        { name: "dns", port: 53, targetPort: 5353, protocol: "UDP" },
        { name: "web", port: 80, targetPort: 80, protocol: "TCP" },
      ],
      selector: { "app.kubernetes.io/instance": "pier-0123456789" },
    },
    status: { loadBalancer: {} },
  });
});

test("passes the workload's own annotations to the pod", () => {
  const metadata = "{name: pier, annotations: {k8s.score.dev/custom: a, plain: b}}";
  const [deployment] = build(state({}, { metadata })).manifests;
  expect(plain(deployment)).toMatchObject({
    metadata: { annotations: { "k8s.score.dev/workload-name": "pier" } },
    spec: {
      template: {
        metadata: { annotations: { "k8s.score.dev/workload-name": "pier", plain: "b" } },
      },
    },
  });
});

describe("warns of what it drops", () => {
  test("a kind it does not make", () => {
    const metadata = "{name: pier, annotations: {k8s.score.dev/kind: DaemonSet}}";
    const { manifests, warnings } = build(state({}, { metadata }));
    expect(manifests).toEqual([]);
    expect(warnings).toEqual([
      expect.objectContaining({
        code: "k8s_workload_kind",
        place: {
          file: "score.yaml",
          workload: "pier",
          path: "metadata.annotations.k8s\\.score\\.dev/kind",
        },
      }),
    ]);
  });

  test("a claim on a Deployment", () => {
    const volumes = new Map([["/data", { source: "disk.default#pier.dd" }]]);
    const { manifests, warnings } = build(state({ volumes }, { outputs: "claimSpec: {}" }));
    expect(manifests).toEqual([]);
    expect(warnings).toEqual([
      expect.objectContaining({
        code: "k8s_claim_needs_stateful_set",
        place: { file: "score.yaml", workload: "pier", path: "containers.main.volumes./data" },
      }),
    ]);
  });
});

describe("refuses", () => {
  const variable = (text: string) => state({ variables: new Map([["V", text]]) });
  const reference = (path: string) => `\${${path}}`;

  test.each([
    { name: "an unknown output", text: reference("resources.dd.x"), code: "k8s_placeholder" },
    { name: "a resource without a key", text: reference("resources.dd"), code: "k8s_placeholder" },
    { name: "a bad secret reference", text: "🔐💬x💬🔐", code: "k8s_secret_ref_form" },
  ])("$name in a variable", ({ text, code }) => {
    const place = { file: "score.yaml", workload: "pier", path: "containers.main.variables.V" };
    expect(() => build(variable(text))).toThrow(expect.objectContaining({ code, place }));
  });

  test.each([
    {
      name: "a bad quantity",
      container: { resources: { limits: { memory: "512K" } } },
      code: "k8s_quantity",
    },
    { name: "an empty probe", container: { livenessProbe: {} }, code: "k8s_probe" },
    {
      name: "a volume without a form",
      container: { volumes: new Map([["/d", { source: reference("resources.dd") }]]) },
      code: "k8s_volume",
    },
    {
      name: "an unknown resource as volume",
      container: { volumes: new Map([["/d", { source: reference("resources.no") }]]) },
      code: "k8s_placeholder",
    },
    {
      name: "a secret reference in arguments",
      container: { args: [encodeSecretRef("a", "b")] },
      code: "k8s_secret_ref_unresolved",
    },
  ])("$name", ({ container, code }) => {
    expect(() => build(state(container))).toThrow(expect.objectContaining({ code }));
  });

  test("a resource that is not in the state", () => {
    const broken = { ...state({}), resources: new Map() };
    expect(() => build(broken)).toThrow(expect.objectContaining({ code: "k8s_outputs_missing" }));
  });

  test("to generate a namespace without a name", () => {
    expect(() => build(state({}), { generateNamespace: true })).toThrow(
      expect.objectContaining({ code: "k8s_namespace_missing" }),
    );
  });

  test("a secret reference in a resource's manifest", () => {
    const made = `[{apiVersion: v1, kind: ConfigMap, data: {v: "${encodeSecretRef("a", "b")}"}}]`;
    expect(() => build(state({}), { made })).toThrow(
      expect.objectContaining({ code: "k8s_secret_ref_unresolved" }),
    );
  });
});

test("takes the last manifests of a resource that was provisioned twice, at the last place", () => {
  const made = (uid: string, name: string) => ({
    uid,
    provisioner,
    manifests: yaml(`[{apiVersion: v1, kind: Pod, metadata: {name: ${name}}}]`) as Data[],
  });
  const resourceManifests = [made("a", "one"), made("b", "two"), made("a", "three")];
  expect(signatures(state({}), { resourceManifests })).toEqual([
    "Pod/two",
    "Pod/three",
    "Deployment/pier",
  ]);
});
