import { expect, test } from "vitest";
import { parseYaml } from "../../../../src/core/codec/yaml.js";
import { OutputFormError } from "../../../../src/core/provision/output-form.js";
import type { Provisioner } from "../../../../src/core/recipe/provisioner.js";
import { ManifestPieces } from "../../../../src/core/render/k8s/pieces.js";

const provisioner: Provisioner = {
  uri: "template://test/disk",
  type: "disk",
  supportedParams: [],
  expectedOutputs: [],
  templates: new Map(),
  file: "k8s.provisioners.yaml",
  line: 1,
};

function take(pieces: ManifestPieces, uid: string, text: string): void {
  const served = { uid, sourceWorkload: "pier", provisioner };
  pieces.take("manifests", parseYaml(text).value, served);
}

test("keeps the last manifests of a resource, at the last place", () => {
  const pieces = new ManifestPieces();
  take(pieces, "a", "[{apiVersion: v1, kind: Pod, metadata: {name: one}}]");
  take(pieces, "b", "[]");
  take(pieces, "a", "[{apiVersion: v1, kind: Pod, metadata: {name: two}}]");
  expect(pieces.manifests.map(({ uid }) => uid)).toEqual(["b", "a"]);
  expect(pieces.manifests[1]?.manifests).toEqual([
    parseYaml("{apiVersion: v1, kind: Pod, metadata: {name: two}}").value,
  ]);
});

test.each([
  { name: "one map", text: "{apiVersion: v1, kind: Pod}" },
  { name: "a list of text", text: "[a]" },
  { name: "a null entry", text: "[{apiVersion: v1, kind: Pod}, null]" },
  { name: "what Kubernetes would not read", text: "[{apiVersion: v1, kind: Pod, spec: {a: 1}}]" },
])("refuses $name", ({ text }) => {
  expect(() => take(new ManifestPieces(), "a", text)).toThrow(OutputFormError);
});
