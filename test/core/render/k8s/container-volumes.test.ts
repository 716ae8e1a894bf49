import { describe, expect, test } from "vitest";
import { parseYaml } from "../../../../src/core/codec/yaml.js";
import type { DataMap } from "../../../../src/core/gotemplate/value.js";
import { convertVolume } from "../../../../src/core/render/k8s/container-volumes.js";
import type { ResourceState } from "../../../../src/core/score/project-state.js";
import { refusal } from "../../../helpers/refusal.js";
import { plain } from "./plain.js";

const UID = "disk.default#pier.dd";

const PLACEHOLDERS = new Map([
  ["SOURCE", UID],
  ["PASSWORD", "4711"],
]);

function convert(outputs: string, volume = {}) {
  const value = parseYaml(outputs).value;
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
    outputs: value instanceof Map ? value : (new Map() as DataMap),
  };
  return convertVolume(
    "/data",
    { source: "SOURCE", ...volume },
    {
      resources: new Map([[UID, resource]]),
      provisionerOf: (uid) => `the provisioner of ${uid}`,
      expandVolumeSource: (text) => PLACEHOLDERS.get(text) ?? text,
    },
  );
}

test("makes a volume of `source`, with canonical quantities", () => {
  const { mount, volume, claim } = convert("source: {emptyDir: {sizeLimit: 1024Ki}}", {
    path: "sub",
    readOnly: true,
  });
  expect(claim).toBeUndefined();
  expect(plain([mount, volume])).toEqual([
    { name: "vol-bd47413b5c", mountPath: "/data", subPath: "sub", readOnly: true },
    { name: "vol-bd47413b5c", emptyDir: { sizeLimit: "1Mi" } },
  ]);
});

test("makes a claim of `claimSpec`", () => {
  const { volume, claim } = convert("claimSpec: {storageClassName: quick}");
  expect(volume).toBeUndefined();
  expect(plain(claim)).toEqual({
    metadata: { name: "vol-bd47413b5c" },
    spec: { resources: {}, storageClassName: "quick" },
  });
});

test("takes no notice of a null `claimSpec`", () => {
  expect(convert("{source: {emptyDir: {}}, claimSpec: null}").claim).toBeUndefined();
});

describe("refuses", () => {
  test.each([
    { name: "no outputs", outputs: "{}" },
    { name: "both", outputs: "{source: {emptyDir: {}}, claimSpec: {}}" },
    { name: "an empty source", outputs: "source: {}" },
    { name: "a further output", outputs: "{source: {emptyDir: {}}, extra: 1}" },
    { name: "an unknown source", outputs: "source: {floppy: {}}" },
    { name: "a wrong type", outputs: "source: {emptyDir: {medium: 5}}" },
    { name: "keys that are numbers", outputs: "source: {1: a}" },
  ])("$name", ({ outputs }) => {
    const { code, message } = refusal(() => convert(outputs));
    expect(code).toBe("k8s_volume");
    expect(message).toContain(`the provisioner of ${UID}`);
  });

  test("a source without telling what its placeholders stand for", () => {
    const { message } = refusal(() => convert("{}", { source: "PASSWORD" }));
    expect(message).toContain("PASSWORD");
    expect(message).not.toContain("4711");
  });

  test("a source that is no resource", () => {
    expect(() => convert("source: {emptyDir: {}}", { source: "disk.default#other" })).toThrow(
      expect.objectContaining({ code: "k8s_volume" }),
    );
  });
});
