import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseYaml } from "../../../../src/core/codec/yaml.js";
import { formatYaml } from "../../../../src/core/codec/yaml-format.js";
import type { DataMap } from "../../../../src/core/gotemplate/value.js";
import { convertVolumes } from "../../../../src/core/render/compose/container-volumes.js";
import type { WorkloadScope } from "../../../../src/core/render/compose/convert.js";
import type { ContainerVolume } from "../../../../src/core/score/workload.js";

/** The mount of one volume at `/t`; `outputs` is YAML, those of the resource that is its source. */
function mount(volume: Partial<ContainerVolume>, outputs?: string): DataMap | undefined {
  const given = outputs === undefined ? undefined : (parseYaml(outputs).value as DataMap);
  const scope: WorkloadScope = {
    collect: (_path, step) => step(),
    workload: "w",
    mountsDirectory: "m",
    inVariable: (text) => text,
    inVolumeSource: (text) => text,
    inFile: (text) => text,
    resourceOutputs: () => given,
    sourceFile: () => undefined,
    bytes: (text) => new TextEncoder().encode(text),
  };
  const volumes = new Map([["/t", { source: "uid", ...volume }]]);
  return convertVolumes("c", { image: "i", volumes }, scope)[0];
}

interface Row {
  readonly text: string;
  readonly output?: string;
  readonly error?: boolean;
}

const rows = readFileSync("test/vectors/compose/volume-outputs.jsonl", "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);

describe("outputs of a resource that is mounted", () => {
  test("there are vectors", () => expect(rows.length).toBeGreaterThan(50));

  test.each(rows)("$text", ({ text, output, error }) => {
    if (error) {
      expect(() => mount({}, text)).toThrow(expect.objectContaining({ code: "convert_volume" }));
      return;
    }
    const written = (data: DataMap) => formatYaml(data, { sortKeys: false });
    const wanted = parseYaml(output ?? "").value as DataMap;
    expect(written(mount({}, text) ?? new Map())).toBe(written(wanted));
  });
});

test.each([
  {
    name: "a bind without source",
    outputs: "{type: bind}",
    want: "{type: bind, source: a, target: /t}",
  },
  {
    name: "a bind",
    outputs: "{type: bind, source: ./x/}",
    want: "{type: bind, source: x/a, target: /t}",
  },
  {
    name: "a volume without options",
    outputs: "{type: volume, source: x}",
    want: "{type: volume, source: x, target: /t, volume: {subpath: a}}",
  },
  {
    name: "a volume with options, in their order",
    outputs: "{type: volume, volume: {x-b: 1, subpath: s, nocopy: true}}",
    want: "{type: volume, target: /t, volume: {nocopy: true, subpath: s/a, x-b: 1}}",
  },
])("joins the path of the mount to $name", ({ outputs, want }) => {
  const written = (data: DataMap) => formatYaml(data, { sortKeys: false });
  const mounted = mount({ path: "./b/../a/" }, outputs) ?? new Map();
  expect(written(mounted)).toBe(written(parseYaml(want).value as DataMap));
});

test("leaves out a source that is empty", () => {
  expect(mount({ source: "" })).toEqual(parseYaml("{type: volume, target: /t}").value);
});
