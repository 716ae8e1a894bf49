import fc from "fast-check";
import { expect, test } from "vitest";
import { FunctionError } from "../../../../src/core/gotemplate/error.js";
import { ipVersion } from "../../../../src/core/gotemplate/sprig/ip-address.js";
import { TypedMap, type Value } from "../../../../src/core/gotemplate/value.js";
import { call } from "./call.js";

function parts(changes: Record<string, string>): Map<string, Value> {
  const names = ["scheme", "host", "hostname", "path", "query", "opaque", "fragment", "userinfo"];
  return new Map(names.map((name) => [name, changes[name] ?? ""]));
}

test.each<{ url: string; expected: Record<string, string> }>([
  { url: "", expected: {} },
  { url: "*", expected: { path: "*" } },
  { url: "a/b?", expected: { path: "a/b" } },
  { url: "MAILTO:a@b", expected: { scheme: "mailto", opaque: "a@b" } },
  { url: "///a", expected: { path: "///a" } },
  {
    url: "HTTP://u%41:p@w@h.x:80/a%20b?q=%zz#f%C3%A9",
    expected: {
      scheme: "http",
      host: "h.x:80",
      hostname: "h.x",
      path: "/a b",
      query: "q=%zz",
      fragment: "fé",
      userinfo: "uA:p%40w",
    },
  },
  {
    url: "x://[fe80::1%25e%20h]:1",
    expected: { scheme: "x", host: "[fe80::1%e h]:1", hostname: "fe80::1%e h" },
  },
  { url: "ftp://a:b:80", expected: { scheme: "ftp", host: "a:b:80", hostname: "a:b" } },
])("parses $url", ({ url, expected }) => {
  expect(call("urlParse", [url])).toEqual(parts(expected));
});

test.each([
  ":a",
  "1a:b",
  "http://a b",
  "http://h:x",
  "http://a:b:80",
  "http://[::1",
  "http://[1.2.3.4]",
  "http://a[::1]",
  "http://ü@h",
  "http://h/%2",
  "//%C3%28",
  "http://h/#%",
  "a\n",
])("refuses %j", (url) => {
  expect(() => call("urlParse", [url])).toThrow(FunctionError);
});

test.each<{ parts: Record<string, Value>; url: string }>([
  { parts: {}, url: "" },
  { parts: { path: "a:b" }, url: "./a:b" },
  { parts: { scheme: "x", path: "a" }, url: "x://a" },
  { parts: { host: "h", path: "a b" }, url: "//h/a%20b" },
  { parts: { scheme: "x", opaque: "o", host: "h", query: "q" }, url: "x:o?q" },
  { parts: { host: "h", userinfo: "u:p@x", fragment: "é" }, url: "//u:p%40x@h#%C3%A9" },
])("joins $parts", ({ parts: given, url }) => {
  expect(call("urlJoin", [new Map(Object.entries(given))])).toBe(url);
});

test("joins a nil map to nothing and refuses parts that are no text", () => {
  expect(call("urlJoin", [new TypedMap("map[string]interface {}", null)])).toBe("");
  expect(() => call("urlJoin", [new Map([["host", 1n]])])).toThrow(FunctionError);
  expect(() => call("urlJoin", [new Map([["host", null]])])).toThrow(FunctionError);
});

test("joins what it parsed to a URL that parses the same", () => {
  const urls = fc.webUrl({ withFragments: true, withQueryParameters: true });
  fc.assert(
    fc.property(urls, (url) => {
      const parsed = call("urlParse", [url]);
      expect(call("urlParse", [call("urlJoin", [parsed])])).toEqual(parsed);
    }),
  );
});

test.each([
  { text: "1.2.3.4", version: 4 },
  { text: "1.2.3.04", version: undefined },
  { text: "1.2.3.256", version: undefined },
  { text: "1.2.3", version: undefined },
  { text: "::", version: 6 },
  { text: "::1", version: 6 },
  { text: "1:2:3:4:5:6:7::", version: 6 },
  { text: "1:2:3:4:5:6:7:8", version: 6 },
  { text: "1:2:3:4::5:6:7:8", version: undefined },
  { text: "::ffff:1.2.3.4", version: 6 },
  { text: "1.2.3.4::", version: undefined },
  { text: "fe80::1%eth0", version: 6 },
  { text: "fe80::1%", version: undefined },
  { text: ":::", version: undefined },
  { text: "12345::", version: undefined },
  { text: "localhost", version: undefined },
])("$text is of version $version", ({ text, version }) => {
  expect(ipVersion(text)).toBe(version);
});
