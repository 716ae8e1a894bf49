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
