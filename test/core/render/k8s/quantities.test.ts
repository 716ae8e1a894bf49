import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalQuantity } from "../../../../src/core/render/k8s/quantities.js";

// Expected texts are those of k8s.io/apimachinery v0.36.2.
describe("canonicalQuantity", () => {
  test.each([
    ["0.5", "500m"],
    ["1000m", "1"],
    ["1.5Gi", "1536Mi"],
    ["1024Ki", "1Mi"],
    ["0.5M", "500k"],
    ["1000000", "1M"],
    ["12.5G", "12500M"],
    ["1.0", "1"],
    ["000", "0"],
    ["-0", "0"],
    ["1000e3", "1e6"],
    ["1e5", "100e3"],
    ["0.5Ki", "512"],
    ["1E", "1E"],
  ])("writes %s as %s", (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical);
  });

  test.each(["2048M", "00100m", "+5", "1Ki", "128Mi", "3E", "12e6"])("keeps %s", (text) => {
    expect(canonicalQuantity(text)).toBe(text);
  });

  test.each([
    ["1.3Mi", "1363148800m"],
    ["0.0005", "500u"],
    ["0.1n", "1n"],
    ["1e-99999", "1e-9"],
    ["-0.1n", "-1n"],
    ["9223372036854775808Ki", "9223372036854775807"],
    ["1000E", "1"],
  ])("rounds, caps and cuts %s to %s, as Kubernetes does", (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical);
  });

  test.each([
    "",
    "512K",
    "1mi",
    "five",
    "1.2.3",
    "1e",
    "1 Gi",
    "0x10",
    "1Mi5",
    ".e-20",
    "1".repeat(300),
  ])("refuses '%s'", (text) => {
    expect(() => canonicalQuantity(text)).toThrow(
      expect.objectContaining({ code: "k8s_quantity" }),
    );
  });

  test("is its own canonical form", () => {
    const suffix = fc.constantFrom(
      "",
      "n",
      "u",
      "m",
      "k",
      "M",
      "G",
      "Ki",
      "Mi",
      "Gi",
      "Ti",
      "e3",
      "e-3",
    );
    const digits = fc.stringMatching(/^[0-9]{1,20}$/);
    fc.assert(
      fc.property(digits, fc.option(digits), suffix, (whole, fraction, unit) => {
        const once = canonicalQuantity(`${whole}${fraction === null ? "" : `.${fraction}`}${unit}`);
        expect(canonicalQuantity(once)).toBe(once);
      }),
    );
  });
});
