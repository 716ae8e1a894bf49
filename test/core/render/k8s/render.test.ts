import { describe, expect, test } from "vitest";
import { parseYaml } from "../../../../src/core/codec/yaml.js";
import type { Data, DataMap } from "../../../../src/core/gotemplate/value.js";
import type { Provisioner } from "../../../../src/core/recipe/provisioner.js";
import { buildManifests, type ManifestsInput } from "../../../../src/core/render/k8s/render.js";
import { encodeSecretRef } from "../../../../src/core/render/k8s/secret-ref.js";
import type { ProjectState, ResourceState } from "../../../../src/core/score/project-state.js";
import type { Container, Workload } from "../../../../src/core/score/workload.js";
import { refusal } from "../../../helpers/refusal.js";
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
  const manifests = made === undefined ? [] : (yaml(made) as DataMap[]);
  const uid = "disk.default#pier.dd";
  return buildManifests({
    state: given,
    served: [{ uid, provisioner }],
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

  test("compares before the namespace is set", () => {
    const made = `[{apiVersion: apps/v1, kind: Deployment, metadata: {name: pier, namespace: stage}},
      {apiVersion: v1, kind: Namespace, metadata: {name: stage}}]`;
    const options = { namespace: "stage", generateNamespace: true };
    expect(signatures(state({}), { made, ...options })).toEqual([
      "Namespace/stage",
      "Deployment/pier",
      "Namespace/stage",
      "Deployment/pier",
    ]);
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

describe("what score-k8s does without a word", () => {
  const probe = { httpGet: { path: "/", port: 1 }, exec: { command: ["a"] } };
  const disk = (outputs: string, targets: readonly string[]) => ({
    container: {
      volumes: new Map(targets.map((target) => [target, { source: "disk.default#pier.dd" }])),
    },
    parts: { outputs },
  });
  const twice = { files: new Map([["/etc/a", { content: "" }]]) };
  const cases: {
    name: string;
    container?: Partial<Container>;
    parts?: Parameters<typeof state>[1];
    code: string;
    path: string;
    documents: number;
  }[] = [
    {
      name: "a kind it does not make",
      parts: { metadata: "{name: pier, annotations: {k8s.score.dev/kind: DaemonSet}}" },
      code: "k8s_workload_kind",
      path: "metadata.annotations.k8s\\.score\\.dev/kind",
      documents: 0,
    },
    {
      name: "a claim on a Deployment",
      ...disk("claimSpec: {}", ["/data"]),
      code: "k8s_claim_needs_stateful_set",
      path: "containers.main.volumes./data",
      documents: 0,
    },
    {
      name: "an annotation of its own that it does not know",
      parts: { metadata: "{name: pier, annotations: {k8s.score.dev/knd: StatefulSet, a/b: c}}" },
      code: "k8s_annotation_unknown",
      path: "metadata.annotations.k8s\\.score\\.dev/knd",
      documents: 1,
    },
    {
      name: "an order of containers",
      container: { before: new Map([["other", { ready: "healthy" }]]) },
      code: "k8s_before_ignored",
      path: "containers.main.before",
      documents: 1,
    },
    {
      name: "the second handler of a probe",
      container: { readinessProbe: probe },
      code: "k8s_probe_exec_ignored",
      path: "containers.main.readinessProbe.exec",
      documents: 1,
    },
    {
      name: "settings of a Secret beside a file",
      ...{
        container: {
          files: new Map([["/etc/app/a", { content: "" }]]),
          volumes: new Map([["/etc/app", { source: "disk.default#pier.dd" }]]),
        },
        parts: { outputs: "source: {secret: {secretName: s, optional: true}}" },
      },
      code: "k8s_volume_options_lost",
      path: "containers.main.volumes./etc/app",
      documents: 2,
    },
    {
      name: "volumes with one name",
      container: twice,
      parts: {
        rest: {
          containers: new Map([
            ["main", { image: "i", ...twice }],
            ["side", { image: "i", ...twice }],
          ]),
        },
      },
      code: "k8s_volume_name_twice",
      path: "containers.side",
      documents: 3,
    },
  ];

  test("has advice that helps: numbered volumes are alike at any path", () => {
    const inOwnFolder = (folder: string) => ({
      image: "i",
      files: new Map([`${folder}/a`, `${folder}/b`].map((target) => [target, { content: "" }])),
    });
    const containers = new Map([
      ["main", inOwnFolder("/m")],
      ["side", inOwnFolder("/s")],
    ]);
    const { warnings } = build(state({}, { rest: { containers } }));
    expect(warnings.map(({ code }) => code)).toEqual(["k8s_volume_name_twice"]);
    expect(warnings[0]?.message).toContain("into a folder of its own");
  });

  test.each(cases)("is a warning: $name", ({ container = {}, parts, code, path, documents }) => {
    const { manifests, warnings } = build(state(container, parts));
    expect(manifests).toHaveLength(documents);
    expect(warnings).toEqual([
      expect.objectContaining({ code, place: { file: "score.yaml", workload: "pier", path } }),
    ]);
  });

  test.each(cases)("is a fault in strict mode: $name", ({ container = {}, parts, code, path }) => {
    const error = refusal(() => build(state(container, parts), { strict: true }));
    expect(error.problems).toEqual([
      expect.objectContaining({ code, place: { file: "score.yaml", workload: "pier", path } }),
    ]);
  });

  test("ends the conversion of a workload: what comes after a refused claim is not looked at", () => {
    const { container, parts } = disk("claimSpec: {}", ["/data"]);
    expect(build(state({ ...container, livenessProbe: {} }, parts)).manifests).toEqual([]);
    const before = { ...container, variables: new Map([["V", "${resources.dd}"]]) };
    expect(refusal(() => build(state(before, parts))).code).toBe("k8s_placeholder");
  });
});

test("all faults are told together, with those of every workload", () => {
  const one = state({
    variables: new Map([
      ["A", "${resources.dd}"],
      ["B", "${metadata.name}"],
      ["C", "${resources.no.x} ${resources.dd.no}"],
    ]),
    files: new Map([["/f.txt", { source: "nowhere" }]]),
    livenessProbe: {},
    resources: { limits: { memory: "512K", cpu: "x" } },
    args: [encodeSecretRef("a", "b")],
  });
  const other = state({ readinessProbe: {} }).workloads.get("pier");
  const workloads = new Map([...one.workloads, ...(other ? [["quay", other] as const] : [])]);
  const error = refusal(() => build({ ...one, workloads }));
  expect(
    error.problems.map(({ code, place }) => `${code} ${place?.workload} ${place?.path}`),
  ).toEqual([
    "k8s_quantity pier containers.main.resources.limits.cpu",
    "k8s_quantity pier containers.main.resources.limits.memory",
    "k8s_placeholder pier containers.main.variables.A",
    "k8s_placeholder pier containers.main.variables.C",
    "k8s_file_missing pier containers.main.files./f\\.txt",
    "k8s_probe pier containers.main.livenessProbe",
    "k8s_secret_ref_unresolved pier undefined",
    "k8s_outputs_missing quay resources",
  ]);
  expect(error.message).toMatch(/^workload 'pier': .* \(and 7 more\)$/);
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
    {
      name: "a number that does not fit",
      container: { livenessProbe: { httpGet: { path: "/", port: 2 ** 40 } } },
      code: "k8s_model",
    },
  ])("$name", ({ container, code }) => {
    const error = refusal(() => build(state(container)));
    expect(error).toMatchObject({ code, place: { file: "score.yaml", workload: "pier" } });
    expect(error.message).toMatch(/^workload 'pier': /);
  });

  test("in strict mode texts that no reader of the YAML takes", () => {
    const given = state({ args: ["\ta\nb"], command: ["\ta\nb"] });
    const { problems } = refusal(() => build(given, { strict: true }));
    expect(problems.map(({ code, place }) => `${code} ${place?.workload}`)).toEqual([
      "k8s_manifest_form pier",
      "k8s_manifest_form pier",
    ]);
    expect(build(given).manifests).toHaveLength(1);
  });

  test("a volume without a form, with the recipe that made it", () => {
    const recipe = { name: "acme/disk", version: "1.2.0", digest: "sha256:00" };
    const served = [{ uid: "disk.default#pier.dd", provisioner: { ...provisioner, recipe } }];
    const volumes = new Map([["/d", { source: reference("resources.dd") }]]);
    const { message } = refusal(() => build(state({ volumes }), { served }));
    expect(message).toContain("template://test/disk (acme/disk@1.2.0)");
    const remembered = refusal(() => build(state({ volumes }), { served: [] }));
    expect(remembered.message).toContain("template://test/disk gave");
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
    const recipe = { name: "acme/disk", version: "1.2.0", digest: "sha256:00" };
    const manifests = yaml(made) as DataMap[];
    const resourceManifests = ["disk.default#pier.dd", "disk.default#other"].map((uid) => ({
      uid,
      provisioner: { ...provisioner, recipe },
      manifests,
    }));
    const error = refusal(() => build(state({}), { resourceManifests, served: resourceManifests }));
    expect(error.message).toContain("template://test/disk (acme/disk@1.2.0): manifests.0.data.v");
    expect(error.problems).toHaveLength(2);
    expect(error).toMatchObject({
      code: "k8s_secret_ref_unresolved",
      place: { file: "k8s.provisioners.yaml", line: 7, path: "manifests.0.data.v" },
    });
  });
});

test("takes the last manifests of a resource that was provisioned twice, at the last place", () => {
  const made = (uid: string, name: string) => ({
    uid,
    provisioner,
    manifests: yaml(`[{apiVersion: v1, kind: Pod, metadata: {name: ${name}}}]`) as DataMap[],
  });
  const resourceManifests = [made("a", "one"), made("b", "two"), made("a", "three")];
  expect(signatures(state({}), { resourceManifests })).toEqual([
    "Pod/two",
    "Pod/three",
    "Deployment/pier",
  ]);
});
