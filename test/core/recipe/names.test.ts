import { describe, expect, test } from "vitest";
import {
  checkEnvironmentName,
  checkNamespace,
  findLookAlikes,
  isSha256Digest,
  parseRecipeName,
} from "../../../src/core/recipe/names.js";
import { checkVersion, previousVersion } from "../../../src/core/recipe/version.js";

test.each(["dapr/redis-state-store", "a/b", "x1/y2-z3", `${"n".repeat(40)}/${"m".repeat(63)}`])(
  "%s is a recipe's name",
  (text) => {
    const { namespace, name } = parseRecipeName(text);
    expect(`${namespace}/${name}`).toBe(text);
  },
);

describe("attack 23, 27: names", () => {
  test.each([
    { name: "a Cyrillic look-alike", text: "dapr/r\u0435dis", code: "recipe_name" },
    { name: "a full-width letter", text: "d\uff41pr/redis", code: "namespace_name" },
    { name: "a last hyphen", text: "dapr/redis-", code: "recipe_name" },
    { name: "a first hyphen", text: "dapr/-redis", code: "recipe_name" },
    { name: "two hyphens", text: "dapr/redis--store", code: "recipe_name" },
    { name: "an underscore", text: "dapr/redis_store", code: "recipe_name" },
    { name: "a dot", text: "dapr/redis.store", code: "recipe_name" },
    { name: "capitals", text: "dapr/Redis", code: "recipe_name" },
    { name: "a first digit", text: "dapr/1redis", code: "recipe_name" },
    { name: "no namespace", text: "redis", code: "recipe_name" },
    { name: "an empty name", text: "dapr/", code: "recipe_name" },
    { name: "three parts", text: "dapr/redis/x", code: "recipe_name" },
    { name: "a climb", text: "../..", code: "namespace_name" },
    { name: "an encoded climb", text: "dapr/%2e%2e", code: "recipe_name" },
    { name: "an encoded zero", text: "dapr/a%00", code: "recipe_name" },
    { name: "a zero", text: "dapr/a\u0000", code: "recipe_name" },
    { name: "a line end", text: "dapr/redis\n", code: "recipe_name" },
    { name: "a name too long", text: `dapr/${"x".repeat(64)}`, code: "recipe_name" },
    { name: "a namespace too long", text: `${"x".repeat(41)}/a`, code: "namespace_name" },
    { name: "a reserved namespace", text: "environments/production", code: "namespace_name" },
  ])("refuses $name", ({ text, code }) => {
    expect(() => parseRecipeName(text)).toThrow(expect.objectContaining({ code }));
  });

  test("messages show no control characters", () => {
    expect(() => checkNamespace("a\u001b[31m")).toThrow(/^[\x20-\x7e]+$/);
  });

  test.each(["latest", "current", "Prod", "", "a b", "x".repeat(64)])(
    "refuses '%s' for an environment",
    (name) => {
      expect(() => checkEnvironmentName(name)).toThrow(
        expect.objectContaining({ code: "environment_name" }),
      );
    },
  );

  test("finds the names that look like another", () => {
    const known = ["redis", "red-is", "redls", "redis2", "postgres", "dapr", "rnongo"];
    expect(findLookAlikes("redis", known)).toEqual(["red-is", "redls"]);
    expect(findLookAlikes("mongo", known)).toEqual(["rnongo"]);
    expect(findLookAlikes("kafka", known)).toEqual([]);
    expect(findLookAlikes("c1ient", ["client", "dient", "cilent"])).toHaveLength(3);
  });
});

test.each([
  { text: `sha256:${"0".repeat(64)}`, is: true },
  { text: `sha256:${"0".repeat(63)}`, is: false },
  { text: `sha256:${"A".repeat(64)}`, is: false },
  { text: `sha256:${"0".repeat(64)}\n`, is: false },
  { text: `sha512:${"0".repeat(64)}`, is: false },
])("$text is a digest: $is", ({ text, is }) => {
  expect(isSha256Digest(text)).toBe(is);
});

describe("versions", () => {
  test.each(["0.0.1", "1.2.3", "10.20.30", "1.0.0-rc.1", "1.0.0-alpha-2.x"])(
    "%s is one",
    (text) => {
      checkVersion(text);
    },
  );

  test.each([
    "1.0",
    "v1.0.0",
    " 1.0.0",
    "1.0.0+build",
    "01.0.0",
    "1.0.0-",
    "latest",
    "",
    "1.0.0\n",
  ])("'%s' is none", (text) => {
    expect(() => checkVersion(text)).toThrow(expect.objectContaining({ code: "recipe_version" }));
  });

  test("the previous version is the highest lower one", () => {
    const known = ["2.0.0", "1.9.0", "1.10.0", "1.10.1-rc.1", "0.1.0"];
    expect(previousVersion("1.10.1", known)).toBe("1.10.1-rc.1");
    expect(previousVersion("1.10.1-rc.1", known)).toBe("1.10.0");
    expect(previousVersion("0.1.0", known)).toBeUndefined();
  });
});
