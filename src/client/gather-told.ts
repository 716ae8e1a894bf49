/** Asks a registry for everything that its log can be held against. */
import type { LogState } from "../core/audit/log-state.js";
import type {
  Told,
  ToldBlob,
  ToldDetail,
  ToldNotice,
  ToldPointer,
  ToldRelease,
  ToldVersion,
} from "../core/audit/told.js";
import { canonicalJson } from "../core/codec/canonical-json.js";
import { sha256Digest } from "../core/codec/digest.js";
import { membersOf } from "../core/codec/members.js";
import { blobSizes } from "../core/oci/manifest.js";
import { refuseDigest } from "../core/recipe/names.js";
import { optional } from "../core/recipe/strict-json.js";
import { TARGETS } from "../core/score/project-state.js";
import { BackbarError } from "../errors.js";
import { readPages } from "./answer.js";
import type { BackbarClient } from "./client.js";
import { listEntryLists, listEnvironments } from "./environments.js";
import { ServerProblem } from "./error.js";
import { inTurns } from "./in-turns.js";
import { listNamespaces, readNamespace } from "./namespaces.js";
import { whoAmI } from "./tokens.js";
import { listAllRefusals, listAllUsage, listTokensTold } from "./told-lists.js";
import { pathOf } from "./transport.js";
import {
  readVersionAnswer,
  readVersionFile,
  type VersionAnswer,
  type VersionName,
} from "./version-answer.js";
import { listVersions } from "./versions.js";

export interface ToldOptions {
  readonly now: Date;
  /** Files of all versions, not only of those in current releases. */
  readonly full: boolean;
  /** Keeps the bytes of files, for a bundle. */
  readonly keepFiles: boolean;
}

