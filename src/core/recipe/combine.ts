/**
 * What an environment serves for one target: the combined provisioners file (exact bytes, named by
 * digest in the release) and the patch templates. Entries in order, provisioners in file order;
 * narrowing writes class or id into a copy and drops what conflicts; nothing is ever reordered,
 * because the first match wins.
 */
import type { Problem } from "../../errors.js";
import { sha256Digest } from "../codec/digest.js";
import { formatYaml } from "../codec/yaml-format.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import type { Data, DataMap } from "../gotemplate/value.js";
import type { Target } from "../score/project-state.js";
import type { Narrowing } from "./environment.js";
import { RecipeError } from "./error.js";
import { withMetadata } from "./metadata.js";
import { parseRecipeName } from "./names.js";
import type { RecipePackage } from "./package.js";
import type { Provisioner, RecipeRef } from "./provisioner.js";
import { coveringKeys, identityKey } from "./provisioner-identity.js";
import { parseProvisionersFile, TEMPLATE_KEYS } from "./provisioners-file.js";
import type { ResolvedEntry } from "./ranges.js";
import { decodeText, type RecipeFile } from "./recipe-file.js";
import { MAX_PATCHES, MAX_PROVISIONERS } from "./release-document.js";

export interface CombinedTarget {
  readonly target: Target;
  /** The combined provisioners file. */
  readonly content: Uint8Array;
  readonly digest: string;
  /** In the order of the file. */
  readonly provisioners: readonly CombinedProvisioner[];
  /** In the order in which they apply. */
  readonly patches: readonly CombinedPatch[];
  readonly warnings: readonly Problem[];
}

/** A provisioner as it stands in the combined file, narrowed, and where it came from. */
interface CombinedProvisioner {
  readonly provisioner: Provisioner & { readonly recipe: RecipeRef };
  /** Place of its entry in the environment, from 0. */
  readonly entry: number;
}

interface CombinedPatch {
  /** `NAMESPACE-NAME-FILE.tpl`, unique in its target. */
  readonly name: string;
  readonly content: Uint8Array;
  readonly digest: string;
  readonly recipe: RecipeRef;
  readonly entry: number;
}

/** The packages of resolved versions, by digest of the manifest. */
export type PackagesByDigest = ReadonlyMap<string, RecipePackage>;

/**
 * Combines `entries` for `target`; `packages` holds the package of every entry.
 * @throws {RecipeError} provisioners_* for a file that is none, release_size
 */
export function combineTarget(
  target: Target,
  entries: readonly ResolvedEntry[],
  packages: PackagesByDigest,
): CombinedTarget {
  const provisioners: CombinedProvisioner[] = [];
  for (const [index, entry] of entries.entries()) {
    if (entry.target !== undefined && entry.target !== target) continue;
    for (const provisioner of readProvisioners(target, entry, packages)) {
      const narrowed = narrow(provisioner, entry);
      if (narrowed !== undefined) provisioners.push({ provisioner: narrowed, entry: index });
    }
    if (provisioners.length > MAX_PROVISIONERS) {
      throw tooLarge(target, index, `${MAX_PROVISIONERS} provisioners`);
    }
  }
  const content = new TextEncoder().encode(formatCombined(target, provisioners));
  return {
    target,
    content,
    digest: sha256Digest(content),
    provisioners,
    patches: combinePatches(target, entries, packages),
    warnings: findShadowed(target, provisioners),
  };
}

/**
 * `provisioner` as an entry narrowed to `narrowing` serves it; undefined where they conflict. Only
 * class and id are written: a provisioner's type is its own.
 */
function narrow<P extends Provisioner>(provisioner: P, narrowing: Narrowing): P | undefined {
  const { type, class: className, id } = narrowing;
  if (type !== undefined && provisioner.type !== type) return undefined;
  if (className !== undefined && (provisioner.class ?? className) !== className) return undefined;
  if (id !== undefined && (provisioner.id ?? id) !== id) return undefined;
  if (className === undefined && id === undefined) return provisioner;
  return {
    ...provisioner,
    ...(className === undefined ? {} : { class: className }),
    ...(id === undefined ? {} : { id }),
  };
}

/** What was read of files before: a version's package is read once and combined again and again. */
const filesRead = new WeakMap<RecipeFile, ReadFile>();

interface ReadFile {
  readonly recipe: RecipeRef;
  readonly provisioners: readonly CombinedProvisioner["provisioner"][];
}

function readProvisioners(
  target: Target,
  entry: ResolvedEntry,
  packages: PackagesByDigest,
): CombinedProvisioner["provisioner"][] {
  const recipe = refOf(entry);
  const { files, metadata } = packageOf(entry, packages);
  return files.flatMap((file) => {
    const { role, title, content } = file;
    if (role.kind !== "provisioners" || role.target !== target) return [];
    const known = filesRead.get(file);
    if (known?.recipe.digest === recipe.digest) return known.provisioners;
    const path = `${entry.recipe}@${entry.version}/${title}`;
    const read = parseProvisionersFile(decodeText(content, path), { file: path, target });
    const provisioners = read.map((one) =>
      withMetadata({ ...one, recipe }, metadata.resources.get(one.type)),
    );
    filesRead.set(file, { recipe, provisioners });
    return provisioners;
  });
}

