/** The folders and files that a provisioner's templates make and remove below the mounts directory. */
import { toBytes } from "../gotemplate/bytes.js";
import type { Data } from "../gotemplate/value.js";
import type { TemplateKey } from "../recipe/provisioner.js";
import { nameProvisioner, nameResource, ProvisionError } from "./error.js";
import { cleanPath, isLocalPath } from "./file-path.js";
import { MountConflict, type Mounts } from "./mounts.js";
import { readDirectories, readFiles } from "./output-form.js";
import type { TemplateRun } from "./provision.js";
import { readOutput, templatePlace } from "./run-template.js";

/**
 * Folders first, then files, each by path. `output` runs the template of a key.
 * @throws {ProvisionError} provision_output_form, provision_mount_path
 */
export function applyMounts(
  mounts: Mounts,
  run: TemplateRun,
  output: (key: TemplateKey) => Data | undefined,
): void {
  const wantedDirectories = output("directories") ?? null;
  const directories = readOutput(run, "directories", () => readDirectories(wantedDirectories));
  const wantedFiles = output("files") ?? null;
  const files = readOutput(run, "files", () => readFiles(wantedFiles));
  for (const [path, wanted] of directories) {
    const at = mountPath(run, "directories", path);
    onMounts(run, "directories", () => {
      if (wanted) mounts.addDirectory(at);
      else mounts.removeDirectory(at);
    });
  }
  for (const [path, content] of files) {
    const at = mountPath(run, "files", path);
    onMounts(run, "files", () => {
      if (content === null) mounts.removeFile(at);
      else mounts.writeFile(at, toBytes(content), 0o644);
    });
  }
}

/** What file systems take. */
const MAX_PATH_LENGTH = 4096;
/** Folders that one path may make. */
const MAX_PATH_PARTS = 256;

function mountPath(run: TemplateRun, key: TemplateKey, path: string): string {
  if (path.length > MAX_PATH_LENGTH) {
    const shown = `'${path.slice(0, 64)}…'`;
    throw mountFault(run, key, `${shown} is longer than ${MAX_PATH_LENGTH} characters`);
  }
  if (isLocalPath(path)) {
    const clean = cleanPath(path);
    if (clean.split("/").length <= MAX_PATH_PARTS) return clean;
    throw mountFault(run, key, `'${path}' has more than ${MAX_PATH_PARTS} parts`);
  }
  throw mountFault(run, key, `'${path}' is not below the mounts directory`);
}

function onMounts(run: TemplateRun, key: TemplateKey, change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!(error instanceof MountConflict)) throw error;
    throw mountFault(run, key, error.message);
  }
}

function mountFault(run: TemplateRun, key: TemplateKey, message: string): ProvisionError {
  return new ProvisionError(
    "provision_mount_path",
    `${nameResource(run.context)}: ${key} of ${nameProvisioner(run.context)}: ${message}`,
    { ...run.context, templateKey: key },
    { place: templatePlace(run, key) },
  );
}
