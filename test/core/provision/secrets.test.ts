import { describe, expect, test } from "vitest";
import { TypedMap, type Value } from "../../../src/core/gotemplate/value.js";
import { MASK, Secrets, textsIn } from "../../../src/core/provision/secrets.js";

describe("secrets", () => {
  const secrets = new Secrets(["hunter22", "hunter22-longer", "7"]);

  test.each([
    ["the password is hunter22.", `the password is ${MASK}.`],
    ["hunter22-longer", MASK],
    ["x hunter22-longer y", `x ${MASK} y`],
    ["7", MASK],
    ["17 of 70", "17 of 70"],
  ])("in %s are masked", (text, want) => {
    expect(secrets.maskText(text)).toBe(want);
  });

  test("in data are masked whole, at any depth", () => {
    const data = new Map([["url", ["redis://:hunter22@host", 7n, 8n]]]);
    expect(secrets.maskData(data)).toEqual(new Map([["url", [MASK, MASK, 8n]]]));
  });

  test("that stand in no text are not kept", () => {
    expect(secrets.within(["a hunter22 b", "7 of 9"])).toEqual(["hunter22"]);
  });

  test("are taken from every text and number of an output", () => {
    const more = new Secrets();
    more.addData(new Map([["a", ["first-secret", 123456n]]]));
    expect(more.maskText("first-secret and 123456")).toBe(`${MASK} and ${MASK}`);
  });
});

describe("many secrets", () => {
  const digits = (i: number) => (i * 7919).toString(36).padStart(8, "x");
  const many = Array.from({ length: 60_000 }, (_, i) => digits(i));

  test("are found in as many texts within a second", () => {
    const secrets = new Secrets(many);
    const begun = performance.now();
    expect(secrets.within(many)).toHaveLength(60_000);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  test("are masked in a long text within a second", () => {
    const secrets = new Secrets(many);
    const text = `${"abcdefgh ".repeat(100_000)}${digits(5)}`;
    const begun = performance.now();
    expect(secrets.maskText(text)).toBe(`${"abcdefgh ".repeat(100_000)}${MASK}`);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  test("that begin alike are told apart", () => {
    const long = String.fromCharCode(...Array.from({ length: 120 }, (_, i) => 0x100 + i));
    const secrets = new Secrets([long.slice(0, 5), long.slice(0, 64), long.slice(0, 70), long]);
    expect(secrets.maskText(`${long}!${long.slice(0, 80)}`)).toBe(
      `${MASK}!${MASK}${long.slice(70, 80)}`,
    );
    expect(secrets.within([long.slice(0, 66)])).toEqual([long.slice(0, 5), long.slice(0, 64)]);
  });

  test("that begin alike in great number hide all that follows", () => {
    const long = "0123456789".repeat(100);
    const secrets = new Secrets(Array.from({ length: 900 }, (_, i) => long.slice(0, 100 + i)));
    expect(secrets.maskText(`a ${long.slice(0, 70)} b`)).toBe(`a ${MASK}`);
  });

  test("that overlap are masked as one", () => {
    const secrets = new Secrets(["abcdef", "defghi"]);
    expect(secrets.maskText("xabcdefghiy")).toBe(`x${MASK}y`);
  });
});

test("texts are masked up to a limit, secrets across it whole", () => {
  const secrets = new Secrets(["hunter22"]);
  expect(secrets.maskText("the hunter22 is", 6)).toBe(`the ${MASK}`);
  expect(secrets.maskText("the hunter22 is", 3)).toBe("the");
});

describe("secrets of several lines", () => {
  const key = "-----BEGIN X KEY-----\nMIIEowIBAAKCAQEA\nshort\n-----END X KEY-----\n";
  const secrets = new Secrets([key]);

  test("are masked line by line", () => {
    expect(secrets.maskText("a MIIEowIBAAKCAQEA short b")).toBe(`a ${MASK} short b`);
    expect(secrets.maskText("-----BEGIN X KEY-----")).toBe("-----BEGIN X KEY-----");
  });

  test("are masked as Go quotes them", () => {
    expect(secrets.maskText(`got ${JSON.stringify(key)}`)).toBe(`got "${MASK}"`);
    expect(new Secrets(['a"b\\c"d']).maskText('got "a\\"b\\\\c\\"d"')).toBe(`got "${MASK}"`);
  });

  test("are one secret to keep", () => {
    expect(secrets.within([`x ${key}`])).toEqual([key]);
    expect(secrets.within(["MIIEowIBAAKCAQEA"])).toEqual(["MIIEowIBAAKCAQEA"]);
  });
});

test("maps with keys of other kinds are searched, keys and values", () => {
  const data = new TypedMap(
    "map[interface {}]interface {}",
    new Map<Value, Value>([
      [1n, "first-secret"],
      ["second-secret", [2n]],
    ]),
  );
  expect([...textsIn(data)]).toEqual(["1", "first-secret", "second-secret", "2"]);
  const more = new Secrets();
  more.addData(data);
  expect(more.maskText("first-secret, second-secret")).toBe(`${MASK}, ${MASK}`);
});

test("texts of data come with keys and numbers", () => {
  expect([...textsIn(new Map([["k", ["v", 1n, null, true]]]))]).toEqual(["k", "v", "1"]);
});
