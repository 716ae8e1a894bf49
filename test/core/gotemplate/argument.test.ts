import { describe, expect, test } from "vitest";
import {
  ArgumentFault,
  convertConstant,
  convertNil,
  convertValue,
} from "../../../src/core/gotemplate/argument.js";
import type { NumberNode } from "../../../src/core/gotemplate/ast.js";
import { readConstant } from "../../../src/core/gotemplate/constant.js";
import {
  Complex,
  Int,
  NamedString,
  type ParamType,
  TypedList,
  TypedMap,
  type Value,
} from "../../../src/core/gotemplate/value.js";

const FAULT = "does not fit";

function outcome(value: unknown): unknown {
  return value instanceof ArgumentFault ? FAULT : value;
}

function number(text: string): NumberNode {
  const type = text[0] === "'" ? "char-constant" : /.[+-].*i$/.test(text) ? "complex" : "number";
  const node = readConstant(0, text, type);
  if (typeof node === "string") {
    throw new Error(node);
  }
  return node;
}

describe("values", () => {
  const nilList = new TypedList("[]interface {}", null);
  test.each<{ value: Value | undefined; param: ParamType; becomes: unknown }>([
    { value: "a", param: "string", becomes: "a" },
    { value: new NamedString("a.B", "a"), param: "string", becomes: FAULT },
    { value: 1n, param: "int", becomes: 1n },
    { value: new Int("int64", 1n), param: "int", becomes: FAULT },
    { value: new Int("int64", 1n), param: "int64", becomes: 1n },
    { value: 1n, param: "int64", becomes: FAULT },
    { value: 1, param: "int", becomes: FAULT },
    { value: undefined, param: "string", becomes: FAULT },
    { value: null, param: "string", becomes: FAULT },
    { value: undefined, param: "any", becomes: null },
    { value: null, param: "any", becomes: null },
    { value: undefined, param: "reflect.Value", becomes: undefined },
    { value: undefined, param: "[]any", becomes: nilList },
    { value: null, param: "[]any", becomes: FAULT },
    { value: nilList, param: "[]any", becomes: nilList },
    { value: new TypedList("[]string", []), param: "[]any", becomes: FAULT },
    {
      value: undefined,
      param: "map[string]any",
      becomes: new TypedMap("map[string]interface {}", null),
    },
    { value: new TypedMap("map[string]string", null), param: "map[string]any", becomes: FAULT },
    { value: undefined, param: "error", becomes: null },
    { value: undefined, param: "time.Time", becomes: FAULT },
  ])("$value for $param", ({ value, param, becomes }) => {
    expect(outcome(convertValue(value, param))).toEqual(becomes);
  });
});

describe("constants", () => {
  test.each<{ text: string; param: ParamType; becomes: unknown }>([
    { text: "2.0", param: "int", becomes: 2n },
    { text: "1.5", param: "int", becomes: FAULT },
    { text: "1e3", param: "int64", becomes: 1000n },
    { text: "3", param: "float64", becomes: 3 },
    { text: "3", param: "string", becomes: FAULT },
    { text: "2", param: "any", becomes: 2n },
    { text: "1.0", param: "any", becomes: 1 },
    { text: "1e3", param: "any", becomes: 1000 },
    { text: "0x1e", param: "any", becomes: 30n },
    { text: "0x1p4", param: "any", becomes: 16 },
    { text: "'a'", param: "any", becomes: 97n },
    { text: "'.'", param: "any", becomes: 46n },
    { text: "1i", param: "any", becomes: new Complex(0, 1) },
    { text: "1+2i", param: "any", becomes: new Complex(1, 2) },
    { text: "3+0i", param: "int", becomes: 3n },
    { text: "18446744073709551615", param: "any", becomes: FAULT },
    { text: "-0", param: "uint32", becomes: 0n },
    { text: "-1", param: "uint32", becomes: FAULT },
    { text: "5", param: "time.Duration", becomes: 5n },
    { text: "5", param: "[]any", becomes: FAULT },
  ])("$text for $param", ({ text, param, becomes }) => {
    expect(outcome(convertConstant(number(text), param))).toEqual(becomes);
  });

  test.each<{ param: ParamType; becomes: unknown }>([
    { param: "any", becomes: null },
    { param: "reflect.Value", becomes: undefined },
    { param: "[]string", becomes: new TypedList("[]string", null) },
    { param: "*time.Location", becomes: null },
    { param: "string", becomes: FAULT },
    { param: "time.Time", becomes: FAULT },
  ])("nil for $param", ({ param, becomes }) => {
    expect(outcome(convertNil(param))).toEqual(becomes);
  });
});
