import { createPublicKey, verify } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ecdsaFromDer } from "../../../src/core/trust/ecdsa-signature.js";
import { makePrivateKey, signMessage } from "../../../src/core/trust/keys.js";

const key = makePrivateKey("ES256", new Uint8Array(32).fill(1));
const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
const zeros = (bytes: number) => "00".repeat(bytes);

describe("a signature in DER", () => {
  test("gives the 64 bytes that verify", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (message) => {
        const signature = ecdsaFromDer(signMessage(key, message));
        expect(signature).toHaveLength(64);
        const publicKey = createPublicKey(key.key);
        const joined = { key: publicKey, dsaEncoding: "ieee-p1363" as const };
        expect(verify("sha256", message, joined, signature)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    { name: "short parts", der: "3006 020101 020102", joined: `${zeros(31)}01${zeros(31)}02` },
    {
      name: "a part whose first bit is set",
      der: "3008 02020080 02020100",
      joined: `${zeros(31)}80${zeros(30)}0100`,
    },
  ])("fills up $name", ({ der, joined }) => {
    expect(Buffer.from(ecdsaFromDer(hex(der))).toString("hex")).toBe(joined);
  });

  test.each([
    { name: "nothing", der: "" },
    { name: "another tag", der: "3106 020101 020102" },
    { name: "a part of another tag", der: "3006 030101 020102" },
    { name: "one part", der: "3003 020101" },
    { name: "three parts", der: "3009 020101 020102 020103" },
    { name: "bytes after it", der: "3006 020101 020102 00" },
    { name: "less than it says", der: "3007 020101 020102" },
    { name: "an empty part", der: "3005 0200 020102" },
    { name: "a negative part", der: "3006 020180 020102" },
    { name: "a part with zeros in front", der: "3007 02020001 020102" },
    { name: "a part of 33 bytes", der: `3026 0221 01${zeros(32)} 020101` },
    { name: "a length of two bytes", der: "308106 020101 020102" },
  ])("with $name is refused", ({ der }) => {
    expect(() => ecdsaFromDer(hex(der))).toThrow(expect.objectContaining({ code: "signed_form" }));
  });
});
