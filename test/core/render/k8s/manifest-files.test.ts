import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatYamlDocuments } from "../../../../src/core/codec/yaml-format.js";
import type { Data } from "../../../../src/core/gotemplate/value.js";
import {
  isMarked,
  manifestFiles,
  markedText,
} from "../../../../src/core/render/k8s/manifest-files.js";

interface Given {
  readonly apiVersion?: Data;
  readonly kind?: Data;
  readonly name?: Data;
  readonly namespace?: Data;
}

function manifest({ apiVersion, kind, ...metadata }: Given): Data {
  const defined = (entries: Record<string, Data | undefined>): Data =>
    new Map(
      Object.entries(entries).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, value]],
      ),
    );
  return defined({ apiVersion, kind, metadata: defined({ ...metadata }) });
}

const names = (...given: readonly Given[]) =>
  manifestFiles(given.map(manifest)).map(({ path }) => path);
const LONG = "x".repeat(253);

describe("a manifest's file", () => {
  test.each<{ name: string; given: Given[]; files: string[] }>([
    {
      name: "kind and name",
      given: [{ kind: "StatefulSet", name: "redis" }],
      files: ["statefulset-redis.yaml"],
    },
    {
      name: "nothing else, where it is alone",
      given: [{ apiVersion: "apps/v1", kind: "Deployment", name: "web", namespace: "shop" }],
      files: ["deployment-web.yaml"],
    },
    {
      name: "a front place for what others need first",
      given: [
        { kind: "Namespace", name: "shop" },
        { kind: "CustomResourceDefinition", name: "components.dapr.io" },
      ],
      files: ["0-namespace-shop.yaml", "0-customresourcedefinition-components.dapr.io.yaml"],
    },
    {
      name: "no letters that a file system may refuse",
      given: [
        { kind: "ClusterRole", name: "system:Node Reader" },
        { kind: "Role", name: "naïve" },
      ],
      files: ["clusterrole-system-node-reader.yaml", "role-na-ve.yaml"],
    },
    {
      name: "no way out of the folder",
      given: [
        { kind: "../..", name: "/etc/passwd" },
        { kind: "ConfigMap", name: "../x" },
        { kind: "ConfigMap", name: "..\\y\0" },
        { kind: ".Hidden", name: "-rf" },
      ],
      files: ["manifest-etc-passwd.yaml", "configmap-x.yaml", "configmap-y.yaml", "hidden-rf.yaml"],
    },
    {
      name: "no device of Windows",
      given: [{ kind: "con" }, { kind: "Con.x", name: "a.b" }],
      files: ["con-unnamed.yaml", "con-x-a.b.yaml"],
    },
    {
      name: "a word for what is missing or no text",
      given: [
        {},
        { kind: "List" },
        { name: "a" },
        { kind: 5n, name: true },
        { kind: "日本", name: "::" },
      ],
      files: [
        "manifest-unnamed.yaml",
        "list-unnamed.yaml",
        "manifest-a.yaml",
        "manifest-unnamed_2.yaml",
        "manifest-unnamed_3.yaml",
      ],
    },
    {
      name: "no front place that it has no right to",
      given: [
        { kind: "0", name: "a" },
        { kind: "-0", name: "b" },
      ],
      files: ["manifest-0-a.yaml", "manifest-0-b.yaml"],
    },
    {
      name: "its namespace, where another has its name",
      given: [
        { kind: "Secret", name: "a", namespace: "one" },
        { kind: "Secret", name: "a", namespace: "two" },
        { kind: "Secret", name: "a" },
        { kind: "Secret", name: "a", namespace: "Two" },
      ],
      files: ["secret-a.yaml", "secret-a-two.yaml", "secret-a_2.yaml", "secret-a-two_2.yaml"],
    },
    {
      name: "its group, where another has its name",
      given: [
        { apiVersion: "v1", kind: "Service", name: "a", namespace: "shop" },
        { apiVersion: "serving.knative.dev/v1", kind: "Service", name: "a", namespace: "shop" },
        { apiVersion: "serving.knative.dev/v1", kind: "Service", name: "a", namespace: "other" },
      ],
      files: [
        "service-a.yaml",
        "service-a-serving.knative.dev.yaml",
        "service-a-other-serving.knative.dev.yaml",
      ],
    },
    {
      name: "a number, where letters fold together",
      given: [
        { kind: "Role", name: "a:b" },
        { kind: "Role", name: "a-b" },
        { kind: "role", name: "A b" },
      ],
      files: ["role-a-b.yaml", "role-a-b_2.yaml", "role-a-b_3.yaml"],
    },
    {
      name: "a number that no name has",
      given: [
        { kind: "Role", name: "a-2" },
        { kind: "Role", name: "a" },
        { kind: "Role", name: "a" },
      ],
      files: ["role-a-2.yaml", "role-a.yaml", "role-a_2.yaml"],
    },
  ])("has $name", ({ given, files }) => {
    expect(names(...given)).toEqual(files);
  });

  test("has a digest for what is too long, of all of it", () => {
    const [one = "", other = ""] = names(
      { kind: "Role", name: `${LONG}a` },
      { kind: "Role", name: `${LONG}b` },
    );
    expect(one).toMatch(/^role-x{184}-[0-9a-f]{10}\.yaml$/);
    expect(other).not.toBe(one);
    expect(names({ kind: "Role", name: `${LONG}b` })).toEqual([other]);
  });

  test("is made for text of any length in no time", () => {
    const hostile = "a-".repeat(2_000_000);
    expect(names({ kind: hostile, name: hostile, namespace: hostile })).toHaveLength(1);
    const same = Array.from({ length: 20_000 }, () => ({ kind: "Role", name: "a" }));
    expect(new Set(names(...same)).size).toBe(same.length);
  });

  test("is there for a document that is no map", () => {
    expect(manifestFiles([[], 5n]).map(({ path }) => path)).toEqual([
      "manifest-unnamed.yaml",
      "manifest-unnamed_2.yaml",
    ]);
  });
});

