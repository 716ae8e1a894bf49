import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseYaml } from "../../../../src/core/codec/yaml.js";
import { formatYaml } from "../../../../src/core/codec/yaml-format.js";
import type { Data } from "../../../../src/core/gotemplate/value.js";
import { type Form, FormError } from "../../../../src/core/render/compose/form.js";
import {
  build,
  models,
  networks,
  project,
  services,
  volumes,
} from "../../../../src/core/render/compose/model.js";

interface Row {
  readonly mode: "services" | "networks" | "volumes" | "models" | "build" | "project";
  readonly text: string;
  readonly output?: string;
  readonly error?: boolean;
}

const DECODED: Readonly<Record<Exclude<Row["mode"], "project">, Form>> = {
  services,
  networks,
  volumes,
  models,
  build,
};

function read(row: Row) {
  const value = parseYaml(row.text).value;
  if (row.mode === "project") return project.check(value, "compose");
  const form = DECODED[row.mode];
  return value === null ? form.zero : form.decode(value, row.mode);
}

/** The text tells all but whether a whole number is a float, which YAML does not tell either. */
function written(data: Data): string {
  return formatYaml(data, { sortKeys: false });
}

const rows = readFileSync("test/vectors/compose/model.jsonl", "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);

describe("the Compose model reads as compose-go does", () => {
  for (const mode of ["services", "networks", "volumes", "models", "build", "project"] as const) {
    const ofMode = rows.filter((row) => row.mode === mode);
    test(`${mode}: ${ofMode.length} vectors`, () => {
      expect(ofMode.length).toBeGreaterThan(10);
      for (const row of ofMode) {
        if (row.error) {
          expect(() => read(row), row.text).toThrow(FormError);
          continue;
        }
        expect(written(read(row)), row.text).toBe(written(parseYaml(row.output ?? "").value));
      }
    });
  }
});

test.each([
  { name: "a key of the document in other case", text: "a: {IMAGE: x}", want: "a: {image: x}" },
  {
    name: "an exact key before one in other case",
    text: "a: {Image: y, image: x}",
    want: "a: {image: x}",
  },
  {
    name: "keys in the order of the model",
    text: "a: {image: x, command: []}",
    want: "a: {command: [], image: x}",
  },
])("decodes $name", ({ text, want }) => {
  const decoded = services.decode(parseYaml(text).value, "services");
  expect(decoded).toEqual(parseYaml(want).value);
  const service = (decoded as Map<string, Map<string, unknown>>).get("a");
  const wanted = (parseYaml(want).value as Map<string, Map<string, unknown>>).get("a");
  expect([...(service?.keys() ?? [])]).toEqual([...(wanted?.keys() ?? [])]);
});

test("what is decoded passes the check of patched documents, but for the known exceptions", () => {
  const text =
    "s: {image: a, ports: [{target: 1, published: 2}], mem_limit: 1g, stop_grace_period: 90s}";
  const decoded = services.decode(parseYaml(text).value, "services");
  const checked = project.check(new Map([["services", decoded]]), "compose");
  expect((checked as Map<string, unknown>).get("services")).toEqual(decoded);
});

test.each([
  ["{a: null}", []],
  ["{a: []}", []],
  ["{a: [1.2.3.4]}", ["a=1.2.3.4"]],
  ["{}", undefined],
])("extra_hosts %s after a patch", (hosts, want) => {
  const text = `{name: p, services: {s: {command: null, entrypoint: null, extra_hosts: ${hosts}}}}`;
  const document = project.check(parseYaml(text).value, "compose") as Map<string, Data>;
  const service = (document.get("services") as Map<string, Map<string, Data>>).get("s");
  expect(service?.get("extra_hosts")).toEqual(want);
});
