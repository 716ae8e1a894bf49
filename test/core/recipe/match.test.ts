import { describe, expect, test } from "vitest";
import { findProvisioner, matchProvisioner } from "../../../src/core/recipe/match.js";
import type { Provisioner } from "../../../src/core/recipe/provisioner.js";

function provisioner(
  uri: string,
  type: string,
  rest: { class?: string; id?: string } = {},
): Provisioner {
  return {
    uri: `template://${uri}`,
    type,
    ...rest,
    supportedParams: [],
    expectedOutputs: [],
    templates: new Map(),
    file: "p.yaml",
    line: 1,
  };
}

const special = provisioner("a/special", "redis", { class: "big" });
const named = provisioner("a/named", "redis", { id: "shared" });
const general = provisioner("a/general", "redis");
const second = provisioner("a/second", "redis");
const all = [special, named, general, second];

const resource = (type: string, itsClass = "default", id = "app.x") => ({
  type,
  class: itsClass,
  id,
});

describe("the first that agrees serves", () => {
  test.each([
    { name: "class", of: resource("redis", "big"), want: special },
    { name: "id", of: resource("redis", "default", "shared"), want: named },
    { name: "neither", of: resource("redis"), want: general },
  ])("by $name", ({ of, want }) => {
    expect(matchProvisioner(all, of).match).toBe(want);
    expect(findProvisioner(all, of)).toBe(want);
  });
});

test("every candidate is explained", () => {
  const { candidates } = matchProvisioner(
    [provisioner("a/other", "dns"), ...all],
    resource("redis"),
  );
  expect(candidates.map(({ reason }) => reason)).toEqual([
    "type",
    "class",
    "id",
    undefined,
    "shadowed",
  ]);
});

describe("without a match the nearest come first", () => {
  test.each([
    {
      name: "another class of the type",
      of: resource("redis", "tiny"),
      among: [special],
      want: [special],
    },
    {
      name: "another id before another class",
      of: resource("redis", "x"),
      among: [special, named],
      want: [named, special],
    },
    { name: "a type in other case", of: resource("Redis"), among: [general], want: [general] },
    { name: "a type with a slip", of: resource("rediss"), among: [general], want: [general] },
    {
      name: "a type that holds it",
      of: resource("state-redis"),
      among: [general],
      want: [general],
    },
    { name: "nothing alike", of: resource("kafka-topic"), among: [general], want: [] },
  ])("$name", ({ of, among, want }) => {
    const answer = matchProvisioner(among, of);
    expect(answer.match).toBeUndefined();
    expect(answer.nearest).toEqual(want);
  });

  test("five at most", () => {
    const many = Array.from({ length: 9 }, (_, i) =>
      provisioner(`a/n${i}`, "redis", { class: `c${i}` }),
    );
    expect(matchProvisioner(many, resource("redis")).nearest).toHaveLength(5);
  });
});
