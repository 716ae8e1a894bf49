import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeSecretRefs,
  encodeSecretRef,
  findSecretRef,
  onlySecretRef,
  secretRefVariable,
} from "../../../../src/core/render/k8s/secret-ref.js";

const ref = encodeSecretRef("vault", "api_token");

describe("decodeSecretRefs", () => {
  test("takes a reference apart at its first underscore", () => {
    expect(decodeSecretRefs(`a${ref}b`)).toEqual({
      texts: ["a", "b"],
      refs: [{ name: "vault", key: "api_token" }],
    });
  });

  test("leaves an opening without a closing as text", () => {
    expect(decodeSecretRefs("a🔐💬b_c")).toEqual({ texts: ["a🔐💬b_c"], refs: [] });
  });

  test.each([
    { name: "no underscore", text: "🔐💬vault💬🔐" },
    { name: "a whole one and one left open", text: `${ref}🔐💬b_c` },
  ])("refuses $name", ({ text }) => {
    expect(() => decodeSecretRefs(text)).toThrow(
      expect.objectContaining({ code: "k8s_secret_ref_form" }),
    );
  });

  test("gives back what was encoded", () => {
    const name = fc.stringMatching(/^[a-z0-9-]{1,20}$/);
    fc.assert(
      fc.property(name, fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/), (secret, key) => {
        const decoded = decodeSecretRefs(encodeSecretRef(secret, key));
        expect(onlySecretRef(decoded)).toEqual({ name: secret, key });
      }),
    );
  });
});

describe("onlySecretRef", () => {
  test.each([
    ["text around it", `${ref}\n`],
    ["two", `${ref}${ref}`],
    ["none", "plain"],
  ])("is undefined with %s", (_, text) => {
    expect(onlySecretRef(decodeSecretRefs(text))).toBeUndefined();
  });
});

// Names that score-k8s 0.15.0 wrote for these Secrets.
test.each([
  ["vault-tern-54270b", "api_token", "__ref_1oE04HuxQFGbVDncOW7miA"],
  ["vault-tern-68a49a", "api_token", "__ref_UWi42dFubij0Y8GbdE4JhQ"],
  ["vault-tern-68a49a", "pass", "__ref_awVziGH62xX6JSIF5Cbbyg"],
])("the variable of %s %s is %s", (name, key, variable) => {
  expect(secretRefVariable({ name, key })).toBe(variable);
});

describe("findSecretRef", () => {
  const manifest = (value: string) => new Map([["spec", new Map([["args", ["plain", value]]])]]);

  test("gives the path of the first that is left", () => {
    expect(findSecretRef(manifest(`x ${ref}`))).toEqual(["spec", "args", 1]);
    expect(findSecretRef(ref)).toEqual([]);
  });

  test.each(["plain", "🔐💬open_only", "💬🔐 a 🔐💬"])("passes '%s'", (value) => {
    expect(findSecretRef(manifest(value))).toBeUndefined();
  });
});
