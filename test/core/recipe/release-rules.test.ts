import { expect, test } from "vitest";
import { DEFAULT_RULES } from "../../../src/core/recipe/environment.js";
import type { Provisioner } from "../../../src/core/recipe/provisioner.js";
import type { ReleaseDocument } from "../../../src/core/recipe/release-document.js";
import { findRuleBreaches, hasImageDigest } from "../../../src/core/recipe/release-rules.js";

const SHA = `sha256:${"a".repeat(64)}`;
const entry = (recipe: string, target?: string) => ({
  recipe,
  range: "*",
  patches: true,
  version: "1.0.0",
  digest: recipe,
  ...(target === undefined ? {} : { target }),
});
const document = {
  entries: [entry("a/plain"), entry("a/cmd"), entry("a/images", "k8s")],
  targets: {
    compose: { origins: [0, 1], patches: [] },
    k8s: { origins: [2], patches: [] },
  },
} as unknown as ReleaseDocument;
const by = (uri: string) => ({ uri }) as Provisioner;
const provisioners = {
  compose: [by("template://a/plain"), by("cmd://bash#run")],
  k8s: [by("template://a/images")],
};
const images = new Map([
  ["a/images", { compose: ["redis:7"], k8s: [`redis@${SHA}`, "redis:7", `redis:7@${SHA}`] }],
]);

test.each([
  { name: "commands by default", rules: {}, found: [["rule_commands", "entries.1"]] },
  { name: "nothing where commands are allowed", rules: { commands: true }, found: [] },
  {
    name: "images without a digest, in the targets that the entry serves",
    rules: { commands: true, imagesByDigest: true },
    found: [["rule_image_digest", "entries.2"]],
  },
])("refuses $name", ({ rules, found }) => {
  const breaches = findRuleBreaches(document, provisioners, {
    rules: { ...DEFAULT_RULES, ...rules },
    images,
  });
  expect(breaches.map(({ code, place }) => [code, place?.path])).toEqual(found);
});

test.each([
  ["redis:7", false],
  [`redis@${SHA}`, true],
  [`localhost:5000/a/redis:7@${SHA}`, true],
  [`redis@${SHA}0`, false],
  ["redis@sha256:abc", false],
  [SHA, false],
])("%s names its content: %s", (image, is) => {
  expect(hasImageDigest(image)).toBe(is);
});
