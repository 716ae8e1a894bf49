import fc from "fast-check";
import { expect, test } from "vitest";
import { FunctionError } from "../../../../src/core/gotemplate/error.js";
import {
  compareVersions,
  formatVersion,
  parseVersion,
} from "../../../../src/core/gotemplate/sprig/version.js";
import { Struct } from "../../../../src/core/gotemplate/value.js";
import { call, contextWith } from "./call.js";

// recorded with Masterminds/semver v3.5.0
test.each([
  ["1.2", "1.2.9", true],
  ["1||2 - 3", "1.5.0", true],
  ["^*", "1.0.0", false],
  ["<=*", "0.1.0", false],
  ["~0.0.0", "9.0.0", true],
  ["!=1.2", "1.2.5", false],
  ["!=1.2", "1.3.0", true],
  [">1.2", "1.3.0", true],
  [">1.2", "1.2.9", false],
  ["<=1.2", "1.2.9", true],
  ["^0.0", "0.0.9", true],
  ["^0.2.3", "0.3.0", false],
  ["~1", "1.9.0", true],
  [" >= 1.0 , < 2.0 ", "1.5.0", true],
  ["=>1.0 =<2", "2.9.0", true],
  ["1.0 - 1.2, !=1.1.5", "1.1.5", false],
  ["*", "1.0.0-beta", false],
  [">0.0.0-0", "1.0.0-beta", true],
  ["1.x.3", "1.9.0", true],
])("%j on %s is %s", (constraint, version, allowed) => {
  expect(call("semverCompare", [constraint, version])).toBe(allowed);
});

test.each([
  "",
  "||",
  "1.2.3.4",
  "1.0,",
  "1.0,,2.0",
  ", 1.0",
  "1.0<2.0",
  "= =1",
  "==1",
  "1x",
  ">=1.0.0-01",
  "v v1",
  `>=1.0.0 ${" ".repeat(600)}`,
  Array(40).fill("1").join("||"),
])("refuses the constraint %j", (constraint) => {
  expect(() => call("semverCompare", [constraint, "1.0.0"])).toThrow(FunctionError);
});

test.each([
  "",
  "1.2.3.4",
  " 1.2.3",
  "1.2.3-01",
  "1.2.3-",
  "1.2.3+",
  "1.2.3-a..b",
  "V1",
  `${2n ** 64n}`,
  `1.0.0-${"a".repeat(300)}`,
])("refuses the version %j", (version) => {
  expect(() => parseVersion(version)).toThrow(FunctionError);
});

test.each([
  ["1.0.0-alpha", "1.0.0-alpha.1"],
  ["1.0.0-alpha.1", "1.0.0-alpha.beta"],
  ["1.0.0-beta.2", "1.0.0-beta.11"],
  ["1.0.0-rc.1", "1.0.0"],
  ["1.0.0-18446744073709551615", "1.0.0-18446744073709551616"],
  ["1.2", "v1.10"],
])("%s is below %s", (low, high) => {
  expect(compareVersions(parseVersion(low), parseVersion(high))).toBe(-1);
  expect(compareVersions(parseVersion(high), parseVersion(low))).toBe(1);
});

test("reads what it writes", () => {
  const number = fc.bigInt(0n, 2n ** 64n - 1n);
  const identifiers = fc.stringMatching(/^([a-z][0-9A-Za-z-]{0,4}(\.[1-9][0-9]{0,3})?)?$/);
  fc.assert(
    fc.property(number, number, number, identifiers, identifiers, (...parts) => {
      const [major, minor, patch, prerelease, metadata] = parts;
      const text = formatVersion({ major, minor, patch, prerelease, metadata });
      expect(parseVersion(text)).toMatchObject({ major, minor, patch, prerelease, metadata });
    }),
  );
});

test("only the pointer compares", () => {
  const version = call("semver", ["v1.2.3-rc.1+m"]);
  if (!(version instanceof Struct)) throw new Error("not a struct");
  const next = version.methods.get("IncPatch")?.call(contextWith());
  if (!(next instanceof Struct)) throw new Error("not a struct");
  expect(version.methods.has("Compare")).toBe(true);
  expect(next.methods.has("Compare")).toBe(false);
  expect(next.methods.get("String")?.call(contextWith())).toBe("1.2.3");
  expect(next.fields.get("original")).toBe("v1.2.3");
});
