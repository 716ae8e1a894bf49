import { describe, expect, test } from "vitest";
import { formatLeaf, leafHash, parseLeaf } from "../../../src/core/tlog/leaf.js";
import { hashLeaf } from "../../../src/core/tlog/merkle.js";
import { RECORD_KINDS } from "../../../src/core/trust/record.js";

const digest = `sha256:${"0a".repeat(32)}`;
const bytes = (text: string) => new TextEncoder().encode(text);

describe("the bytes of a leaf", () => {
  test("are three lines", () => {
    expect(formatLeaf({ kind: "publish", envelope: digest })).toEqual(
      bytes(`backbar-leaf-v1\npublish\n${digest}\n`),
    );
  });

  test.each(RECORD_KINDS)("of the kind %s read back", (kind) => {
    const leaf = { kind, envelope: digest };
    expect(parseLeaf(formatLeaf(leaf))).toEqual(leaf);
  });

  test("never change: this hash stands in logs", () => {
    const hash = leafHash({ kind: "release", envelope: digest });
    expect(hash).toEqual(hashLeaf(bytes(`backbar-leaf-v1\nrelease\n${digest}\n`)));
    expect(Buffer.from(hash).toString("hex")).toMatchInlineSnapshot(
      `"f31cca7587a43b1c20661f5a44f3048847a8b34cfb88fe3ca19d9a0028e534bd"`,
    );
  });
});

test.each([
  { name: "nothing", text: "" },
  { name: "another head", text: `backbar-leaf-v2\npublish\n${digest}\n` },
  { name: "an unknown kind", text: `backbar-leaf-v1\npublished\n${digest}\n` },
  { name: "no digest", text: "backbar-leaf-v1\npublish\n" },
  { name: "a digest in capitals", text: `backbar-leaf-v1\npublish\n${digest.toUpperCase()}\n` },
  { name: "no last line feed", text: `backbar-leaf-v1\npublish\n${digest}` },
  { name: "a fourth line", text: `backbar-leaf-v1\npublish\n${digest}\n\n` },
  { name: "carriage returns", text: `backbar-leaf-v1\r\npublish\r\n${digest}\r\n` },
])("refuses $name", ({ text }) => {
  expect(() => parseLeaf(bytes(text))).toThrow(expect.objectContaining({ code: "tlog_leaf" }));
});

test("does not write what it would not read", () => {
  const line = { kind: "publish", envelope: `${digest}\nx` } as const;
  expect(() => formatLeaf(line)).toThrow(expect.objectContaining({ code: "tlog_leaf" }));
});
