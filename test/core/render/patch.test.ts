import { describe, expect, test } from "vitest";
import { parseYaml } from "../../../src/core/codec/yaml.js";
import type { DataMap } from "../../../src/core/gotemplate/value.js";
import { TemplateEngine } from "../../../src/core/provision/engine.js";
import { Secrets } from "../../../src/core/provision/secrets.js";
import { applyPatches, compilePatches } from "../../../src/core/render/patch.js";
import { patchFunctions } from "../../../src/core/render/template-functions.js";
import { emptyState } from "../../../src/core/score/state.js";

import { STILL_HOST } from "../../helpers/hosts.js";
import { refusal } from "../../helpers/refusal.js";

const compose = (text: string) =>
  ({ target: "compose", document: parseYaml(text).value as DataMap }) as const;
const k8s = (text: string, strict = false) => {
  const manifests = parseYaml(text).value as DataMap[];
  return { target: "k8s", manifests, namespace: "ns", strict } as const;
};

function patched(
  documents: ReturnType<typeof compose> | ReturnType<typeof k8s>,
  ...texts: string[]
) {
  const state = emptyState(documents.target);
  const engine = new TemplateEngine(patchFunctions(state, STILL_HOST), STILL_HOST, new Secrets());
  const patches = texts.map((text, i) => ({ name: `${i}.tpl`, text }));
  return applyPatches(documents, compilePatches(patches, engine), state, engine);
}

const PROJECT = "name: p\nservices: {a: {image: x, cpus: 2.0}}\n";

describe("compose", () => {
  test.each([
    {
      name: "sets and deletes",
      tpl: "- {op: set, path: services.a.tty, value: true}\n- {op: delete, path: services.a.image}",
      want: "a: {cpus: 2.0, tty: true}",
    },
    {
      name: "reads whole floats as whole numbers",
      tpl: "- {op: set, path: services.a.user, value: '{{ kindOf .Compose.services.a.cpus }}'}",
      want: "a: {cpus: 2.0, image: x, user: int}",
    },
    {
      name: "takes dates as text",
      tpl: "- {op: set, path: services.a.user, value: 2024-01-02}",
      want: "a: {cpus: 2.0, image: x, user: '2024-01-02T00:00:00Z'}",
    },
    {
      name: "drops the sign of a zero",
      tpl: "- {op: set, path: services.a.cpu_count, value: -0.0}",
      want: "a: {cpus: 2.0, image: x}",
    },
    {
      name: "puts marks for bytes that are no text",
      tpl: "- {op: set, path: services.a.user, value: !!binary Yf8=}",
      want: 'a: {cpus: 2.0, image: x, user: "a\\uFFFD"}',
    },
    {
      name: "does nothing for a blank output",
      tpl: "{{ if false }}x{{ end }}\n",
      want: "a: {image: x, cpus: 2.0}",
    },
    { name: "does nothing for a blank text", tpl: " \n", want: "a: {image: x, cpus: 2.0}" },
    {
      name: "leaves null out of the operations",
      tpl: "- null\n- {op: set, path: services.a.tty, value: true}\n- ~",
      want: "a: {cpus: 2.0, image: x, tty: true}",
    },
  ])("$name", ({ tpl, want }) => {
    const result = patched(compose(PROJECT), tpl);
    expect(result.target === "compose" && result.document.get("services")).toEqual(
      parseYaml(want).value,
    );
  });

  test("each template sees what the one before has left", () => {
    const result = patched(
      compose(PROJECT),
      "- {op: set, path: name, value: first}",
      "- {op: set, path: name, value: '{{ .Compose.name }}-second'}",
    );
    expect(result.target === "compose" && result.document.get("name")).toBe("first-second");
  });

  test.each([
    { name: "a template that does not parse", tpl: "{{ if }}", code: "patch_template_parse" },
    {
      name: "an unknown function",
      tpl: "{{ nosuch }}",
      code: "patch_template_parse",
    },
    { name: "a template that fails", tpl: '{{ fail "no" }}', code: "patch_template_exec" },
    { name: "an unknown field of the data", tpl: "{{ .Manifests }}", code: "patch_template_exec" },
    { name: "output that is no YAML", tpl: "- {op: set", code: "patch_form" },
    { name: "only a comment", tpl: "# nothing", code: "patch_form" },
    { name: "a map", tpl: "op: set", code: "patch_form" },
    { name: "a list of texts", tpl: "- set", code: "patch_form" },
    { name: "an unknown key", tpl: "- {op: set, path: a, when: now}", code: "patch_form" },
    { name: "a list for a path", tpl: "- {op: set, path: [a]}", code: "patch_form" },
    { name: "an unknown operation", tpl: "- {op: Set, path: a}", code: "patch_operation" },
    { name: "an empty operation", tpl: "- {}", code: "patch_operation" },
    { name: "an empty path", tpl: "- {op: set, path: '', value: 1}", code: "patch_operation" },
    {
      name: "a value without JSON form",
      tpl: "- {op: set, path: name, value: .inf}",
      code: "patch_operation",
    },
    {
      name: "a result with an unknown key",
      tpl: "- {op: set, path: services.a.bogus, value: 1}",
      code: "patch_result",
    },
    {
      name: "a signed zero where numbers have no sign",
      tpl: "- {op: set, path: services.a.healthcheck, value: {retries: -0.0}}",
      code: "patch_result",
    },
    {
      name: "a result of another form",
      tpl: "- {op: set, path: services.a.ports, value: ['80:80']}",
      code: "patch_result",
    },
  ])("refuses $name", ({ tpl, code }) => {
    expect(() => patched(compose(PROJECT), tpl)).toThrow(
      expect.objectContaining({ code, place: expect.objectContaining({ file: "0.tpl" }) }),
    );
  });
});

