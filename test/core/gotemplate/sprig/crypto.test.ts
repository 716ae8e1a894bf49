import { createPrivateKey } from "node:crypto";
import { compareSync } from "bcryptjs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FunctionError } from "../../../../src/core/gotemplate/error.js";
import type { CallContext, Value } from "../../../../src/core/gotemplate/value.js";
import { call, contextWith } from "./call.js";

function keeping(secrets: string[], limits?: { steps: number; bytes: number }): CallContext {
  return {
    ...contextWith(limits ?? { steps: 1e7, bytes: 1e8 }),
    secret: (text) => secrets.push(text),
  };
}

test.each<[string, string, string]>([
  ["sha1sum", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
  ["sha256sum", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["sha256sum", "\udcff", "a8100ae6aa1940d0b663bb31cd466142ebbdbd5187131b92d93818987832eb89"],
  ["adler32sum", "Wikipedia", "300286872"],
])("%s of %j", (name, text, digest) => {
  expect(call(name, [text])).toBe(digest);
});

test("bcrypt hashes with the host's salt and keeps the hash secret", () => {
  const secrets: string[] = [];
  const hash = call("bcrypt", ["pässwörd"], keeping(secrets));
  expect(hash).toMatch(/^\$2a\$10\$[./A-Za-z0-9]{53}$/);
  expect(compareSync("pässwörd", String(hash))).toBe(true);
  expect(call("bcrypt", ["pässwörd"], keeping([]))).toBe(hash);
  expect(secrets).toEqual([hash]);
});

test("what bcrypt and htpasswd refuse is text, or an error where it cannot be a password", () => {
  expect(call("bcrypt", ["ä".repeat(37)])).toMatch(/72 bytes$/);
  expect(call("htpasswd", ["a:b", "x"])).toBe("invalid username: a:b");
  expect(() => call("bcrypt", ["\udcff"])).toThrow(FunctionError);
});

test("derives the password that the algorithm's other programs derive", () => {
  const secrets: string[] = [];
  const args: Value[] = [1n, "long", "password", "user", "example.com"];
  expect(call("derivePassword", args, keeping(secrets))).toBe("ZedaFaxcZaso9*");
  expect(secrets).toEqual(["ZedaFaxcZaso9*"]);
});

test("AES gives the text back to who has the password", () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), (password, text) => {
      const encrypted = call("encryptAES", [password, text]);
      expect(call("decryptAES", [password, encrypted])).toBe(text);
    }),
    { numRuns: 50 },
  );
  expect(call("encryptAES", ["k", ""])).toBe("");
});

test.each(["bad!", "YWJj", "MDEyMzQ1Njc4OWFiY2RlZg==", "A".repeat(32)])(
  "decryptAES refuses %j",
  (text) => {
    expect(() => call("decryptAES", ["k", text])).toThrow(FunctionError);
  },
);

test("a UUID has its version and variant", () => {
  expect(call("uuidv4", [])).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

test.each([
  ["ecdsa", "EC PRIVATE KEY", "ec"],
  ["ed25519", "PRIVATE KEY", "ed25519"],
  ["dsa", "DSA PRIVATE KEY", "dsa"],
])("genPrivateKey makes a secret %s key", { timeout: 60_000 }, (type, label, kind) => {
  const secrets: string[] = [];
  const pem = String(call("genPrivateKey", [type], keeping(secrets)));
  expect(pem.split("\n")[0]).toBe(`-----BEGIN ${label}-----`);
  expect(createPrivateKey(pem).asymmetricKeyType).toBe(kind);
  expect(secrets).toEqual([pem]);
});

test.each<[string, Value[]]>([
  ["bcrypt", ["x"]],
  ["derivePassword", [1n, "pin", "a", "b", "c"]],
  ["genPrivateKey", ["rsa"]],
  ["genCA", ["x", 1n]],
])("%s costs more than a few steps", (name, args) => {
  expect(() => call(name, args, keeping([], { steps: 10_000, bytes: 1e8 }))).toThrow(
    expect.objectContaining({ code: "template_budget_steps" }),
  );
});

test("an unknown kind of key is text", () => {
  expect(call("genPrivateKey", ["foo"])).toBe("Unknown type foo");
});
