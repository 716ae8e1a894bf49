import { expect, test } from "vitest";
import type { ResolvedEntry } from "../../../src/core/recipe/ranges.js";
import { compareReleases } from "../../../src/core/recipe/release-changes.js";
import type { ReleaseDocument } from "../../../src/core/recipe/release-document.js";

const entry = (recipe: string, version: string, more: object = {}): ResolvedEntry => ({
  recipe,
  range: "*",
  patches: true,
  version,
  digest: `${recipe}-${version}`,
  ...more,
});
const release = (...entries: ResolvedEntry[]) => ({ entries }) as unknown as ReleaseDocument;

test.each([
  {
    name: "everything is new in a first release",
    before: undefined,
    after: release(entry("a/dns", "1.0.0")),
    changes: [["added", "a/dns", undefined, 0]],
  },
  {
    name: "another version, and what stays",
    before: release(entry("a/dns", "1.0.0"), entry("a/route", "1.0.0")),
    after: release(entry("a/dns", "1.1.0"), entry("a/route", "1.0.0")),
    changes: [
      ["changed", "a/dns", 0, 0],
      ["unchanged", "a/route", 1, 1],
    ],
  },
  {
    name: "another place, since the first match wins",
    before: release(entry("a/dns", "1.0.0"), entry("a/route", "1.0.0")),
    after: release(entry("a/route", "1.0.0"), entry("a/dns", "1.0.0")),
    changes: [
      ["changed", "a/route", 1, 0],
      ["changed", "a/dns", 0, 1],
    ],
  },
  {
    name: "patch templates that no longer apply",
    before: release(entry("a/dns", "1.0.0")),
    after: release(entry("a/dns", "1.0.0", { patches: false })),
    changes: [["changed", "a/dns", 0, 0]],
  },
  {
    name: "what goes, after what is there; another narrowing is another entry",
    before: release(entry("a/dns", "1.0.0", { class: "x" }), entry("a/route", "1.0.0")),
    after: release(entry("a/dns", "1.0.0")),
    changes: [
      ["added", "a/dns", undefined, 0],
      ["removed", "a/dns", 0, undefined],
      ["removed", "a/route", 1, undefined],
    ],
  },
])("shows $name", ({ before, after, changes }) => {
  expect(
    compareReleases(before, after).map((one) => [
      one.change,
      one.recipe,
      one.before?.place,
      one.after?.place,
    ]),
  ).toEqual(changes);
});
