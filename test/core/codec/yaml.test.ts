import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseYaml, parseYamlDocuments } from "../../../src/core/codec/yaml.js";
import { formatYaml } from "../../../src/core/codec/yaml-format.js";
import { Time } from "../../../src/core/gotemplate/time.js";
import { type Data, Int, TypedMap, type Value } from "../../../src/core/gotemplate/value.js";

interface Vector {
  readonly text: string;
  readonly error?: string;
  readonly value?: unknown;
  readonly yaml?: string;
}

const vectors = readFileSync(new URL("../../vectors/codec/yaml.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Vector);

/** The form in which the vectors tell values and their Go types. */
function typed(value: Value): unknown {
  if (typeof value === "bigint") return ["int", value.toString()];
  if (typeof value === "number") return ["float", value];
  if (value instanceof Int) return [value.kind, value.value.toString()];
  if (value instanceof Time) {
    const seconds = value.unixNanos / 1_000_000_000n;
    return ["time", String(seconds), Number(value.unixNanos % 1_000_000_000n), value.offsetSeconds];
  }
  if (Array.isArray(value)) return ["list", ...value.map(typed)];
  if (value instanceof Map) {
    const sorted = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
    return ["map", ...sorted.map(([key, item]) => [key, typed(item)])];
  }
  if (value instanceof TypedMap) {
    const pairs = [...(value.entries ?? [])].map(([key, item]) => [typed(key), typed(item)]);
    return ["anymap", ...pairs.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))];
  }
  return value;
}

/** Go writes floats its own way; by value they are comparable. */
function floats(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  if (value[0] !== "float" || value.length !== 2) return value.map(floats);
  const text = String(value[1]);
  return ["float", text.endsWith("Inf") ? Number(`${text.charAt(0)}Infinity`) : Number(text)];
}

describe("parseYaml reads what yaml.v3 reads", () => {
  test.each(vectors.filter((vector) => vector.error === undefined))("$text", ({ text, value }) => {
    expect(typed(parseYaml(text).value)).toEqual(floats(value));
  });

  test.each(vectors.filter((vector) => vector.error !== undefined && vector.error !== "EOF"))(
    "refuses $text",
    ({ text }) => {
      const code = expect.stringMatching(/^yaml_/);
      expect(() => parseYaml(text)).toThrow(expect.objectContaining({ code }));
    },
  );

  test.each(vectors.filter((vector) => vector.error === "EOF"))(
    "no document in $text",
    ({ text }) => {
      expect(parseYaml(text)).toMatchObject({ empty: true, value: null });
    },
  );
});

test("formatYaml writes what yaml.v3 writes, but for keys that would be merges", () => {
  const differ = vectors
    .filter(({ yaml }) => yaml !== undefined && !/(^|\W)(<<|=)(\W|$)/.test(yaml))
    .filter(({ text, yaml }) => formatYaml(parseYaml(text).value, { likeGo: true }) !== yaml)
    .map(({ text }) => text);
  expect(differ).toEqual([]);
});

describe("faults have codes and places", () => {
  test.each([
    { name: "tab as indentation", text: "a:\n\tb: 1\n", code: "yaml_syntax", line: 2, column: 1 },
    {
      name: "duplicate key",
      text: "a: 1\nb: 2\na: 3\n",
      code: "yaml_duplicate_key",
      line: 3,
      column: 1,
    },
    { name: "unknown anchor", text: "a:\n  b: *nope\n", code: "yaml_alias", line: 2, column: 6 },
    { name: "anchor inside itself", text: "a: &x [*x]\n", code: "yaml_alias", line: 1, column: 8 },
    { name: "merge of a number", text: "a:\n  <<: 1\n", code: "yaml_merge", line: 2, column: 7 },
    { name: "tag that does not fit", text: "a: !!int x\n", code: "yaml_tag", line: 1, column: 4 },
    { name: "map as a key", text: "{a: 1}: b\n", code: "yaml_key", line: 1, column: 1 },
    {
      name: "control character",
      text: "a: 1\nb: \u0001\n",
      code: "yaml_syntax",
      line: 2,
      column: 4,
    },
    { name: "unclosed list", text: "a: [b\n", code: "yaml_syntax", line: 2, column: 1 },
    {
      name: "behind a byte order mark",
      text: "\ufeffa: 1\na: 2\n",
      code: "yaml_duplicate_key",
      line: 2,
      column: 1,
    },
    { name: "on its line", text: "\ufeffa: *n\n", code: "yaml_alias", line: 1, column: 4 },
  ])("$name", ({ text, code, line, column }) => {
    const place = { file: "score.yaml", line, column };
    expect(() => parseYaml(text, { file: "score.yaml" })).toThrow(
      expect.objectContaining({ code, place }),
    );
  });
});