describe("the mark", () => {
  const [file = { path: "", text: "" }] = manifestFiles([manifest({ kind: "Role", name: "a" })]);

  test("tells a file that was written from any other, also of a copy under another name", () => {
    const text = markedText(file);
    expect(text.endsWith(`\n${file.text}`)).toBe(true);
    expect(isMarked("role-a.yaml", text)).toBe(true);
    expect(isMarked("role-a.yaml", text.replaceAll("\n", "\r\n"))).toBe(true);
    expect(isMarked("role-mine.yaml", text)).toBe(false);
    expect(isMarked("role-a.yaml", file.text)).toBe(false);
    expect(isMarked("role-a.yaml", `\n${text}`)).toBe(false);
  });
});

/** Few of each, so that many are called alike; some that hurt. */
const word = (...words: string[]) =>
  fc.oneof(fc.constantFrom(...words), fc.string({ unit: "grapheme" }), fc.constant(undefined));
const given: fc.Arbitrary<Given> = fc.record({
  apiVersion: word("v1", "apps/v1", "a/b/c", "/"),
  kind: word("Role", "role", "Namespace", "CustomResourceDefinition", "-", "0", "con"),
  name: word("a", "A", "a:b", "a-b", "a-2", "a-one", "../x", LONG, `${LONG}y`, "."),
  namespace: word("one", "two", "ONE"),
});
const list = fc.array(given, { maxLength: 12 });

describe("the files of any manifests", () => {
  test("are complete: together they are the one document", () => {
    fc.assert(
      fc.property(list, (all) => {
        const documents = all.map(manifest);
        const files = manifestFiles(documents);
        expect(files.map(({ text }) => `---\n${text}`).join("")).toBe(
          formatYamlDocuments(documents, { likeGo: true }),
        );
      }),
    );
  });

  test("have safe names, no two alike", () => {
    fc.assert(
      fc.property(list, (all) => {
        const found = names(...all);
        expect(new Set(found.map((name) => name.toLowerCase())).size).toBe(all.length);
        for (const name of found) {
          expect(name).toMatch(/^(0-)?[a-z][a-z0-9-]*-[a-z0-9.-]*(_+[0-9]+)?\.yaml$/);
          expect(name.length).toBeLessThan(230);
        }
      }),
    );
  });

  test("begin with those that others need", () => {
    fc.assert(
      fc.property(list, (all) => {
        const found = names(...all);
        const isFirst = ({ kind }: Given) =>
          kind === "Namespace" || kind === "CustomResourceDefinition";
        const first = found.filter((_, i) => isFirst(all[i] ?? {}));
        const sorted = [...found].sort();
        expect(sorted.slice(0, first.length)).toEqual([...first].sort());
      }),
    );
  });

  test("of one object that is there a hundred times come in order", () => {
    const found = names(...Array.from({ length: 101 }, () => ({ kind: "Role", name: "a" })));
    expect([...found].sort()).toEqual(found);
  });

  test("of one object that is there several times come in order", () => {
    fc.assert(
      fc.property(fc.array(given, { maxLength: 4 }), given, (all, twice) => {
        const found = names(...all, twice, ...all, twice);
        expect((found[all.length] ?? "") < (found.at(-1) ?? "")).toBe(true);
      }),
    );
  });

  test("keep their names where another is appended, or one of another name comes between", () => {
    fc.assert(
      fc.property(list, given, fc.nat(), (all, added, place) => {
        const before = names(...all);
        expect(names(...all, added).slice(0, all.length)).toEqual(before);
        const [plain = ""] = names(added);
        fc.pre(!before.includes(plain));
        const at = place % (all.length + 1);
        const after = names(...all.slice(0, at), added, ...all.slice(at));
        expect(after.toSpliced(at, 1)).toEqual(before);
        expect(after[at]).toBe(plain);
      }),
    );
  });
});
