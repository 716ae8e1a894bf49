import { expect, test } from "vitest";
import { copyData } from "../../../src/core/codec/copy-data.js";
import { parseYaml } from "../../../src/core/codec/yaml.js";

const read = () => parseYaml("{list: [{a: 1.0}], 5: {b: 2.0, 6: [3.0]}}").value;

test("copies lists and maps, those with other keys than text too", () => {
  const data = read();
  const copy = copyData(data);
  expect(copy).toEqual(data);
  const maps = (value: unknown): unknown[] =>
    typeof value !== "object" || value === null
      ? []
      : [
          value,
          ...(value instanceof Map ? [...value.values()] : Object.values(value)).flatMap(maps),
        ];
  const originals = new Set(maps(data));
  expect(maps(copy).filter((each) => originals.has(each))).toEqual([]);
});

test("changes values wherever they stand", () => {
  const copy = copyData(read(), (value) => (typeof value === "number" ? BigInt(value) : value));
  expect(copy).toEqual(parseYaml("{list: [{a: 1}], 5: {b: 2, 6: [3]}}").value);
});
