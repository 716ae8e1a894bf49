/** Strict renders to Kubernetes: what is refused beyond score-k8s, and whom the refusal names. */
import { describe, expect, test } from "vitest";
import { parseProvisionersFile } from "../../../src/core/recipe/provisioners-file.js";
import type { PatchTemplate, RenderResult } from "../../../src/core/render/contract.js";
import { renderProject } from "../../../src/core/render/project.js";
import { emptyState } from "../../../src/core/score/state.js";
import { STILL_HOST } from "../../helpers/hosts.js";
import { refusal } from "../../helpers/refusal.js";

const RECIPE = { name: "acme/job", version: "1.2.0", digest: "sha256:00" };

const SCORE = {
  path: "app.yaml",
  text: `apiVersion: score.dev/v1b1
metadata: {name: app}
containers:
  main: {image: i}
resources:
  job: {type: job}
`,
};

/** `made` is what the resource's provisioner puts out, `patches` the patch templates' texts. */
function render(made: string, patches: readonly string[] = [], strict = true): RenderResult {
  const text = `- uri: template://acme/job\n  type: job\n  manifests: |\n${made.replace(/^/gm, "    ")}\n`;
  const options = { file: "k8s.provisioners.yaml", target: "k8s", recipe: RECIPE } as const;
  const patchTemplates = patches.map(
    (patch, i): PatchTemplate => ({ name: `${i}.k8s.tpl`, text: patch, recipe: RECIPE }),
  );
  return renderProject({
    target: "k8s",
    workloads: [SCORE],
    provisioners: parseProvisionersFile(text, options),
    patchTemplates,
    state: emptyState("k8s"),
    host: STILL_HOST,
    strict,
  });
}

const job = (spec: string) =>
  `- {apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: ${spec}}`;

describe("a recipe's manifest", () => {
  const wrong = [
    {
      name: "an unknown field",
      made: job("{template: {}, completion: 1}"),
      path: "spec.completion",
    },
    {
      name: "a wrong type",
      made: job("{template: {}, parallelism: two}"),
      path: "spec.parallelism",
    },
    {
      name: "a kind that its group does not have",
      made: "- {apiVersion: apps/v1, kind: Deploymnt, metadata: {name: j}}",
      path: "kind",
    },
    {
      name: "an item of a List",
      made: "- {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, spec: {a: 1}}]}",
      path: "items.0.spec.a",
    },
  ];

  test.each(wrong)("with $name is refused, with recipe and path", ({ made, path }) => {
    const error = refusal(() => render(made));
    expect(error.code).toBe("provision_output_form");
    expect(error.message).toContain("template://acme/job (acme/job@1.2.0)");
    expect(error.place).toMatchObject({
      file: "k8s.provisioners.yaml",
      line: 4,
      path: `manifests.0.${path}`,
    });
  });

  test.each(wrong)("with $name passes otherwise, as with score-k8s", ({ made }) => {
    expect(render(made, [], false).documents).toHaveLength(2);
  });

  test("with several faults has all of them told", () => {
    const made = `${job("{a: 1, b: 2}")}\n${job("{c: 3}")}`;
    const { problems } = refusal(() => render(made));
    expect(problems.map(({ place }) => place?.path)).toEqual([
      "manifests.0.spec.a",
      "manifests.0.spec.b",
      "manifests.1.spec.c",
    ]);
  });
});

describe("after a patch template", () => {
  const good = job("{template: {}}");
  const set = (path: string, value: string) => `- {op: set, path: ${path}, value: ${value}}`;

  test("numbers are as good as before", () => {
    const patch = `${set("1.spec.replicas", "1000000")}\n${set("0.spec.parallelism", "2")}`;
    expect(render(good, [patch]).documents).toHaveLength(2);
  });

  test.each([
    {
      name: "an unknown field",
      patch: `${set("1.spec.replicas", "2")}\n${set("1.spec.replica", "3")}`,
      path: "1.spec.replica",
      by: "operation 2: set '1.spec.replica'",
    },
    {
      name: "a wrong type",
      patch: set("0.spec", "{parallelism: 1.5}"),
      path: "0.spec.parallelism",
      by: "operation 1: set '0.spec'",
    },
    {
      name: "a manifest without a kind",
      patch: set("'-1'", "{apiVersion: v1}"),
      path: "2",
      by: "operation 1: set '-1'",
    },
  ])("$name is refused, with template, recipe, operation and path", ({ patch, path, by }) => {
    const error = refusal(() => render(good, ["", patch]));
    expect(error.code).toBe("patch_result");
    expect(error.message).toContain("patch template 1.k8s.tpl of acme/job@1.2.0: ");
    expect(error.message).toContain(by);
    expect(error.place).toMatchObject({ file: "1.k8s.tpl", path });
    expect(render(good, ["", patch], false).documents.length).toBeGreaterThan(1);
  });

  test.each([
    { name: "nothing else", operations: "" },
    { name: "operations", operations: set("0.metadata.name", "n") },
  ])("what it set in place is refused with it, besides $name", ({ operations }) => {
    const inPlace = '{{ $_ := set (index .Manifests 0) "bad" 1 }}';
    const error = refusal(() => render(good, ["", `${inPlace}${operations}`]));
    expect(error.code).toBe("patch_result");
    expect(error.message).toContain("patch template 1.k8s.tpl of acme/job@1.2.0: ");
    expect(error.message).not.toContain("operation");
    expect(error.place).toMatchObject({ file: "1.k8s.tpl", path: "0.bad" });
    expect(render(good, [inPlace], false).documents).toHaveLength(2);
  });

  test("the first template that leaves a fault is named", () => {
    const error = refusal(() => render(good, [set("0.bad", "1"), "- {op: delete, path: '0.bad'}"]));
    expect(error.place?.file).toBe("0.k8s.tpl");
  });
});

test("custom kinds pass with a note for each kind", () => {
  const route = (name: string) =>
    `- {apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: ${name}}, spec: {a: 1}}`;
  const made = `${route("r1")}\n${route("r2")}\n- {apiVersion: v1, kind: List, items: [{apiVersion: dapr.io/v1alpha1, kind: Component}]}`;
  const { notes, warnings } = render(made);
  expect(warnings).toEqual([]);
  expect(notes.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    "k8s_kind_custom: 2 manifests not checked: HTTPRoute of gateway.networking.k8s.io/v1 is a custom kind",
    "k8s_kind_custom: 1 manifest not checked: Component of dapr.io/v1alpha1 is a custom kind",
  ]);
  expect(render(made, [], false).notes).toEqual([]);
});
