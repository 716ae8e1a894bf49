import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { parseYaml } from "../../../../src/core/codec/yaml.js";
import { checkManifest } from "../../../../src/core/render/k8s/manifest-check.js";
import { canonicalQuantity } from "../../../../src/core/render/k8s/quantities.js";
import { volumeOutputs } from "../../../../src/core/render/k8s/volume-outputs.js";
import { verdictOf } from "../../../fuzz/kubernetes/verdict.js";
import { plain } from "./plain.js";

interface Vector {
  readonly text: string;
  readonly value?: unknown;
  readonly error?: string;
  readonly unknown?: boolean;
}

function vectors(name: string): Vector[] {
  const url = new URL(`../../../vectors/k8s/model/${name}`, import.meta.url);
  return readFileSync(url, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Vector);
}

/** The vectors that Kubernetes and we see differently; `read` throws or gives the value. */
function different(name: string, read: (text: string) => unknown): unknown[] {
  return vectors(name).flatMap((vector) => {
    const ours = attempt(() => read(vector.text));
    const same =
      vector.error === undefined
        ? isDeepStrictEqual(ours.value, vector.value)
        : ours.error !== undefined;
    return same ? [] : [{ ...vector, ours }];
  });
}

function attempt(read: () => unknown): { value?: unknown; error?: unknown } {
  try {
    return { value: read() };
  } catch (error) {
    return { error };
  }
}

test("documents are read as Kubernetes does", () => {
  expect(different("documents.jsonl", (text) => checkManifest(parseYaml(text).value))).toEqual([]);
});

test("all kinds are read strictly as Kubernetes does, and written as Go does", () => {
  const verdicts = vectors("strict.jsonl").map((vector) => {
    const document = parseYaml(vector.text).value;
    return { ...vector, ...verdictOf("all", document, document, vector) };
  });
  expect(verdicts.filter(({ is }) => is === "different")).toEqual([]);
});

test("volume outputs are read and written as Go does", () => {
  const read = (text: string) => {
    const outputs = parseYaml(text).value;
    const { source, claimSpec } = volumeOutputs(outputs instanceof Map ? outputs : undefined);
    return plain(source ?? claimSpec);
  };
  expect(different("volumes.jsonl", read)).toEqual([]);
});

test("quantities are written as Kubernetes does", () => {
  expect(different("quantities.jsonl", canonicalQuantity)).toEqual([]);
});
