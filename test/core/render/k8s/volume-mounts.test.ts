import { expect, test } from "vitest";
import { parseYaml } from "../../../../src/core/codec/yaml.js";
import type { DataMap } from "../../../../src/core/gotemplate/value.js";
import { joinMounts, type MountedVolume } from "../../../../src/core/render/k8s/volume-mounts.js";
import { plain } from "./plain.js";

function mounted(mountPath: string, name: string, volume?: string): MountedVolume {
  const map = (text: string) => parseYaml(text).value as DataMap;
  const mount = map(`{name: ${name}, mountPath: ${mountPath}}`);
  return volume === undefined ? { mount } : { mount, volume: map(`{name: ${name}, ${volume}}`) };
}

test("keeps other volumes first and orders the rest by mount path", () => {
  const { volumes, mounts } = joinMounts([
    mounted("/z", "z", "emptyDir: {}"),
    mounted("/claim", "claim"),
    mounted("/c", "c", "configMap: {name: c}"),
    mounted("/b", "b", "secret: {secretName: b}"),
  ]);
  expect(mounts.map((mount) => mount.get("name"))).toEqual(["z", "claim", "b", "c"]);
  expect(volumes.map((volume) => volume.get("name"))).toEqual(["z", "b", "c"]);
});

test("joins what is mounted into one directory", () => {
  const { volumes, mounts, lossy } = joinMounts([
    mounted("/x", "one", "configMap: {name: one, defaultMode: 5, items: [{key: a, path: b}]}"),
    mounted("/x", "two", "secret: {secretName: two}"),
    mounted("/a", "alone", "configMap: {name: alone}"),
    mounted("/y", "three", "configMap: {name: three}"),
    mounted("/y", "four", "configMap: {name: four}"),
  ]);
  expect(plain(mounts)).toEqual([
    { name: "alone", mountPath: "/a" },
    { name: "proj-vol-0", mountPath: "/x", readOnly: true },
    { name: "proj-vol-1", mountPath: "/y", readOnly: true },
  ]);
  expect(lossy).toEqual(["/x"]);
  expect(plain(volumes[1])).toEqual({
    name: "proj-vol-0",
    projected: {
      sources: [
        { configMap: { name: "one", items: [{ key: "a", path: "b" }] } },
        { secret: { name: "two" } },
      ],
    },
  });
});
