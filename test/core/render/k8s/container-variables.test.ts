import { expect, test } from "vitest";
import { environmentVariables } from "../../../../src/core/render/k8s/container-variables.js";
import { encodeSecretRef, secretRefVariable } from "../../../../src/core/render/k8s/secret-ref.js";
import { plain } from "./plain.js";

const ref = { name: "vault", key: "pass" };
const text = encodeSecretRef(ref.name, ref.key);
const helper = secretRefVariable(ref);

function variables(given: Record<string, string>): unknown {
  const list = environmentVariables(
    new Map(Object.entries(given)),
    (value) => value,
    (_, convert) => convert(),
  );
  return plain(list);
}

test("orders by the bytes of names", () => {
  expect(variables({ zlower: "l", _UNDER: "u", AAA: "a" })).toEqual([
    { name: "AAA", value: "a" },
    { name: "_UNDER", value: "u" },
    { name: "zlower", value: "l" },
  ]);
  // The bytes FF and 80, which are no UTF-8.
  expect(variables({ "\udcff": "b", "\udc80": "a" })).toEqual([
    { name: "\udc80", value: "a" },
    { name: "\udcff", value: "b" },
  ]);
});

test("takes a value that is one reference from its Secret", () => {
  expect(variables({ A: text })).toEqual([
    { name: "A", valueFrom: { secretKeyRef: { name: "vault", key: "pass" } } },
  ]);
});

test("names a Secret's value inside text, once and first", () => {
  expect(variables({ A: `<${text}|${text}>`, B: ` ${text}` })).toEqual([
    { name: helper, valueFrom: { secretKeyRef: { name: "vault", key: "pass" } } },
    { name: "A", value: `<$(${helper})|$(${helper})>` },
    { name: "B", value: ` $(${helper})` },
  ]);
});
