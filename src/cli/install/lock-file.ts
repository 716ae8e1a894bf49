/**
 * `backbar.lock`: the exact versions that a project uses of its recipes, in the order in which they
 * match, and the releases of environments that it pinned. JSON in one form, so that it is the same
 * to the byte whoever writes it. docs/lock-file.md describes it.
 */
import path from "node:path";
import { canonicalJson, type JsonValue } from "../../core/codec/canonical-json.js";
import { sha256Digest } from "../../core/codec/digest.js";
import { MAX_ENTRIES } from "../../core/recipe/environment.js";
import { checkEnvironmentName, parseRecipeName, refuseDigest } from "../../core/recipe/names.js";
import { checkRange, isInRange } from "../../core/recipe/ranges.js";
import { MAX_PATCHES, refusePatchName } from "../../core/recipe/release-document.js";
import {
  type JsonProblem,
  MAX_JSON_DEPTH,
  nestsDeeper,
  optional,
  refuseWhere,
  StrictObject,
} from "../../core/recipe/strict-json.js";
import { checkVersion } from "../../core/recipe/version.js";
import { TARGETS, type Target } from "../../core/score/project-state.js";
import { decodeFile, readIfThere } from "../files/read-file.js";
import { CliError } from "../frame/error.js";

export interface LockFile {
  readonly registry: LockedRegistry;
  /** Those that were asked for; undefined: every target that a recipe has something for. */
  readonly targets?: readonly Target[];
  /** In the order of installation, which is that of matching. */
  readonly recipes: readonly LockedRecipe[];
  /** What the recipes come to, by target. */
  readonly files: ReadonlyMap<Target, LockedFiles>;
  readonly environments: ReadonlyMap<string, LockedRelease>;
}

export interface LockedRegistry {
  /** Origin. */
  readonly server: string;
  /** Fingerprint of its root key. */
  readonly root: string;
}

export interface LockedRecipe {
  /** `namespace/name` */
  readonly recipe: string;
  /** As it was asked for. */
  readonly range: string;
  readonly version: string;
  /** Digest of the manifest. */
  readonly digest: string;
}

export interface LockedFiles {
  /** Digest of what they were made of: see `sourceDigest`. */
  readonly from: string;
  /** Digest of the combined provisioners file. */
  readonly provisioners: string;
  /** Digest of what the recipes say of its resources. */
  readonly recipes: string;
  /** In the order in which they apply. */
  readonly patches: readonly { readonly name: string; readonly digest: string }[];
}

export interface LockedRelease {
  readonly release: number;
  /** Digest of the release as signed. */
  readonly digest: string;
}

/** A lock that says nothing yet. */
export function emptyLock(registry: LockedRegistry): LockFile {
  return { registry, recipes: [], files: new Map(), environments: new Map() };
}

/** A lock file as it was found. */
export interface FoundLock {
  readonly lock: LockFile;
  readonly bytes: Uint8Array;
}

export const LOCK_NAME = "backbar.lock";

const FORMAT = 1;
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_ENVIRONMENTS = 1000;
const MAX_RELEASE = 2 ** 31 - 1;
const DIGEST = { refuse: refuseDigest };
const PATCH_NAME = { refuse: refusePatchName };

/**
 * The lock file of the project in `folder`; undefined where there is none.
 * @throws {CliError} cli_lock where it cannot be used, cli_file, cli_file_limit
 */
export async function readLock(folder: string): Promise<FoundLock | undefined> {
  const bytes = await readIfThere(path.join(folder, LOCK_NAME), LOCK_NAME, MAX_BYTES);
  if (bytes === undefined) return undefined;
  return { bytes, lock: parseLock(decodeFile(bytes, LOCK_NAME)) };
}

/** @throws {CliError} cli_lock */
export function parseLock(text: string): LockFile {
  const value = parseJson(text);
  const problems: JsonProblem[] = [];
  const fields = new StrictObject(value, [], problems);
  const format = fields.raw("version");
  if (typeof format === "number" && format > FORMAT) {
    throw faulty(`its version is ${format}`, "a newer backbar wrote it: update yours");
  }
  if (format !== FORMAT) fields.fault(["version"], `must be ${FORMAT}`);
  const lock = readFields(fields, problems);
  fields.done();
  const [first] = problems;
  if (first === undefined) return lock;
  throw faulty(`${first.path.join(".")} ${first.message}`);
}

/** The text of the file. */
export function formatLock(lock: LockFile): string {
  return `${JSON.stringify(lockJson(lock), undefined, 2)}\n`;
}

/** What the file says, as JSON. */
export function lockJson({ registry, targets, recipes, files, environments }: LockFile) {
  const names = [...environments.keys()].sort();
  return {
    version: FORMAT,
    registry: { server: registry.server, root: registry.root },
    ...(targets === undefined ? {} : { targets: inOrder(targets) }),
    recipes: recipes.map(({ recipe, range, version, digest }) => ({
      ...{ recipe, range, version, digest },
    })),
    files: Object.fromEntries(
      inOrder([...files.keys()]).map((target) => {
        const {
          from = "",
          provisioners = "",
          recipes: said = "",
          patches = [],
        } = files.get(target) ?? {};
        const named = patches.map(({ name, digest }) => ({ name, digest }));
        return [target, { from, provisioners, recipes: said, patches: named }];
      }),
    ),
    environments: Object.fromEntries(
      names.map((name) => {
        const { release = 0, digest = "" } = environments.get(name) ?? {};
        return [name, { release, digest }];
      }),
    ),
  };
}