describe("what a patch made wrong is named", () => {
  const set = (path: string, value: string) => `- {op: set, path: '${path}', value: ${value}}`;
  const BAD = "{bogus: 1}";
  test.each([
    {
      name: "by its path and operation",
      ops: [
        set("name", "q"),
        set("services.a.ports", "[{target: x}]"),
        set("services.a.tty", "true"),
      ],
      path: "services.a.ports.0.target",
      operation: "operation 2: set 'services.a.ports'",
    },
    {
      name: "by the last operation that wrote there",
      ops: [
        set("services.a", "{bogus: 1, image: y}"),
        set("services.a.bogus", "2"),
        set("services.a.tty", "true"),
      ],
      path: "services.a.bogus",
      operation: "operation 2: set 'services.a.bogus'",
    },
    {
      name: "by an operation that appends",
      ops: [set("services.a.ports", "[{target: 1}]"), set("services.a.ports.-1", BAD)],
      path: "services.a.ports.1.bogus",
      operation: "operation 2: set 'services.a.ports.-1'",
    },
    {
      name: "by an operation that makes what is above",
      ops: [set("services.b.bogus.deep.er", "1"), set("services.a.tty", "true")],
      path: "services.b.bogus",
      operation: "operation 1: set 'services.b.bogus.deep.er'",
    },
    {
      name: "where a later operation has moved it",
      ops: [
        set("services.a.ports", `[{target: 1}, ${BAD}]`),
        "- {op: delete, path: services.a.ports.0}",
      ],
      path: "services.a.ports.0.bogus",
      operation: "operation 2: delete 'services.a.ports.0'",
    },
    {
      name: "with dots in keys",
      ops: [set("services.x\\.y", BAD)],
      path: "services.x\\.y.bogus",
      operation: "operation 1: set 'services.x\\.y'",
    },
    {
      name: "as the whole document",
      ops: ["- {op: delete, path: name}", set("services", "[]")],
      path: "services",
      operation: "operation 2: set 'services'",
    },
  ])("$name", ({ ops, path, operation }) => {
    const error = refusal(() => patched(compose(PROJECT), ops.join("\n")));
    expect(error).toMatchObject({ code: "patch_result", place: { file: "0.tpl", path } });
    expect(error.message).toContain(path);
    expect(error.message).toContain(`(${operation})`);
  });

  test("among 10,000 operations in no time", () => {
    const ops = Array.from(
      { length: 10_000 },
      (_, i) => `- {op: set, path: services.s${i}, value: {image: x}}`,
    );
    ops.splice(7_003, 0, "- {op: set, path: services.s1.bogus, value: 1}");
    const start = performance.now();
    const error = refusal(() => patched(compose(PROJECT), ops.join("\n")));
    expect(performance.now() - start).toBeLessThan(6_000);
    expect(error.message).toContain("(operation 7004: set 'services.s1.bogus')");
  });

  test("unless it was wrong before, as short forms of score-compose's own are", () => {
    const document = "name: p\nservices: {a: {image: x, extra_hosts: [h=1.2.3.4]}}\n";
    const error = refusal(() => patched(compose(document), set("name", "q")));
    expect(error).toMatchObject({
      code: "patch_result",
      place: { path: "services.a.extra_hosts" },
    });
    expect(error.message).not.toContain("operation");
    expect(error.hint).toBeDefined();
  });

  test("with the recipe that the template is of", () => {
    const state = emptyState("compose");
    const engine = new TemplateEngine(patchFunctions(state, STILL_HOST), STILL_HOST, new Secrets());
    const recipe = { name: "acme/labels", version: "1.2.0", digest: "sha256:00" };
    const patch = { name: "labels.tpl", text: set("services.a.bogus", "1"), recipe };
    const error = refusal(() =>
      applyPatches(compose(PROJECT), compilePatches([patch], engine), state, engine),
    );
    expect(error.message).toContain("labels.tpl of acme/labels@1.2.0");
  });

  test.each([
    { name: "a path", op: set("", "1"), path: "" },
    { name: "a value", op: set("services.a.x", ".inf"), path: "services.a.x" },
  ])("in operations: $name", ({ op, path }) => {
    const error = refusal(() => patched(compose(PROJECT), `${set("name", "q")}\n${op}`));
    expect(error).toMatchObject({ code: "patch_operation", place: { path } });
    expect(error.message).toContain("operation 2: set");
  });
});

