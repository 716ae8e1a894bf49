import { expect, test } from "vitest";
import { parseYaml } from "../../../src/core/codec/yaml.js";
import { OutputFormError } from "../../../src/core/provision/output-form.js";
import type { Provisioner } from "../../../src/core/recipe/provisioner.js";
import { ManifestPieces } from "../../../src/core/render/manifest-pieces.js";

const provisioner: Provisioner = {
  uri: "template://test/disk",
  type: "disk",
  supportedParams: [],
  expectedOutputs: [],
  templates: new Map(),
  file: "k8s.provisioners.yaml",
  line: 1,
};

function take(text: string, strict = false): ManifestPieces {
  const pieces = new ManifestPieces({ strict });
  const served = { uid: "disk.default#pier.dd", sourceWorkload: "pier", provisioner };
  pieces.take("manifests", parseYaml(text).value, served);
  return pieces;
}

test("keeps manifests as they were written", () => {
  const text = "[{apiVersion: v1, kind: ResourceQuota, spec: {hard: {cpu: 0.5}}}]";
  expect(take(text).manifests).toEqual([
    { uid: "disk.default#pier.dd", provisioner, manifests: parseYaml(text).value },
  ]);
});

test.each([
  { name: "one map", text: "{apiVersion: v1, kind: Pod}" },
  { name: "a list of text", text: "[a]" },
  { name: "a null entry", text: "[{apiVersion: v1, kind: Pod}, null]" },
  { name: "what Kubernetes would not read", text: "[{apiVersion: v1, kind: Pod, spec: {a: 1}}]" },
])("refuses $name", ({ text }) => {
  expect(() => take(text)).toThrow(OutputFormError);
});

function faultsOf(text: string, strict: boolean): unknown {
  try {
    return take(text, strict).manifests.length;
  } catch (error) {
    return error instanceof OutputFormError ? error.faults : error;
  }
}

test("tells which entry is no map", () => {
  expect(faultsOf("[{apiVersion: v1, kind: Pod}, a]", false)).toEqual([
    { message: "manifests.1: text where a map is needed", path: "manifests.1" },
  ]);
});

test("tells what is wrong with all of them, by name", () => {
  const text = `
- {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {a: 1}}
- {apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: {b: 1}}
- {apiVersion: v1, metadata: {name: q}}
`;
  const pod = {
    message: "manifests.0 (Pod 'p'): spec.a: unknown field",
    path: "manifests.0.spec.a",
  };
  const nameless = { message: "manifests.2 (without a kind 'q'): no kind", path: "manifests.2" };
  expect(faultsOf(text, false)).toEqual([pod, nameless]);
  const job = {
    message: "manifests.1 (Job 'j'): spec.b: unknown field",
    path: "manifests.1.spec.b",
  };
  expect(faultsOf(text, true)).toEqual([pod, job, nameless]);
});
