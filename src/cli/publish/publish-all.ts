/** Publishes recipes one after the other; what is wrong with one does not hide the others. */
import path from "node:path";
import type { BackbarClient } from "../../client/client.js";
import { ClientError, ServerProblem } from "../../client/error.js";
import {
  publishSound,
  readSoundFile,
  readSoundFolder,
  type SoundRecipe,
} from "../../client/publish-folder.js";
import { MAX_FILE_BYTES } from "../../core/recipe/recipe-file.js";
import type { Target } from "../../core/score/project-state.js";
import type { PrivateKey } from "../../core/trust/keys.js";
import { BackbarError, type Problem } from "../../errors.js";
import { findRecipeFolders } from "../author/recipe-folders.js";
import { readIfThere } from "../files/read-file.js";
import type { Machine } from "../frame/machine.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";

/** What stands in for a recipe.yaml. */
export interface BareName {
  readonly name: string;
  readonly version: string;
  readonly target: Target;
}

/** Where sound recipes go; undefined for a dry run. */
export interface Destination {
  readonly client: BackbarClient;
  readonly keys: readonly PrivateKey[];
  readonly force: boolean;
}

/** What became of one source. */
export type Published =
  | {
      readonly source: string;
      /** `checked` is what a dry run says; `unchanged` was published before. */
      readonly status: "published" | "unchanged" | "checked";
      /** `namespace/name` */
      readonly recipe: string;
      readonly version: string;
      readonly digest: string;
      /** Of the leaf in the registry's log; undefined after a dry run. */
      readonly logIndex?: number;
      readonly warnings: readonly Problem[];
    }
  | { readonly source: string; readonly status: "failed"; readonly error: BackbarError }
  /** Not tried, because what failed before it would fail again. */
  | { readonly source: string; readonly status: "skipped" };

/** Something to publish. */
export interface Source {
  /** As the user finds it from where the command runs. */
  readonly title: string;
  readonly read: () => Promise<SoundRecipe>;
}

/**
 * The recipes in the folders named and below them, or the one file that is `bare`.
 * @throws {UsageError} for what is no folder, or has no recipe in it
 */
export function findSources(
  { machine }: Session,
  named: readonly string[],
  bare: BareName | undefined,
): Promise<Source[]> {
  return bare === undefined ? folders(machine, named) : files(machine, named, bare);
}

/** Publishes what the sources hold, or only checks it; what became of each, in order. */
export async function publishAll(
  session: Session,
  sources: readonly Source[],
  destination: Destination | undefined,
): Promise<Published[]> {
  const verb = destination === undefined ? "Checking" : "Publishing";
  return session.screen.during(verb, async (update) => {
    const done: Published[] = [];
    for (const [index, { title: source, read }] of sources.entries()) {
      if (done.some((one) => one.status === "failed" && concernsAll(one.error))) {
        done.push({ source, status: "skipped" });
        continue;
      }
      update(`${verb} ${source} (${index + 1} of ${sources.length})`);
      try {
        done.push(await publishOne(source, await read(), destination));
      } catch (error) {
        if (!(error instanceof BackbarError)) throw error;
        done.push({ source, status: "failed", error });
      }
    }
    return done;
  });
}

async function folders(machine: Machine, named: readonly string[]): Promise<Source[]> {
  const found = await findRecipeFolders(
    machine,
    named,
    "a recipe's folder has a recipe.yaml; one provisioners file needs --name, --version and --target",
  );
  return found.map((folder) => ({ title: folder.title, read: () => readSoundFolder(folder) }));
}

async function files(
  machine: Machine,
  named: readonly string[],
  bare: BareName,
): Promise<Source[]> {
  const reads = named.map(async (title): Promise<Source> => {
    const content = await readIfThere(path.resolve(machine.folder, title), title, MAX_FILE_BYTES);
    if (content !== undefined)
      return { title, read: () => readSoundFile(title, { ...bare, content }) };
    throw new UsageError(`there is no file ${title}`, "it is one provisioners file");
  });
  return Promise.all(reads);
}

async function publishOne(
  source: string,
  sound: SoundRecipe,
  destination: Destination | undefined,
): Promise<Published> {
  const { recipe, digest, warnings } = sound;
  if (destination === undefined) {
    const { name, version } = recipe.metadata;
    return { source, status: "checked", recipe: name, version, digest, warnings };
  }
  const { client, keys, force } = destination;
  const { created, ...receipt } = await publishSound(client, sound, keys, { force });
  return { source, status: created ? "published" : "unchanged", ...receipt };
}

/** Whether the way to the registry is at fault, and no recipe. */
function concernsAll(error: BackbarError): boolean {
  if (error instanceof ServerProblem) return error.status === 401;
  return (
    error instanceof ClientError && ["client_unreachable", "client_timeout"].includes(error.code)
  );
}
