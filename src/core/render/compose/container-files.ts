/**
 * Files of a container: written below the mounts directory as `files/WORKLOAD-files-NAME` and
 * mounted from there. NAME is the last part of the target, so two files of one workload with the
 * same name are one file; the last wins, as in score-compose 0.45.0.
 */
import { compareBytes } from "../../codec/key-order.js";
import { decodeUtf8 } from "../../codec/utf8.js";
import { formatYamlPath } from "../../codec/yaml-path.js";
import type { Data, DataMap } from "../../gotemplate/value.js";
import { baseName, cleanPath, isLocalPath } from "../../provision/file-path.js";
import type { Mounts } from "../../provision/mounts.js";
import type { Container, ContainerFile } from "../../score/workload.js";
import { RenderError } from "../error.js";
import { decodeBase64 } from "../k8s/base64.js";
import type { WorkloadScope } from "./convert.js";

const DEFAULT_MODE = 0o644;
const READABLE = 0o400;
const OWNER_WRITABLE = 0o200;

/** The mounts of `container`'s files, sorted by target; writes the files to `mounts`. */
export function convertFiles(
  name: string,
  container: Container,
  scope: WorkloadScope,
  mounts: Mounts,
): DataMap[] {
  const targets = [...(container.files ?? [])].sort(([a], [b]) => compareBytes(a, b));
  return targets.flatMap(([target, file]) => {
    const path = formatYamlPath(["containers", name, "files", target]);
    return scope.collect(path, () => convertFile(target, file, path, scope, mounts)) ?? [];
  });
}

function convertFile(
  target: string,
  file: ContainerFile,
  path: string,
  scope: WorkloadScope,
  mounts: Mounts,
): DataMap {
  const mode = modeOf(file, path);
  const written = cleanPath(`files/${scope.workload}-files-${baseName(target)}`);
  mounts.writeFile(written, contentOf(file, path, scope), mode.file);
  const mount: DataMap = new Map<string, Data>([
    ["type", "bind"],
    ["source", cleanPath(`${scope.mountsDirectory}/${written}`)],
  ]);
  if (target !== "") mount.set("target", target);
  if (mode.readOnly) mount.set("read_only", true);
  return mount;
}

/** Files that nobody may write are mounted read-only, and stay writable for the next render. */
function modeOf(file: ContainerFile, path: string): { file: number; readOnly: boolean } {
  if (file.mode === undefined) return { file: DEFAULT_MODE, readOnly: false };
  if (!/^[0-7]{1,7}$/.test(file.mode))
    throw fault("convert_file", path, `mode '${file.mode}' is not octal`);
  const mode = Number.parseInt(file.mode, 8);
  if ((mode & READABLE) === 0) throw fault("convert_file", path, "mode must be at least 0400");
  if ((mode & OWNER_WRITABLE) !== 0) return { file: mode, readOnly: false };
  return { file: mode | READABLE | OWNER_WRITABLE, readOnly: true };
}

function contentOf(file: ContainerFile, path: string, scope: WorkloadScope): Uint8Array {
  if (file.binaryContent !== undefined) {
    const bytes = decodeBase64(file.binaryContent);
    if (bytes !== undefined) return bytes;
    throw fault("convert_file", `${path}.binaryContent`, "is not base64");
  }
  if (file.content !== undefined) {
    return scope.bytes(file.noExpand ? file.content : scope.inFile(file.content, path));
  }
  const source = file.source ?? "";
  const bytes = sourceBytes(source, `${path}.source`, scope);
  if (file.noExpand) return bytes;
  const text = decodeUtf8(bytes);
  return text === undefined ? bytes : scope.bytes(scope.inFile(text, path));
}

function sourceBytes(source: string, path: string, scope: WorkloadScope): Uint8Array {
  if (!isLocalPath(source)) {
    throw fault("convert_file", path, "must be a relative path within the Score file's directory");
  }
  const bytes = scope.sourceFile(cleanPath(source));
  if (bytes === undefined)
    throw fault("convert_file_missing", path, `the file '${source}' was not given`);
  return bytes;
}

function fault(
  code: "convert_file" | "convert_file_missing",
  path: string,
  message: string,
): RenderError {
  return new RenderError(code, `${path}: ${message}`, { place: { path } });
}
