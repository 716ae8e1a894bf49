import { expect, test } from "vitest";
import { parseYaml } from "../../../../src/core/codec/yaml.js";
import type { DataMap } from "../../../../src/core/gotemplate/value.js";
import { inNamespace, withoutReplaced } from "../../../../src/core/render/k8s/manifest-list.js";
import { plain } from "./plain.js";

const manifests = (text: string) => parseYaml(text).value as DataMap[];

test("keeps the last of equal objects at its own place", () => {
  const list = manifests(`
- {apiVersion: v1, kind: A, metadata: {name: x}, n: 1}
- {apiVersion: v1, kind: B, metadata: {name: x}, n: 2}
- {apiVersion: v1, kind: A, metadata: {name: x, namespace: other}, n: 3}
- {apiVersion: v1, kind: A, metadata: {name: x}, n: 4}
- {apiVersion: v1, kind: A, n: 5}
- {apiVersion: v1, kind: A, metadata: {labels: {}}, n: 6}
`);
  expect(withoutReplaced(list).map((manifest) => manifest.get("n"))).toEqual([2n, 3n, 4n, 6n]);
});

test("sets the namespace on all that has metadata but Namespaces", () => {
  const list = manifests(`
- {kind: A, metadata: {name: x, namespace: other}}
- {kind: ClusterRole, metadata: {name: y}}
- {kind: Namespace, metadata: {name: z}}
- {kind: A}
`);
  expect(plain(inNamespace(list, "stage"))).toEqual([
    { kind: "A", metadata: { name: "x", namespace: "stage" } },
    { kind: "ClusterRole", metadata: { name: "y", namespace: "stage" } },
    { kind: "Namespace", metadata: { name: "z" } },
    { kind: "A" },
  ]);
  expect(plain(list[1])).toEqual({ kind: "ClusterRole", metadata: { name: "y" } });
});
