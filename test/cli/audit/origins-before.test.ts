import { expect, test } from "vitest";
import { originsBefore } from "../../../src/cli/audit/origins-before.js";

test.each([
  { name: "a log that was never recovered", origin: "backbar/5f0c", before: [] },
  { name: "the first recovery", origin: "backbar/5f0c/1", before: ["backbar/5f0c"] },
  {
    name: "the third",
    origin: "backbar/5f0c/3",
    before: ["backbar/5f0c/2", "backbar/5f0c/1", "backbar/5f0c"],
  },
  { name: "a name that ends in digits", origin: "backbar/8012345678901234", before: [] },
  { name: "a number that is none", origin: "backbar/5f0c/0", before: [] },
])("$name goes on from $before", ({ origin, before }) => {
  expect(originsBefore(origin)).toEqual(before);
});
