import { describe, expect, test } from "vitest";
import { parseYaml } from "../../../../src/core/codec/yaml.js";
import { K8sError } from "../../../../src/core/render/k8s/error.js";
import {
  checkManifest,
  checkManifestStrictly,
} from "../../../../src/core/render/k8s/manifest-check.js";
import { refusal } from "../../../helpers/refusal.js";

const yaml = (text: string) => parseYaml(text).value;
const check = (text: string) => () => checkManifest(yaml(text));

describe("passes", () => {
  test.each([
    {
      name: "a kind nobody knows",
      text: "{apiVersion: batch/v1, kind: Job, spec: {whatever: true}}",
    },
    { name: "a document without a name", text: "{apiVersion: v1, kind: ConfigMap}" },
    {
      name: "null anywhere",
      text: "{apiVersion: v1, kind: Pod, metadata: {creationTimestamp: null, labels: null}, spec: null}",
    },
    {
      name: "a number as quantity",
      text: "{apiVersion: v1, kind: ResourceQuota, spec: {hard: {cpu: 0.5, memory: 1e3}}}",
    },
    {
      name: "text as port",
      text: "{apiVersion: v1, kind: Service, spec: {ports: [{port: 80, targetPort: web}]}}",
    },
    {
      name: "a whole float as number",
      text: "{apiVersion: v1, kind: Service, spec: {ports: [{port: 80.0}]}}",
    },
    { name: "keys that are numbers", text: "{apiVersion: v1, kind: ConfigMap, data: {1: a}}" },
    { name: "a date as text", text: "{apiVersion: v1, kind: ConfigMap, data: {a: 2024-05-06}}" },
    { name: "any content in a List", text: "{apiVersion: v1, kind: List, items: [{a: 1}]}" },
    {
      name: "kinds of removed groups",
      text: "{apiVersion: apps/v1beta2, kind: Deployment, spec: {replicas: 2}}",
    },
  ])("$name", ({ text }) => {
    expect(check(text)).not.toThrow();
  });
});

describe("refuses", () => {
  test.each([
    { name: "no kind", text: "{apiVersion: v1}" },
    { name: "no apiVersion", text: "{kind: Pod}" },
    {
      name: "an apiVersion of three parts",
      text: "{apiVersion: a/b/c, kind: Pod}",
      path: "apiVersion",
    },
    { name: "an apiVersion without version", text: "{apiVersion: apps/, kind: Pod}" },
    { name: "a kind that is no text", text: "{apiVersion: v1, kind: 5}", path: "kind" },
    {
      name: "a second kind that is no text",
      text: "{apiVersion: v1, Kind: 5, kind: Widget}",
      path: "Kind",
    },
    { name: "infinity in any kind", text: "{apiVersion: x/v1, kind: Thing, spec: {v: .inf}}" },
    { name: "a null document", text: "null" },
    {
      name: "an unknown field",
      text: "{apiVersion: apps/v1, kind: Deployment, spec: {replica: 2}}",
      path: "spec.replica",
    },
    { name: "a field in another case", text: "{apiVersion: v1, kind: Pod, Spec: {}}" },
    {
      name: "text for a number",
      text: "{apiVersion: v1, kind: Service, spec: {ports: [{port: eighty}]}}",
      path: "spec.ports.0.port",
    },
    {
      name: "a number out of range",
      text: "{apiVersion: v1, kind: Service, spec: {ports: [{port: 2147483648}]}}",
    },
    {
      name: "a fraction for a number",
      text: "{apiVersion: v1, kind: Service, spec: {ports: [{port: 1.5}]}}",
    },
    {
      name: "a number for text",
      text: "{apiVersion: v1, kind: ConfigMap, data: {n: 5}}",
      path: "data.n",
    },
    {
      name: "a truth value as annotation",
      text: "{apiVersion: v1, kind: Service, metadata: {annotations: {a: true}}}",
    },
    {
      name: "bad base64",
      text: "{apiVersion: v1, kind: Secret, data: {k: 'not base64!'}}",
      path: "data.k",
    },
    {
      name: "a bad quantity",
      text: "{apiVersion: v1, kind: ResourceQuota, spec: {hard: {cpu: 1K}}}",
    },
    {
      name: "a bad time",
      text: "{apiVersion: v1, kind: Pod, metadata: {deletionTimestamp: '2024-02-30T00:00:00Z'}}",
    },
    { name: "a map for a list", text: "{apiVersion: v1, kind: Pod, spec: {containers: {a: {}}}}" },
    { name: "a list for a map", text: "{apiVersion: v1, kind: Pod, spec: []}" },
  ])("$name", ({ text, path }) => {
    const expected = path === undefined ? {} : { place: { path } };
    expect(check(text)).toThrow(
      expect.objectContaining({ code: "k8s_manifest_form", ...expected }),
    );
  });
});

test.each([
  { name: "a quantity", text: "{apiVersion: v1, kind: ResourceQuota, spec: {hard: {a: 4711K}}}" },
  {
    name: "a number out of range",
    text: "{apiVersion: v1, kind: Service, spec: {ports: [{port: 471100000000}]}}",
  },
  {
    name: "text for a number",
    text: "{apiVersion: apps/v1, kind: Deployment, spec: {replicas: '4711'}}",
  },
  { name: "a number for text", text: "{apiVersion: v1, kind: Secret, stringData: {a: 4711}}" },
  { name: "base64", text: "{apiVersion: v1, kind: Secret, data: {a: '4711!'}}" },
  {
    name: "a time",
    text: "{apiVersion: v1, kind: Pod, metadata: {deletionTimestamp: '2024-01-02T03:04:05+47:11'}}",
  },
  { name: "an apiVersion", text: "{apiVersion: a/4711/b, kind: Pod}" },
])("tells no value: $name", ({ text }) => {
  for (const told of [refusal(check(text)), refusal(() => checkManifestStrictly(yaml(text)))]) {
    expect(JSON.stringify([told.message, told.hint, told.place])).not.toMatch(/47:?11/);
    expect(told.cause instanceof Error ? told.cause.message : "").not.toMatch(/47:?11/);
  }
});

