import { describe, expect, test } from "vitest";
import { parseYaml } from "../../../src/core/codec/yaml.js";
import type { DataMap } from "../../../src/core/gotemplate/value.js";
import {
  outputLookup,
  placeholdersIn,
  scopeResolver,
  splitReference,
  substitute,
  substituteData,
} from "../../../src/core/score/placeholders.js";

const yaml = (text: string) => parseYaml(text).value as DataMap;
const resolve = scopeResolver({
  metadata: yaml("{name: app, annotations: {a.b/c: ann}, n: 1, when: 2024-01-02, nul: null}"),
  resources: new Map([
    [
      "db",
      outputLookup(
        yaml(
          '{host: h, one: 1.0, big: 1e21, small: 1e-7, html: {b: "<&>", a: "\\u2028"}, nothing: null, list: [1], inf: .inf, deep: {dotted.key: d}, odd: {1: x}}',
        ),
      ),
    ],
    ["empty", outputLookup(undefined)],
  ]),
});

describe("substitute", () => {
  test.each([
    { text: "", result: "" },
    { text: "$ $5 $X ${unclosed", result: "$ $5 $X ${unclosed" },
    { text: "a ${metadata.name} b", result: "a app b" },
    { text: "$${metadata.name}", result: "${metadata.name}" },
    { text: "$$$${metadata.name}", result: "$${metadata.name}" },
    { text: "$$${metadata.name}", result: "$app" },
    { text: "$$", result: "$" },
    { text: "${metadata.annotations.a\\.b/c}", result: "ann" },
    { text: "${metadata.n}", result: "1" },
    { text: "${metadata.when}", result: '"2024-01-02T00:00:00Z"' },
    {
      text: "${resources.db.one} ${resources.db.big} ${resources.db.small}",
      result: "1 1e+21 1e-7",
    },
    { text: "${resources.db.html}", result: '{"a":"\\u2028","b":"\\u003c\\u0026\\u003e"}' },
    { text: "${resources.db.nothing}", result: "null" },
    { text: "${resources.db.deep.dotted\\.key}", result: "d" },
  ])("$text", ({ text, result }) => {
    expect(substitute(text, resolve)).toBe(result);
  });

  test("escapes stay where Compose takes them away later", () => {
    const text = "$$ $${a} ${metadata.name} $$$$";
    expect(substitute(text, resolve, "keep")).toBe("$$ $${a} app $$$$");
  });

  test.each([
    { reference: "", code: "score_placeholder_root" },
    { reference: "env.X", code: "score_placeholder_root" },
    { reference: " metadata.name", code: "score_placeholder_root" },
    { reference: "metadata", code: "score_placeholder_incomplete" },
    { reference: "metadata.nope", code: "score_placeholder_key" },
    { reference: "metadata.name.x", code: "score_placeholder_not_a_map" },
    { reference: "resources", code: "score_placeholder_incomplete" },
    { reference: "resources.nope.x", code: "score_placeholder_no_resource" },
    { reference: "resources.db", code: "score_placeholder_incomplete" },
    { reference: "resources.db.nope", code: "score_placeholder_key" },
    { reference: "resources.db.nothing.x", code: "score_placeholder_key" },
    { reference: "resources.db.list.0", code: "score_placeholder_not_a_map" },
    { reference: "resources.db.inf", code: "score_placeholder_value" },
    { reference: "resources.empty.x", code: "score_placeholder_key" },
  ])("refuses '$reference'", ({ reference, code }) => {
    expect(() => substitute(`\${${reference}}`, resolve)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test("tells all failures of one text", () => {
    expect(() => substitute("${a.b} ${metadata.name} ${metadata.x}", resolve)).toThrow(
      expect.objectContaining({
        code: "score_placeholder_root",
        problems: [
          expect.objectContaining({ code: "score_placeholder_root" }),
          expect.objectContaining({ code: "score_placeholder_key" }),
        ],
      }),
    );
  });

  test("takes linear time", () => {
    const start = performance.now();
    expect(substitute("${".repeat(300_000), resolve)).toHaveLength(600_000);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

test("substituteData goes into lists and maps, not into keys", () => {
  const data = yaml('{"${metadata.name}": ["${metadata.name}", 1, {a: "${resources.db.host}"}]}');
  expect(substituteData(data, resolve)).toEqual(yaml('{"${metadata.name}": [app, 1, {a: h}]}'));
  const code = "score_placeholder_key";
  const message = expect.stringMatching(/^a: 1: /);
  expect(() => substituteData(yaml('{a: [x, "${metadata.x}"]}'), resolve)).toThrow(
    expect.objectContaining({ code, message }),
  );
});

test("references", () => {
  expect(placeholdersIn("${a} $${b} $$ ${c.d} ${")).toEqual(["a", "c.d"]);
  expect(splitReference("a\\.b.c..d")).toEqual(["a.b", "c", "", "d"]);
});