describe("k8s", () => {
  const MANIFESTS = "[{kind: A, spec: {n: 5, big: 1000000}}, {kind: B}]";

  test("numbers become floats once a patch has touched anything", () => {
    const result = patched(k8s(MANIFESTS), "- {op: set, path: 1.x, value: 7}");
    expect(result.target === "k8s" && result.manifests).toEqual([
      new Map<string, unknown>([
        ["kind", "A"],
        [
          "spec",
          new Map([
            ["n", 5],
            ["big", 1e6],
          ]),
        ],
      ]),
      new Map<string, unknown>([
        ["kind", "B"],
        ["x", 7],
      ]),
    ]);
  });

  test("paths written as numbers keep their text", () => {
    const result = patched(
      k8s(MANIFESTS),
      "- {op: delete, path: 0}\n- {op: set, path: 0.10, value: a}",
    );
    expect(result.target === "k8s" && result.manifests).toEqual([
      new Map<string, unknown>([
        ["kind", "B"],
        ["10", "a"],
      ]),
    ]);
  });

  test("wildcards find keys in their order in JSON, added ones last", () => {
    const operations = "- {op: set, path: 0.a, value: 1}\n- {op: set, path: '0.*', value: x}";
    const result = patched(k8s("[{spec: {}, kind: A}]"), operations);
    expect(result.target === "k8s" && result.manifests).toEqual([
      new Map<string, unknown>([
        ["kind", "x"],
        ["spec", new Map()],
        ["a", 1],
      ]),
    ]);
  });

  test("sees manifests and namespace", () => {
    const tpl = "- {op: set, path: 0.kind, value: '{{ len .Manifests }}-{{ .Namespace }}'}";
    const result = patched(k8s(MANIFESTS), tpl);
    expect(result.target === "k8s" && result.manifests[0]?.get("kind")).toBe("2-ns");
  });

  test.each([
    { name: "numbers as they are", tpl: "{{ kindOf (index .Manifests 0).spec.n }}", want: "int" },
    {
      name: "the type of the list",
      tpl: "{{ typeOf .Manifests }}",
      want: "[]map[string]interface {}",
    },
    {
      name: "floats after a patch",
      first: "- {op: set, path: 1.x, value: 7}",
      tpl: "{{ kindOf (index .Manifests 0).spec.n }}",
      want: "float64",
    },
    {
      name: "what another has set in them",
      first: '{{ $_ := set (index .Manifests 0).spec "n" "set" }}',
      tpl: "{{ (index .Manifests 0).spec.n }}",
      want: "set",
    },
  ])("a template sees $name", ({ first = "", tpl, want }) => {
    const result = patched(k8s(MANIFESTS), first, `- {op: set, path: 0.kind, value: '${tpl}'}`);
    expect(result.target === "k8s" && result.manifests[0]?.get("kind")).toBe(want);
  });

  test("what a template without operations sets in the manifests stays, and only there", () => {
    const given = k8s(MANIFESTS);
    const result = patched(given, '{{ $_ := set (index .Manifests 1) "kind" "C" }}');
    expect(result.target === "k8s" && result.manifests[1]?.get("kind")).toBe("C");
    expect(given.manifests[1]?.get("kind")).toBe("B");
  });

  const setSpec = (value: string) => `{{ $_ := set (index .Manifests 0) "spec" ${value} }}`;

  test.each([
    { name: "a list of texts", value: '(splitList "," "b,a" | sortAlpha)', want: ["a", "b"] },
    {
      name: "a map of texts",
      value: '(split "," "a,b")',
      want: new Map([
        ["_0", "a"],
        ["_1", "b"],
      ]),
    },
    {
      name: "a list inside",
      value: '(dict "a" (splitList "," "b"))',
      want: new Map([["a", ["b"]]]),
    },
  ])("what a template sets in place is data: $name", ({ value, want }) => {
    for (const operations of ["", "- {op: set, path: 1.x, value: y}"]) {
      const result = patched(k8s(MANIFESTS), `${setSpec(value)}${operations}`);
      expect(result.target === "k8s" && result.manifests[0]?.get("spec")).toEqual(want);
    }
  });

  test.each([
    { name: "a manifest in itself", tpl: setSpec("(index .Manifests 0)") },
    {
      name: "one value in too many places",
      tpl: `{{ $x := dict }}{{ range until 60 }}{{ $x = dict "a" $x "b" $x }}{{ end }}${setSpec("$x")}`,
    },
    { name: "what is no data", tpl: setSpec('(semver "1.2.3")') },
  ])("refuses $name, set in place", ({ tpl }) => {
    const error = refusal(() => patched(k8s(MANIFESTS), tpl));
    expect(error.code).toBe("patch_result");
    expect(error.place?.path).toMatch(/^0\.spec/);
  });

  test("refuses a manifest that is no map", () => {
    expect(() => patched(k8s(MANIFESTS), "- {op: set, path: 0, value: text}")).toThrow(
      expect.objectContaining({ code: "patch_result" }),
    );
  });
});
