import { expect, test } from "vitest";
import { FunctionError } from "../../../../src/core/gotemplate/error.js";
import { Time } from "../../../../src/core/gotemplate/time.js";
import {
  Complex,
  Int,
  NamedString,
  Struct,
  TypedList,
  TypedMap,
  type Value,
} from "../../../../src/core/gotemplate/value.js";
import { call } from "./call.js";

test.each<{ value: Value; empty: boolean }>([
  { value: null, empty: true },
  { value: "", empty: true },
  { value: "0", empty: false },
  { value: 0n, empty: true },
  { value: -0, empty: true },
  { value: Number.NaN, empty: false },
  { value: false, empty: true },
  { value: [], empty: true },
  { value: [null], empty: false },
  { value: new Map(), empty: true },
  { value: new TypedList("[]string", null), empty: true },
  { value: new TypedMap("map[string]string", new Map()), empty: true },
  { value: new Int("int64", 0n), empty: true },
  { value: new Complex(0, 0), empty: true },
  { value: new NamedString("types.P", ""), empty: true },
  { value: new Struct("x.Y", new Map()), empty: false },
  { value: new Time(0n), empty: false },
])("empty of $value is $empty", ({ value, empty }) => {
  expect(call("empty", [value])).toBe(empty);
  expect(call("default", ["d", value])).toBe(empty ? "d" : value);
  expect(call("coalesce", [value, "d"])).toBe(empty ? "d" : value);
  expect(call("any", [value])).toBe(!empty);
  expect(call("all", [value])).toBe(!empty);
});

test("default looks at the first given value only", () => {
  expect(call("default", ["d"])).toBe("d");
  expect(call("default", ["d", "", "b"])).toBe("d");
});

test.each([
  { text: "$HOME/x", result: "/home/score/x" },
  { text: "\x24{HOME}x$NONE.", result: "/home/scorex." },
  { text: "a\x24{}b", result: "ab" },
  { text: "a\x24{b", result: "ab" },
  { text: "100% $", result: "100% $" },
  { text: "$$x $9a $?", result: "x a " },
  { text: "$é", result: "$é" },
  { text: "\x24{*}\x24{ab-c}", result: "" },
])("expandenv of $text", ({ text, result }) => {
  expect(call("expandenv", [text])).toBe(result);
});

test("expandenv is linear for braces that never close", () => {
  expect(call("expandenv", ["\x24{".repeat(300_000)])).toBe("");
});

test.each([
  { name: "127.0.0.1", address: "127.0.0.1" },
  { name: "::1", address: "::1" },
  { name: "db.local", address: "10.0.0.7" },
])("getHostByName of $name", ({ name, address }) => {
  expect(call("getHostByName", [name])).toBe(address);
});

test("fails for a name the host does not know, and for fail", () => {
  expect(() => call("getHostByName", ["nowhere"])).toThrow(FunctionError);
  expect(() => call("fail", ["stop"])).toThrow(new FunctionError("stop"));
});

test.each([
  { name: "clean", path: "a/../../b/./c//", result: "../b/c" },
  { name: "clean", path: "/../a", result: "/a" },
  { name: "clean", path: "", result: "." },
  { name: "dir", path: "/a", result: "/" },
  { name: "dir", path: "a//b", result: "a" },
  { name: "base", path: "a//", result: "a" },
  { name: "base", path: "//", result: "/" },
  { name: "ext", path: "a.b/c", result: "" },
  { name: "osExt", path: "a.tar.gz", result: ".gz" },
])("$name of $path", ({ name, path, result }) => {
  expect(call(name, [path])).toBe(result);
});