/** What the registry says, and the bytes of files that it gave, where they are kept. */
export interface ToldWithFiles {
  readonly told: Told;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** `state` is what the log comes to: it says what to ask for beside what the registry lists. */
export async function gatherTold(
  client: BackbarClient,
  state: LogState,
  options: ToldOptions,
): Promise<ToldWithFiles> {
  const { grants } = await whoAmI(client);
  const auditor = grants.some((grant) => grant === "auditor" || grant === "admin");
  const namespaces = await listNamespaces(client);
  const versions = await readVersions(client, state);
  const environments = await listEnvironments(client);
  const lists = await listEntryLists(client);
  const names = environments.map(({ name }) => name);
  const releases = await inTurns(names, (name) => readReleases(client, name));
  const pointed = environments.filter(({ current }) => current !== undefined);
  const pointers = await inTurns(pointed, ({ name }) => readPointer(client, name));
  const usage = auditor ? await listAllUsage(client) : undefined;
  const refusals = auditor ? await listAllRefusals(client) : undefined;
  const tokens = auditor ? await listTokensTold(client) : undefined;
  const { blobs, files } = await readBlobs(client, state, versions, options);
  const told: Told = {
    time: options.now.toISOString(),
    auditor,
    namespaces: await inTurns(namespaces, async (entry) => {
      const { name, owners, signatures, visibility, commands, tombstonedAt } = entry;
      const { publisherKeys } = await readNamespace(client, name);
      return {
        ...{ name, owners, signatures, visibility, commands },
        ...optional("tombstonedAt", tombstonedAt),
        publisherKeys: publisherKeys.map(({ fingerprint }) => fingerprint),
      };
    }),
    versions: versions.map(({ answer: _answer, ...version }) => version),
    environments: environments.map(({ name, definition, current }) => ({
      name,
      digest: sha256Digest(canonicalJson(definition)),
      ...optional("current", current),
    })),
    entryLists: lists.map(({ name, definition }) => ({
      name,
      digest: sha256Digest(canonicalJson(definition)),
    })),
    releases: releases.flat(),
    pointers,
    ...optional("usage", usage),
    ...optional("refusals", refusals),
    ...optional("tokens", tokens),
    blobs,
  };
  return { told, files };
}

interface VersionAsked extends ToldVersion {
  /** Its files by digest, with their paths. */
  readonly answer?: Pick<VersionAnswer, "paths" | "manifest">;
}

/** All that the registry lists of the recipes that it, or the log, knows. */
async function readVersions(client: BackbarClient, state: LogState): Promise<VersionAsked[]> {
  const listed = await client.searchRecipes({});
  const logged = [...state.versions.values()].map(({ value }) => value.recipe);
  const recipes = [...new Set([...listed.keys(), ...logged])].sort();
  const versions = await inTurns(recipes, async (recipe) => {
    const found = await unlessUnknown(listVersions(client, recipe), []);
    return inTurns(found, async ({ version, digest, yanked, deprecated }) => {
      const detail = await readDetail(client, { recipe, version });
      const notices: ToldNotice[] = [
        ...(yanked === undefined ? [] : [{ kind: "yanked", ...yanked } as const]),
        ...(deprecated === undefined ? [] : [{ kind: "deprecated", ...deprecated } as const]),
      ];
      return { recipe, version, digest, notices, ...detail };
    });
  });
  return versions.flat();
}

/** Neither where the registry cannot show it. */
async function readDetail(
  client: BackbarClient,
  name: VersionName,
): Promise<Pick<VersionAsked, "detail" | "answer">> {
  const answer = await unlessRefused(readVersionAnswer(client, name));
  if (answer === undefined) return {};
  const { manifest, bundles, logIndex } = answer;
  const decoder = new TextDecoder();
  const detail: ToldDetail = {
    logIndex,
    manifest: decoder.decode(manifest),
    bundles: bundles.map((bundle) => decoder.decode(bundle)),
  };
  return { detail, answer };
}

function readReleases({ send }: BackbarClient, environment: string): Promise<ToldRelease[]> {
  const path = pathOf("v1", "environments", environment, "releases");
  return readPages(send, { path, member: "releases" }, (one) => ({
    environment,
    number: one.integer("number", 1),
    digest: one.text("digest", { refuse: refuseDigest }),
    logIndex: one.integer("logIndex", 0),
  }));
}

async function readPointer(client: BackbarClient, environment: string): Promise<ToldPointer> {
  const path = pathOf("v1", "environments", environment, "catalog");
  const catalog = membersOf(await client.getJson(path));
  const text = (key: string) => String(catalog.get(key) ?? "");
  return { environment, pointer: text("pointer"), release: text("release") };
}

/** A file to ask for. */
interface Wanted {
  readonly digest: string;
  readonly of: string;
  readonly ask: () => Promise<Uint8Array>;
}

async function readBlobs(
  client: BackbarClient,
  state: LogState,
  versions: readonly VersionAsked[],
  { full, keepFiles }: ToldOptions,
): Promise<{ readonly blobs: readonly ToldBlob[]; readonly files: Map<string, Uint8Array> }> {
  const current = currentReleases(state);
  const inUse = new Set(current.flatMap(({ entries }) => entries.map(({ digest }) => digest)));
  const wanted = new Map<string, Wanted>();
  for (const version of versions) {
    if (!full && !inUse.has(version.digest)) continue;
    for (const one of filesOf(client, version)) wanted.set(one.digest, one);
  }
  for (const one of current.flatMap((release) => combinedOf(client, release))) {
    wanted.set(one.digest, one);
  }
  const files = new Map<string, Uint8Array>();
  const blobs = await inTurns([...wanted.values()], async ({ digest, of, ask }) => {
    const bytes = await unlessRefused(ask());
    if (bytes === undefined) return { digest, of };
    if (keepFiles) files.set(digest, bytes);
    return { digest, of, actual: sha256Digest(bytes) };
  });
  return { blobs, files };
}

function currentReleases({ current, releases }: LogState) {
  return [...current].flatMap(([name, { value }]) => {
    const found = releases.get(name)?.get(value);
    return found === undefined ? [] : [found.value.document];
  });
}

function filesOf(client: BackbarClient, { recipe, version, answer }: VersionAsked): Wanted[] {
  if (answer === undefined) return [];
  const sizes = sizesOf(answer.manifest);
  return [...sizes].flatMap(([digest, sizeBytes]): Wanted[] => {
    const file = answer.paths.get(digest);
    // The config is no file: the manifest's other digest is that of the metadata beside it.
    if (file === undefined) return [];
    const ask = () =>
      readVersionFile(client, { recipe, version }, file, Math.max(sizeBytes, 1) * 2);
    return [{ digest, of: `${recipe}@${version}: ${file}`, ask }];
  });
}

/** None of what is no manifest: that it is none is found by its digest. */
function sizesOf(manifest: Uint8Array): ReadonlyMap<string, number> {
  try {
    return blobSizes(manifest);
  } catch (error) {
    if (error instanceof BackbarError) return new Map();
    throw error;
  }
}

type CurrentRelease = ReturnType<typeof currentReleases>[number];

function combinedOf(client: BackbarClient, release: CurrentRelease): Wanted[] {
  const { environment, number } = release;
  return TARGETS.flatMap((target): Wanted[] => {
    const { provisioners, origins, patches } = release.targets[target];
    if (origins.length === 0 && patches.length === 0) return [];
    const of = `${environment} for ${target}, release ${number}`;
    return [
      {
        digest: provisioners,
        of: `${of}: provisioners.yaml`,
        ask: () => client.getProvisioners(environment, target, number),
      },
      ...patches.map(({ name, digest }) => ({
        digest,
        of: `${of}: ${name}`,
        ask: () => client.getPatchTemplate(environment, target, name, number),
      })),
    ];
  });
}

/** Undefined where the registry has something in its lists and does not give it. */
async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ServerProblem) return undefined;
    throw error;
  }
}

async function unlessUnknown<T>(answer: Promise<T>, absent: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ServerProblem && error.status === 404) return absent;
    throw error;
  }
}
