import { describe, expect, test } from "vitest";
import { parseYaml } from "../../../../src/core/codec/yaml.js";
import { checkManifest } from "../../../../src/core/render/k8s/manifest-check.js";

const check = (text: string) => () => checkManifest(parseYaml(text).value);

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
    { name: "an apiVersion of three parts", text: "{apiVersion: a/b/c, kind: Pod}" },
    { name: "an apiVersion without version", text: "{apiVersion: apps/, kind: Pod}" },
    { name: "a kind that is no text", text: "{apiVersion: v1, kind: 5}" },
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
