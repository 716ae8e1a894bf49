import { expect, test } from "vitest";
import { builtInKind, kindStruct, nearKinds } from "../../../../src/core/render/k8s/kinds.js";

test.each([
  { apiVersion: "apps/v1", kind: "Deployment", struct: "apps.v1.Deployment" },
  { apiVersion: "apps/v1beta2", kind: "Scale", struct: "apps.v1beta2.Scale" },
  { apiVersion: "v1", kind: "Status", struct: "meta.v1.Status" },
  { apiVersion: "networking.k8s.io/v1", kind: "WatchEvent", struct: "meta.v1.WatchEvent" },
  { apiVersion: "example.com/v1", kind: "Status", struct: "meta.v1.Status" },
  { apiVersion: "batch/v1", kind: "Job", struct: undefined },
  { apiVersion: "batch/v1", kind: "DeleteOptions", struct: undefined },
  { apiVersion: "*", kind: "DeleteOptions", struct: undefined },
])("score-k8s knows $apiVersion $kind as $struct", ({ apiVersion, kind, struct }) => {
  expect(kindStruct(apiVersion, kind)).toBe(struct);
});

test.each([
  { apiVersion: "v1", kind: "Pod", struct: "core.v1.Pod" },
  { apiVersion: "batch/v1", kind: "Job", struct: "batch.v1.Job" },
  { apiVersion: "batch/v1", kind: "DeleteOptions", struct: "meta.v1.DeleteOptions" },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    struct: "rbac.v1.RoleBinding",
  },
  {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    struct: "apiextensions.v1.CustomResourceDefinition",
  },
  {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    struct: "apiregistration.v1.APIService",
  },
])("$apiVersion $kind is built in", ({ apiVersion, kind, struct }) => {
  expect(builtInKind(apiVersion, kind)).toEqual({ is: "struct", struct });
});

test.each([
  { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" },
  { apiVersion: "example.com/v1", kind: "Deployment" },
  { apiVersion: "example.com/v1", kind: "Status" },
  { apiVersion: "snapshot.storage.k8s.io/v1", kind: "VolumeSnapshot" },
])("$apiVersion $kind is custom", ({ apiVersion, kind }) => {
  expect(builtInKind(apiVersion, kind)).toEqual({ is: "custom" });
});

test.each([
  { name: "a misspelt kind", given: "apps/v1 Deploymnt", near: ["apps/v1 Deployment"] },
  { name: "a kind of another group", given: "v1 Deployment", near: ["apps/v1 Deployment"] },
  {
    name: "a version that is gone",
    given: "autoscaling/v2beta2 HorizontalPodAutoscaler",
    near: ["autoscaling/v2 HorizontalPodAutoscaler", "autoscaling/v1 HorizontalPodAutoscaler"],
  },
  {
    name: "a kind that is not stable yet",
    given: "node.k8s.io/v9 PodCertificateRequest",
    near: ["certificates.k8s.io/v1beta1 PodCertificateRequest"],
  },
  { name: "a kind that is gone", given: "policy/v1beta1 PodSecurityPolicy", near: [] },
  { name: "another case", given: "v1 configmap", near: ["v1 ConfigMap"] },
  { name: "another case of the version", given: "V1 Pod", near: ["v1 Pod"] },
  { name: "another case of the group", given: "Apps/v1 Deployment", near: ["apps/v1 Deployment"] },
  { name: "a kind of any length", given: `v1 ${"Pod".repeat(100)}`, near: [] },
])("$name is unknown, with what may be meant", ({ given, near }) => {
  const [apiVersion = "", kind = ""] = given.split(" ");
  expect(builtInKind(apiVersion, kind)).toEqual({ is: "unknown" });
  expect(nearKinds({ apiVersion, kind }).map((its) => `${its.apiVersion} ${its.kind}`)).toEqual(
    near,
  );
});
