/** Every row is tested where it says or says why not, and SECURITY.md shows the same rows. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ROWS, tableOfRows } from "./rows.js";

const SECURITY = "SECURITY.md";
const HEADING = "## Attacks, row by row";

const fileOf = (name: string) => `test/${name}.test.ts`;

test.each(ROWS.map((row, i) => ({ ...row, number: i + 1 })))(
  "row $number ($attack) is tested where it says, or says why not",
  ({ number, tests, reason }) => {
    expect(tests.length > 0 || reason !== undefined).toBe(true);
    for (const file of tests.map(fileOf)) {
      expect([file, existsSync(file)]).toEqual([file, true]);
      // Tests in a table have their number beside.
      const named = new RegExp(
        `attacks? ${number}\\b|attack \\$row.*row: ${number}\\b|row: ${number},`,
        "s",
      );
      expect([file, named.test(readFileSync(file, "utf8"))]).toEqual([file, true]);
    }
  },
);

test("there are forty rows, and SECURITY.md shows them as they are here", () => {
  expect(ROWS).toHaveLength(40);
  const text = readFileSync(SECURITY, "utf8");
  const section = text.slice(text.indexOf(HEADING));
  expect(section.split("\n").filter((line) => /^\| \d+ \|/.test(line))).toEqual(tableOfRows());
});