/** A version's patch templates apply once, with its first entry that has patches on. */
function combinePatches(
  target: Target,
  entries: readonly ResolvedEntry[],
  packages: PackagesByDigest,
): CombinedPatch[] {
  const patches: CombinedPatch[] = [];
  const applied = new Set<string>();
  const names = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const concerned = entry.target === undefined || entry.target === target;
    if (!entry.patches || !concerned || applied.has(entry.digest)) continue;
    applied.add(entry.digest);
    const { namespace, name } = parseRecipeName(entry.recipe);
    for (const { role, content } of packageOf(entry, packages).files) {
      if (role.kind !== "patch" || role.target !== target) continue;
      const served = freeName(`${namespace}-${name}-${role.name}`, names);
      const digest = sha256Digest(content);
      patches.push({ name: served, content, digest, recipe: refOf(entry), entry: index });
    }
    if (patches.length > MAX_PATCHES)
      throw tooLarge(target, index, `${MAX_PATCHES} patch templates`);
  }
  return patches;
}

/** `stem.tpl`, or `stem-2.tpl` and so on where two recipes or versions would be served under one name. */
function freeName(stem: string, taken: Set<string>): string {
  let name = `${stem}.tpl`;
  for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${stem}-${i}.tpl`;
  taken.add(name.toLowerCase());
  return name;
}

function formatCombined(target: Target, combined: readonly CombinedProvisioner[]): string {
  if (combined.length === 0) return "[]\n";
  let text = "";
  let heading = "";
  for (const { provisioner } of combined) {
    const { name, version } = provisioner.recipe;
    const next = `# ${name} ${version}\n`;
    if (next !== heading) text += next;
    heading = next;
    text += formatEntry(target, provisioner);
  }
  return text;
}

/** What was written of provisioners that are as their files have them; each is of one target. */
const textsWritten = new WeakMap<Provisioner, string>();

function formatEntry(target: Target, provisioner: Provisioner): string {
  const known = textsWritten.get(provisioner);
  if (known !== undefined) return known;
  // An order of keys that people know, not yaml.v3's: what it matches comes first.
  const text = formatYaml([toData(target, provisioner)], { sortKeys: false });
  textsWritten.set(provisioner, text);
  return text;
}

function toData(target: Target, provisioner: Provisioner): DataMap {
  const data = new Map<string, Data>([
    ["uri", provisioner.uri],
    ["type", provisioner.type],
  ]);
  if (provisioner.class !== undefined) data.set("class", provisioner.class);
  if (provisioner.id !== undefined) data.set("id", provisioner.id);
  if (provisioner.description !== undefined) data.set("description", provisioner.description);
  const lists: [string, readonly string[]][] = [
    ["supported_params", provisioner.supportedParams],
    ["expected_outputs", provisioner.expectedOutputs],
    ["args", provisioner.args ?? []],
  ];
  for (const [key, list] of lists) if (list.length > 0) data.set(key, [...list]);
  for (const key of TEMPLATE_KEYS[target]) {
    const template = provisioner.templates.get(key);
    if (template !== undefined) data.set(key, template);
  }
  return data;
}

function tooLarge(target: Target, entry: number, limit: string): RecipeError {
  return new RecipeError(
    "release_size",
    `${target}: with entry ${entry}, the environment has more than ${limit}`,
    { place: { path: formatYamlPath(["entries", entry]) } },
  );
}

/** Warns of provisioners that can never serve, because an earlier one matches all that they match. */
function findShadowed(target: Target, combined: readonly CombinedProvisioner[]): Problem[] {
  const places = new Map<string, number>();
  return combined.flatMap(({ provisioner, entry }, index): Problem[] => {
    const earlier = coveringKeys(provisioner).flatMap((key) => places.get(key) ?? []);
    const own = identityKey(provisioner);
    places.set(own, places.get(own) ?? index);
    const by = combined[Math.min(...earlier)];
    if (by === undefined) return [];
    const message = `${target}: ${describe(provisioner)} is never used: ${describe(by.provisioner)} of entry ${by.entry} comes first`;
    return [
      {
        code: "provisioner_shadowed",
        message,
        place: { path: formatYamlPath(["entries", entry]) },
      },
    ];
  });
}

function describe(provisioner: Provisioner): string {
  const { uri, recipe, type, class: className = "*", id = "*" } = provisioner;
  const from = recipe === undefined ? "" : ` from ${recipe.name} ${recipe.version}`;
  return `${uri} (${type}.${className}#${id})${from}`;
}

function packageOf(entry: ResolvedEntry, packages: PackagesByDigest): RecipePackage {
  const found = packages.get(entry.digest);
  if (found !== undefined) return found;
  throw new RecipeError("recipe_unresolved", `${entry.recipe} ${entry.version} is not at hand`);
}

function refOf({ recipe, version, digest }: ResolvedEntry): RecipeRef {
  return { name: recipe, version, digest };
}