/**
 * The digest by which the files of a lock say what they were made of: the recipes, the targets that
 * were asked for, and those that there are files for.
 */
export function sourceDigest(
  { recipes, targets }: Pick<LockFile, "recipes" | "targets">,
  made: Iterable<Target>,
): string {
  return sha256Digest(
    canonicalJson({
      recipes: recipes.map(({ recipe, version, digest }) => [recipe, version, digest]),
      targets: targets === undefined ? null : inOrder(targets),
      made: inOrder([...made]),
    }),
  );
}

/** Targets without repetitions, in the one order. */
export function inOrder(targets: readonly Target[]): Target[] {
  return TARGETS.filter((target) => targets.includes(target));
}

function parseJson(text: string): JsonValue {
  if (/^<{7} /m.test(text)) {
    throw faulty(
      "it holds the two sides of a merge",
      "keep one side whole, then install what the other one added",
    );
  }
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    throw faulty("it is no JSON");
  }
  if (nestsDeeper(value, MAX_JSON_DEPTH)) throw faulty(`it nests deeper than ${MAX_JSON_DEPTH}`);
  if (JSON.stringify(value) === withoutSpace(text)) return value;
  // Whoever reviews a change must not read something else than what counts.
  throw faulty("it says something twice, or in odd characters");
}

/** JSON without what stands between its tokens. */
function withoutSpace(text: string): string {
  let kept = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (quoted || !/\s/.test(char)) kept += char;
    if (char === '"') quoted = !quoted;
    else if (quoted && char === "\\") kept += text.charAt(++i);
  }
  return kept;
}

function readFields(fields: StrictObject, problems: JsonProblem[]): LockFile {
  const registry = fields.object("registry") ?? new StrictObject(null, ["registry"], problems);
  const server = registry.text("server", { refuse: refuseOrigin });
  const root = registry.text("root", DIGEST);
  registry.done();
  const targets = fields.has("targets") ? fields.texts("targets", TARGETS.length) : undefined;
  const known = TARGETS.filter((target) => targets?.includes(target));
  if (targets !== undefined && (known.length === 0 || known.length < targets.length)) {
    fields.fault(["targets"], `must be some of ${TARGETS.join(", ")}`);
  }
  const recipes = fields.objects("recipes", MAX_ENTRIES).map(readRecipe);
  if (new Set(recipes.map(({ recipe }) => recipe)).size < recipes.length) {
    fields.fault(["recipes"], "holds a recipe twice");
  }
  const files = fields.object("files") ?? new StrictObject({}, ["files"], problems);
  const byTarget = TARGETS.flatMap((target) => {
    const found = files.object(target);
    return found === undefined ? [] : [[target, readFiles(found)] as const];
  });
  files.done();
  const environments = fields.object("environments");
  const names = environments?.keys() ?? [];
  if (names.length > MAX_ENVIRONMENTS) fields.fault(["environments"], "are too many");
  const releases = names.slice(0, MAX_ENVIRONMENTS).map((name) => {
    const reason = refuseWhere(checkEnvironmentName)(name);
    if (reason !== undefined) environments?.fault([name], reason);
    const found = environments?.object(name) ?? new StrictObject(null, [name], problems);
    const release = found.integer("release", 1, MAX_RELEASE);
    const digest = found.text("digest", DIGEST);
    found.done();
    return [name, { release, digest }] as const;
  });
  return {
    registry: { server, root },
    ...optional("targets", targets === undefined ? undefined : known),
    recipes,
    files: new Map(byTarget),
    environments: new Map(releases),
  };
}

function readRecipe(fields: StrictObject): LockedRecipe {
  const recipe = fields.text("recipe", { refuse: refuseWhere(parseRecipeName) });
  const range = fields.text("range", { refuse: refuseWhere(checkRange) });
  const version = fields.text("version", { refuse: refuseWhere(checkVersion) });
  const digest = fields.text("digest", DIGEST);
  fields.done();
  if (range !== "" && version !== "" && !isInRange(version, range)) {
    fields.fault(["version"], `is not in the range ${range}`);
  }
  return { recipe, range, version, digest };
}

function readFiles(fields: StrictObject): LockedFiles {
  const from = fields.text("from", DIGEST);
  const provisioners = fields.text("provisioners", DIGEST);
  const recipes = fields.text("recipes", DIGEST);
  const patches = fields.objects("patches", MAX_PATCHES).map((patch) => {
    const read = { name: patch.text("name", PATCH_NAME), digest: patch.text("digest", DIGEST) };
    patch.done();
    return read;
  });
  if (new Set(patches.map(({ name }) => name.toLowerCase())).size < patches.length) {
    fields.fault(["patches"], "must have different names");
  }
  fields.done();
  return { from, provisioners, recipes, patches };
}

function refuseOrigin(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url?.origin === text && ["http:", "https:"].includes(url.protocol);
  return isOrigin ? undefined : "must be the origin of a server, such as https://registry.example";
}

function faulty(reason: string, hint = "restore it from version control, or delete it") {
  return new CliError("cli_lock", `${LOCK_NAME} cannot be used: ${reason}`, {
    place: { file: LOCK_NAME },
    hint,
  });
}
