/** A container's `files` as ConfigMaps, or volumes of Secrets, and their mounts. */
import { createHash } from "node:crypto";
import { decodeUtf8 } from "../../codec/utf8.js";
import { toBytes } from "../../gotemplate/bytes.js";
import type { DataMap } from "../../gotemplate/value.js";
import { baseName, cleanPath, directoryOf } from "../../provision/file-path.js";
import type { ContainerFile } from "../../score/workload.js";
import { decodeBase64, encodeBase64 } from "./base64.js";
import { asStruct, mapOf } from "./document.js";
import { K8sError } from "./error.js";
import { decodeSecretRefs, onlySecretRef, type SecretRef } from "./secret-ref.js";
import type { MountedVolume } from "./volume-mounts.js";

export interface FileContext {
  /** Start of the ConfigMaps' names, `WORKLOAD-CONTAINER-`. */
  readonly namePrefix: string;
  readonly expand: (text: string) => string;
  /** Bytes of a file by its cleaned path, relative to the Score file's folder. */
  readonly sourceFile: (path: string) => Uint8Array | undefined;
}

export interface ConvertedFile extends MountedVolume {
  readonly configMap?: DataMap;
}

/** First ten hex digits of the target's SHA-256: short names that differ by path. */
export function targetHash(target: string): string {
  return createHash("sha256").update(toBytes(target)).digest("hex").slice(0, 10);
}

/**
 * The file at `target`. Its content goes into a ConfigMap, unless it is one secret reference:
 * then that Secret is mounted.
 * @throws {K8sError} k8s_file, k8s_file_missing, k8s_secret_ref_form, and what `expand` throws
 */
export function convertFile(
  target: string,
  file: ContainerFile,
  context: FileContext,
): ConvertedFile {
  const { content, secret } = fileContent(file, context);
  const name = `file-${targetHash(target)}`;
  const mount = mapOf({ name, mountPath: directoryOf(target) });
  const item = (key: string) => [
    mapOf({
      key,
      path: baseName(target),
      mode: file.mode === undefined ? undefined : octalMode(file.mode),
    }),
  ];

  if (secret !== undefined) {
    const source = mapOf({ secretName: secret.name, items: item(secret.key) });
    return { mount, volume: mapOf({ name, secret: source }) };
  }
  const configMapName = `${context.namePrefix}${name}`;
  const source = mapOf({ name: configMapName, items: item("file") });
  return {
    mount,
    volume: mapOf({ name, configMap: source }),
    configMap: configMap(configMapName, content),
  };
}

function configMap(name: string, content: Uint8Array): DataMap {
  return asStruct(
    "core.v1.ConfigMap",
    mapOf({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: mapOf({ name }),
      binaryData: mapOf({ file: encodeBase64(content) }),
    }),
  );
}

/** The Score schema knows octal digits only; what a state remembers it has not seen. */
function octalMode(mode: string): bigint {
  if (!/^[0-7]{1,10}$/.test(mode)) throw new K8sError("k8s_file", `mode '${mode}' is not octal`);
  return BigInt(`0o${mode}`);
}

interface FileContent {
  readonly content: Uint8Array;
  readonly secret?: SecretRef;
}

function fileContent(file: ContainerFile, context: FileContext): FileContent {
  if (file.binaryContent !== undefined) return { content: binaryContent(file.binaryContent) };
  const content = file.content ?? sourceContent(file, context);
  if (file.noExpand === true) {
    return { content: typeof content === "string" ? toBytes(content) : content };
  }

  const text = context.expand(typeof content === "string" ? content : textOf(content));
  const secretText = decodeSecretRefs(text);
  const secret = onlySecretRef(secretText);
  if (secretText.refs.length > 0 && secret === undefined) {
    throw new K8sError("k8s_file", "the content mixes secret references with other text", {
      hint: "a file can only be one secret reference, without even a line break",
    });
  }
  return secret === undefined ? { content: toBytes(text) } : { content: new Uint8Array(), secret };
}

function binaryContent(text: string): Uint8Array {
  const bytes = decodeBase64(text);
  if (bytes === undefined) {
    throw new K8sError("k8s_file", "binaryContent is not padded standard base64");
  }
  return bytes;
}

function sourceContent(file: ContainerFile, context: FileContext): Uint8Array {
  if (file.source === undefined) throw new K8sError("k8s_file", "the file has no content");
  const bytes = context.sourceFile(cleanPath(file.source));
  if (bytes === undefined) {
    throw new K8sError("k8s_file_missing", `the source file '${file.source}' was not given`);
  }
  return bytes;
}

function textOf(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (text !== undefined) return text;
  throw new K8sError("k8s_file", "the source file is not UTF-8 text", {
    hint: "set noExpand, or use binaryContent",
  });
}