describe("strictly passes", () => {
  test.each([
    {
      name: "kinds that score-k8s does not know",
      text: "{apiVersion: batch/v1, kind: Job, spec: {template: {spec: {restartPolicy: Never}}}}",
      custom: [],
    },
    {
      name: "numbers that a patch template has made floats",
      text: "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, spec: {maxReplicas: 8e0}}",
      custom: [],
    },
    {
      name: "custom kinds",
      text: "{apiVersion: example.com/v1, kind: Widget, metadata: {labels: [1]}, spek: 1}",
      custom: ["Widget"],
    },
    {
      name: "a List of its own kinds",
      text: "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod}]}",
      custom: [],
    },
    {
      name: "a List with a custom kind in it",
      text: "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: [{apiVersion: example.com/v1, kind: Widget}]}]}",
      custom: ["Widget"],
    },
    {
      name: "schemas of a custom resource, and what Kubernetes reads loosely in them",
      text: `
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        spec:
          versions:
            - schema:
                openAPIV3Schema:
                  default: {any: [1]}
                  maximum: 1.5
                  additionalProperties: false
                  items: {type: text, unknown: 1}
                  properties:
                    a: {items: [{type: text}], additionalProperties: {maximum: 1}}
                    b: {items: 5, dependencies: {c: [d], e: {type: text}, f: 7}}`,
      custom: [],
    },
  ])("$name", ({ text, custom }) => {
    const kinds = checkManifestStrictly(parseYaml(text).value).map(({ kind }) => kind);
    expect(kinds).toEqual(custom);
  });
});

describe("strictly refuses", () => {
  const form = "k8s_manifest_form";
  test.each([
    {
      name: "all faults together",
      text: "{apiVersion: batch/v1, kind: Job, metadata: {labels: {a: 1}}, spec: {completions: x, sleep: 1}}",
      problems: [`${form} metadata.labels.a`, `${form} spec.completions`, `${form} spec.sleep`],
    },
    {
      name: "a kind that its group does not have",
      text: "{apiVersion: apps/v1, kind: Deploymnt}",
      problems: ["k8s_kind_unknown kind"],
      hint: expect.stringContaining("Deployment of apps/v1"),
    },
    {
      name: "faults inside a List",
      text: `
        apiVersion: v1
        kind: List
        items:
          - {apiVersion: v1, kind: Pod, spec: []}
          - {apiVersion: v1, kind: Deployment}
          - {kind: Pod}
          - null
          - {apiVersion: v1, kind: List, items: [{apiVersion: batch/v1, kind: Job, spek: {}}]}`,
      problems: [
        `${form} items.0.spec`,
        "k8s_kind_unknown items.1.kind",
        `${form} items.2`,
        `${form} items.3`,
        `${form} items.4.items.0.spek`,
      ],
    },
    {
      name: "a whole number whose digits in JSON are beyond 64 bits",
      text: "{apiVersion: v1, kind: Pod, metadata: {generation: -9223372036854775809}}",
      problems: [`${form} metadata.generation`],
    },
    {
      name: "a key by the text that Kubernetes sees",
      text: "{apiVersion: v1, kind: Pod, spec: {1.23456789012: a, 1000000.0: b}}",
      problems: [`${form} spec.1\\.2345679`, `${form} spec.1e+06`],
    },
    {
      name: "text that nobody reads back from what is written",
      text: '{apiVersion: v1, kind: ConfigMap, data: {a: "\\ta\\nb"}}',
      problems: [`${form} data.a`],
    },
    {
      name: "a schema of the wrong form",
      text: `
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        spec:
          versions:
            - schema:
                openAPIV3Schema:
                  maximum: many
                  unknown: 1
                  additionalProperties: 1
                  items: {maximum: true}
                  properties: {a: {dependencies: {b: [1]}}}`,
      problems: [
        `${form} spec.versions.0.schema.openAPIV3Schema.additionalProperties`,
        `${form} spec.versions.0.schema.openAPIV3Schema.items.maximum`,
        `${form} spec.versions.0.schema.openAPIV3Schema.maximum`,
        `${form} spec.versions.0.schema.openAPIV3Schema.properties.a.dependencies.b.0`,
        `${form} spec.versions.0.schema.openAPIV3Schema.unknown`,
      ],
    },
    {
      name: "infinity in a custom kind",
      text: "{apiVersion: a/v1, kind: B, c: .inf}",
      problems: [`${form} c`],
    },
  ])("$name", ({ text, problems, hint }) => {
    const manifest = parseYaml(text).value;
    const told = problemsOf(() => checkManifestStrictly(manifest));
    expect(told.map(({ code, place }) => `${code} ${place?.path}`)).toEqual(problems);
    if (hint !== undefined) expect(told[0]?.hint).toEqual(hint);
  });
});

function problemsOf(check: () => unknown) {
  try {
    check();
  } catch (error) {
    if (error instanceof K8sError) return error.problems;
    throw error;
  }
  return [];
}