describe("limits", () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${"bcdefgh"
    .split("")
    .map((name, i) => `${name}: &${name} [${Array(10).fill(`*${"abcdefgh"[i]}`).join(", ")}]`)
    .join("\n")}\n`;
  const merges = `a: &a {${Array.from({ length: 200 }, (_, i) => `k${i}: 1`).join(", ")}}\n${Array.from({ length: 600 }, (_, i) => `m${i}: {<<: *a}`).join("\n")}\n`;

  test.each([
    { name: "alias bomb", text: bomb, code: "yaml_limit_aliases" },
    { name: "merges again and again", text: merges, code: "yaml_limit_aliases" },
    { name: "flow lists 10,000 deep", text: "[".repeat(10_000), code: "yaml_limit_depth" },
    { name: "block lists 10,000 deep", text: "- ".repeat(10_000), code: "yaml_limit_depth" },
    {
      name: "more bytes than allowed",
      text: `a: ${"é".repeat(3_000_000)}`,
      code: "yaml_limit_bytes",
    },
  ])("$name", ({ text, code }) => {
    expect(() => parseYaml(text)).toThrow(expect.objectContaining({ code }));
  });

  test("a merge of __proto__ is a key like any other", () => {
    const { value } = parseYaml("x: &x {__proto__: {polluted: true}}\ny: {<<: *x}\n");
    expect((value as Map<string, Data>).get("y")).toEqual(
      new Map([["__proto__", new Map([["polluted", true]])]]),
    );
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  test("long runs of openers and keys take linear time", () => {
    const start = performance.now();
    expect(() => parseYaml(`a: "${"x ".repeat(400_000)}`)).toThrow();
    parseYaml(
      `${"k: v\n".repeat(1)}${Array.from({ length: 50_000 }, (_, i) => `k${i}: v`).join("\n")}`,
    );
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe("places of values", () => {
  const text =
    "containers:\n  web:\n    image: a\n    args:\n      - x\n      - 007\nbase: &b {y: 010}\nuse: {<<: *b}\n";
  const document = parseYaml(text, { file: "f.yaml" });

  test.each([
    { path: ["containers", "web", "image"], line: 3, column: 5, at: "containers.web.image" },
    { path: ["containers", "web", "args", 1], line: 6, column: 9, at: "containers.web.args.1" },
    {
      path: ["containers", "web", "nothing", "below"],
      line: 2,
      column: 3,
      at: "containers.web.nothing.below",
    },
    { path: ["use", "y"], line: 7, column: 11, at: "use.y" },
    { path: ["a.b"], line: 1, column: 1, at: "a\\.b" },
  ])("$at", ({ path, line, column, at }) => {
    expect(document.locate(path)).toEqual({ file: "f.yaml", line, column, path: at });
  });

  test("the text of a scalar as it was written", () => {
    expect(document.scalarText(["containers", "web", "args", 1])).toBe("007");
    expect(document.scalarText(["use", "y"])).toBe("010");
    expect(document.scalarText(["containers"])).toBeUndefined();
  });
});

test("places in wide maps and behind many merges take no time", () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => `k${i}`);
  const own = keys.map((key) => `  ${key}: 1\n`).join("");
  const sources = Array(20_000).fill("*e").join(", ");
  const document = parseYaml(
    `e: &e {}\nx: &x {m: 2}\nmap:\n${own}  <<: [${sources}, *x, {m: 3}]\n`,
  );
  const start = performance.now();
  for (const key of keys) expect(document.scalarText(["map", key])).toBe("1");
  for (const key of keys) document.scalarText(["map", `${key}no`]);
  expect(document.scalarText(["map", "m"])).toBe("2");
  expect(performance.now() - start).toBeLessThan(3_000);
});

test("several documents", () => {
  const documents = parseYamlDocuments("---\na: 1\n---\n---\nb\n...\n--- [c]\n");
  expect(documents.map(({ value }) => value)).toEqual([new Map([["a", 1n]]), null, "b", ["c"]]);
});
