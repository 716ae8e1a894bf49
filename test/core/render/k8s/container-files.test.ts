import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { convertFile, targetHash } from "../../../../src/core/render/k8s/container-files.js";
import { encodeSecretRef } from "../../../../src/core/render/k8s/secret-ref.js";
import type { ContainerFile } from "../../../../src/core/score/workload.js";
import { plain } from "./plain.js";

const sources = new Map([
  ["files/a.txt", Buffer.from("hi X")],
  ["bin.dat", Buffer.from([0xff, 0xfe])],
]);

function convert(file: ContainerFile, target = "/opt/./odd//app.conf") {
  return convertFile(target, file, {
    namePrefix: "pier-main-",
    expand: (text) => text.replace("X", "there"),
    sourceFile: (path) => sources.get(path),
  });
}

function content(file: ContainerFile): string {
  const { binaryData } = plain(convert(file).configMap) as { binaryData: { file: string } };
  return Buffer.from(binaryData.file, "base64").toString("latin1");
}

test("puts a file into a ConfigMap and mounts its directory", () => {
  const { mount, volume, configMap } = convert({ content: "a", mode: "0400" }, "/srv/b.txt");
  expect(plain([mount, volume, configMap])).toEqual([
    { name: "file-0cab381a3c", mountPath: "/srv" },
    {
      name: "file-0cab381a3c",
      configMap: {
        name: "pier-main-file-0cab381a3c",
        items: [{ key: "file", path: "b.txt", mode: 0o400 }],
      },
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "pier-main-file-0cab381a3c" },
      binaryData: { file: "YQ==" },
    },
  ]);
});

test("cleans the directory it mounts", () => {
  expect(convert({ content: "a" }).mount.get("mountPath")).toBe("/opt/odd");
});

test.each([
  { name: "expanded", file: { content: "hi X" }, bytes: "hi there" },
  { name: "as it is", file: { content: "hi X", noExpand: true }, bytes: "hi X" },
  { name: "from a source file", file: { source: "./files/../files/a.txt" }, bytes: "hi there" },
  { name: "from a binary source", file: { source: "bin.dat", noExpand: true }, bytes: "\xff\xfe" },
  { name: "from base64", file: { binaryContent: "aGkg\nWA==" }, bytes: "hi X" },
  { name: "empty", file: { content: "" }, bytes: "" },
  { name: "of any bytes", file: { content: "\udcff X" }, bytes: "\xff there" },
  {
    name: "of any bytes, as it is",
    file: { content: "\udcff", noExpand: true },
    bytes: "\xff",
  },
])("takes content $name", ({ file, bytes }) => {
  expect(content(file)).toBe(bytes);
});

test("tells targets apart by their bytes", () => {
  expect(targetHash("/a\udcff")).toBe(
    createHash("sha256").update("/a\xff", "latin1").digest("hex").slice(0, 10),
  );
});

test("mounts a Secret for content that is one reference", () => {
  const { volume, configMap } = convert({ content: encodeSecretRef("vault", "pass") }, "/run/p");
  expect(configMap).toBeUndefined();
  expect(plain(volume)).toMatchObject({
    secret: { secretName: "vault", items: [{ key: "pass", path: "p" }] },
  });
});

describe("refuses", () => {
  test.each<{ name: string; file: ContainerFile; code: string }>([
    {
      name: "a reference and a line break",
      file: { content: `${encodeSecretRef("a", "b")}\n` },
      code: "k8s_file",
    },
    { name: "base64 without padding", file: { binaryContent: "aGk" }, code: "k8s_file" },
    { name: "a source that is not UTF-8", file: { source: "bin.dat" }, code: "k8s_file" },
    { name: "a source that is not there", file: { source: "b" }, code: "k8s_file_missing" },
    { name: "no content", file: {}, code: "k8s_file" },
    { name: "a mode that is not octal", file: { content: "", mode: "rw-" }, code: "k8s_file" },
    { name: "a mode without digits", file: { content: "", mode: "" }, code: "k8s_file" },
    { name: "a bad reference", file: { content: "🔐💬x💬🔐" }, code: "k8s_secret_ref_form" },
  ])("$name", ({ file, code }) => {
    expect(() => convert(file)).toThrow(expect.objectContaining({ code }));
  });
});
