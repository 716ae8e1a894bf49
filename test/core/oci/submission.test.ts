import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/core/codec/canonical-json.js";
import { buildManifest } from "../../../src/core/oci/manifest.js";
import {
  buildSubmission,
  formatSubmission,
  MAX_SUBMISSION_BYTES,
  parseSubmission,
} from "../../../src/core/oci/submission.js";
import { packProvisionersFile } from "../../../src/core/recipe/package.js";

const artifact = buildManifest(
  packProvisionersFile({
    name: "dapr/redis",
    version: "1.0.0",
    target: "compose",
    content: new TextEncoder().encode("[]\n"),
  }),
);
const bundle = new TextEncoder().encode('{"a":1,"b":[true]}');
const submission = buildSubmission(artifact, [bundle], { force: true });
const json = formatSubmission(submission) as { [key: string]: JsonValue };

describe("a submission", () => {
  test("reads back from the wire", () => {
    const wire: JsonValue = JSON.parse(JSON.stringify(json));
    expect(parseSubmission(wire)).toEqual(submission);
  });

  test("is not forced unless it says so", () => {
    const { force: _, ...rest } = json;
    expect(parseSubmission(rest).force).toBe(false);
  });

  test("carries bundles in one spelling", () => {
    const wire = { ...json, bundles: [{ b: [true], a: 1.0 }] };
    expect(parseSubmission(wire).bundles).toEqual([bundle]);
  });

  test("of the largest version fits its limit", () => {
    expect(MAX_SUBMISSION_BYTES).toBeGreaterThan((8 * 1024 * 1024 * 4) / 3);
    expect(MAX_SUBMISSION_BYTES).toBeLessThan(16 * 1024 * 1024);
  });
});

const deep = JSON.parse(`${"[".repeat(2000)}${"]".repeat(2000)}`);
const digest = `sha256:${"0".repeat(64)}`;

test.each([
  { name: "a list", value: [] },
  { name: "null", value: null },
  { name: "an unknown key", value: { ...json, token: "x" } },
  { name: "no manifest", value: { ...json, manifest: undefined } },
  { name: "a manifest that is no base64", value: { ...json, manifest: "{}" } },
  { name: "base64 without padding", value: { ...json, manifest: "AA" } },
  { name: "base64 with line ends", value: { ...json, manifest: "AAAA\nAAAA" } },
  { name: "base64url", value: { ...json, manifest: "__--" } },
  { name: "blobs as a list", value: { ...json, blobs: [] } },
  { name: "a blob under no digest", value: { ...json, blobs: { __proto__x: "AAAA" } } },
  { name: "a blob that is a number", value: { ...json, blobs: { [digest]: 1 } } },
  { name: "no bundles", value: { ...json, bundles: undefined } },
  { name: "bundles as an object", value: { ...json, bundles: {} } },
  { name: "nine bundles", value: { ...json, bundles: Array(9).fill({}) } },
  { name: "a bundle too long", value: { ...json, bundles: ["x".repeat(70_000)] } },
  { name: "a bundle nested without end", value: { ...json, bundles: [deep] } },
  { name: "a bundle with half a character", value: { ...json, bundles: ["\ud800"] } },
  { name: "force as text", value: { ...json, force: "true" } },
  {
    name: "more blobs than a version has",
    value: {
      ...json,
      blobs: Object.fromEntries(
        Array.from({ length: 300 }, (_, i) => [`sha256:${String(i).padStart(64, "0")}`, ""]),
      ),
    },
  },
])("refuses $name", ({ value }) => {
  const wire = Object.fromEntries(
    Object.entries(value ?? {}).filter(([, member]) => member !== undefined),
  );
  const given = value === null || Array.isArray(value) ? value : wire;
  expect(() => parseSubmission(given as JsonValue)).toThrow(
    expect.objectContaining({ code: "submission_form" }),
  );
});

test("refuses more bytes than a version may have", () => {
  const megabytes = Buffer.alloc(8 * 1024 * 1024).toString("base64");
  const blobs = { [digest]: megabytes, [digest.replace("0", "1")]: megabytes };
  expect(() => parseSubmission({ ...json, blobs })).toThrow(
    expect.objectContaining({ code: "submission_limit" }),
  );
});
