import { describe, expect, test } from "vitest";
import { parseYaml } from "../../../../src/core/codec/yaml.js";
import { toJson } from "../../../../src/core/render/k8s/json-value.js";
import { structValue } from "../../../../src/core/render/k8s/model-value.js";

const written = (struct: string, text: string) =>
  structValue(struct, toJson(parseYaml(text).value, "json"), "anyCase");
const yaml = (text: string) => parseYaml(text).value;

// What Go's encoding/json makes of these structs of k8s.io/api v0.36.2.
describe("writes", () => {
  test.each([
    {
      name: "canonical quantities",
      struct: "core.v1.VolumeSource",
      given: "emptyDir: {sizeLimit: 1.5Gi}",
      out: "emptyDir: {sizeLimit: 1536Mi}",
    },
    {
      name: "nothing for what is empty and may be left out",
      struct: "core.v1.ConfigMapVolumeSource",
      given: "{name: '', items: [], optional: false}",
      out: "{optional: false}",
    },
    {
      name: "structs that are never left out",
      struct: "core.v1.PersistentVolumeClaimSpec",
      given: "{accessModes: [ReadWriteOnce]}",
      out: "{accessModes: [ReadWriteOnce], resources: {}}",
    },
    {
      name: "empty text that must be there",
      struct: "core.v1.NFSVolumeSource",
      given: "{server: a}",
      out: "{server: a, path: ''}",
    },
    {
      name: "null for a list that must be there",
      struct: "core.v1.ProjectedVolumeSource",
      given: "{}",
      out: "{sources: null}",
    },
    {
      name: "zero numbers of a status",
      struct: "apps.v1.StatefulSetStatus",
      given: "{}",
      out: "{replicas: 0, availableReplicas: 0}",
    },
    {
      name: "times in UTC",
      struct: "meta.v1.ObjectMeta",
      given: "{creationTimestamp: '2024-01-02T03:04:05.5+02:00'}",
      out: "{creationTimestamp: '2024-01-02T01:04:05Z'}",
    },
    {
      name: "a date as the time of its midnight",
      struct: "meta.v1.ManagedFieldsEntry",
      given: "{time: 2024-05-06}",
      out: "{time: '2024-05-06T00:00:00Z'}",
    },
    {
      name: "fields given in another case",
      struct: "core.v1.VolumeSource",
      given: "{EmptyDir: {Medium: Memory}}",
      out: "{emptyDir: {medium: Memory}}",
    },
    {
      name: "a time whose hour has one digit",
      struct: "meta.v1.ManagedFieldsEntry",
      given: "{time: '2024-05-06T7:08:09Z'}",
      out: "{time: '2024-05-06T07:08:09Z'}",
    },
    {
      name: "a time of microseconds that is not there",
      struct: "events.v1.Event",
      given: "{}",
      out: "{metadata: {}, eventTime: null, regarding: {}, deprecatedSource: {}, deprecatedFirstTimestamp: null, deprecatedLastTimestamp: null}",
    },
    {
      name: "empty content of any form",
      struct: "apps.v1.ControllerRevision",
      given: "{data: {}}",
      out: "{metadata: {}, data: {}, revision: 0}",
    },
    {
      name: "null for a schema that is neither a map nor a list of them",
      struct: "apiextensions.v1.JSONSchemaProps",
      given: "{items: [], not: null, dependencies: {a: 5}}",
      out: "{items: null, dependencies: {a: null}}",
    },
    {
      name: "fields given with letters that fold into ASCII",
      struct: "core.v1.VolumeSource",
      given: "{emptyDir: {\u017fizeLimit: 1Gi}}",
      out: "{emptyDir: {sizeLimit: 1Gi}}",
    },
    {
      name: "bytes from a list of numbers",
      struct: "core.v1.Secret",
      given: "{data: {a: [104, 105]}}",
      out: "{metadata: {}, data: {a: aGk=}}",
    },
  ])("$name", ({ struct, given, out }) => {
    expect(written(struct, given)).toEqual(yaml(out));
  });
});

test("refuses maps with keys that are not text where JSON does", () => {
  expect(() => written("core.v1.VolumeSource", "{nfs: {1: a}}")).toThrow(
    expect.objectContaining({ code: "k8s_model" }),
  );
});

test("refuses an unknown field with its path", () => {
  expect(() => written("core.v1.VolumeSource", "{emptyDir: {size: 1}}")).toThrow(
    expect.objectContaining({ code: "k8s_model", place: { path: "emptyDir.size" } }),
  );
});
