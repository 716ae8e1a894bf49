import { describe, expect, test } from "vitest";
import { describeChanges } from "../../../src/cli/platform/changes-text.js";
import type { ResolvedEntry } from "../../../src/core/recipe/ranges.js";
import { compareReleases } from "../../../src/core/recipe/release-changes.js";
import type { ReleaseDocument } from "../../../src/core/recipe/release-document.js";

const plain = { style: (_: string, text: string) => text };

function releaseOf(...entries: readonly Partial<ResolvedEntry>[]): ReleaseDocument {
  return {
    entries: entries.map(({ recipe = "acme/a", version = "1.0.0", ...rest }) => ({
      ...{ recipe, version, range: "^1.0.0", patches: true },
      ...{ digest: `${recipe}@${version}`, ...rest },
    })),
  } as unknown as ReleaseDocument;
}

const [A, B, C] = ["acme/a", "acme/bb", "acme/c"].map((recipe) => ({ recipe }));

describe("changes of a release", () => {
  test.each([
    { name: "nothing", before: [A, B], after: [A, B], text: "2 entries stay as they are\n" },
    {
      name: "one in front, which moves no other",
      before: [A, B],
      after: [C, A, B],
      text: "+ acme/c  1.0.0\n2 entries stay as they are\n",
    },
    {
      name: "two that change places",
      before: [A, B],
      after: [B, A],
      text: "~ acme/bb  1.0.0 (from place 2 to 1)\n~ acme/a   1.0.0 (from place 1 to 2)\n",
    },
    {
      name: "one that goes and one that changes",
      before: [A, B],
      after: [{ ...B, version: "1.1.0", range: "^1.1.0", patches: false }],
      text: "~ acme/bb  1.0.0 -> 1.1.0 (range ^1.0.0 -> ^1.1.0, patches off)\n- acme/a   1.0.0\n",
    },
    {
      name: "a narrowed one that comes",
      before: [A],
      after: [A, { ...B, class: "fast", target: "k8s" as const }],
      text: "+ acme/bb  1.0.0 (class fast, target k8s)\n1 entry stays as it is\n",
    },
    { name: "an empty one", before: [], after: [], text: "no entries\n" },
  ])("tell of $name", ({ before, after, text }) => {
    const changes = compareReleases(
      releaseOf(...before.map((entry) => entry ?? {})),
      releaseOf(...after.map((entry) => entry ?? {})),
    );
    expect(describeChanges(plain, changes, { files: false })).toBe(text);
  });
});
