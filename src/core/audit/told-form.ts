/** Reads what a registry said from evidence. Strict, so that nobody reads another thing out of it. */
import { refuseDigest } from "../recipe/names.js";
import { refuseTime } from "../recipe/release-document.js";
import { optional, StrictObject } from "../recipe/strict-json.js";
import { MAX_SIGNED_LENGTH } from "../trust/signed-json.js";
import type {
  Told,
  ToldDefinition,
  ToldDetail,
  ToldNamespace,
  ToldNotice,
  ToldToken,
  ToldUsage,
  ToldVersion,
} from "./told.js";
import { readRefusals, readUsage } from "./usage-batch.js";

const MANY = 5_000_000;
const SOME = 10_000;
const LONG = { maxLength: 20_000 };
const LARGE = { maxLength: MAX_SIGNED_LENGTH };
const TIME = { refuse: refuseTime };
const DIGEST = { refuse: refuseDigest };

/** The member `told`. */
export function readTold(fields: StrictObject): Told {
  const told = fields.object("told") ?? new StrictObject(null, ["told"], []);
  const list = <T>(key: string, read: (one: StrictObject) => T): T[] =>
    told.objects(key, MANY).map((one) => {
      const value = read(one);
      one.done();
      return value;
    });
  const where = <T>(key: string, read: (one: StrictObject) => T) =>
    told.has(key) ? list(key, read) : undefined;
  const read: Told = {
    time: told.text("time", TIME),
    auditor: told.boolean("auditor", false),
    namespaces: list("namespaces", readNamespace),
    versions: list("versions", readVersion),
    environments: list("environments", (one) => ({
      ...readDefinition(one),
      ...optional("current", one.has("current") ? one.integer("current", 1) : undefined),
    })),
    entryLists: list("entryLists", readDefinition),
    releases: list("releases", (one) => ({
      environment: one.text("environment"),
      number: one.integer("number", 1),
      digest: one.text("digest", DIGEST),
      logIndex: one.integer("logIndex", 0),
    })),
    pointers: list("pointers", (one) => ({
      environment: one.text("environment"),
      pointer: one.text("pointer", LARGE),
      release: one.text("release", LARGE),
    })),
    ...optional(
      "usage",
      where("usage", (one) => ({
        ...readUsage(one, 0),
        project: one.text("project"),
        ...leafOf(one),
      })),
    ),
    ...optional(
      "refusals",
      where("refusals", (one) => ({ ...readRefusals(one, 0), ...leafOf(one) })),
    ),
    ...optional("tokens", where("tokens", readToken)),
    blobs: list("blobs", (one) => ({
      digest: one.text("digest", DIGEST),
      of: one.text("of", LONG),
    })),
  };
  told.done();
  if (!fields.has("told")) fields.fault(["told"], "is missing");
  return read;
}

function readNamespace(one: StrictObject): ToldNamespace {
  return {
    name: one.text("name"),
    owners: one.texts("owners", SOME),
    signatures: one.integer("signatures", 0),
    visibility: one.text("visibility"),
    commands: one.boolean("commands", false),
    ...optional("tombstonedAt", one.optionalText("tombstonedAt", TIME)),
    publisherKeys: one.texts("publisherKeys", SOME, DIGEST),
  };
}

function readVersion(one: StrictObject): ToldVersion {
  const detail = one.object("detail");
  return {
    recipe: one.text("recipe"),
    version: one.text("version"),
    digest: one.text("digest", DIGEST),
    notices: one.objects("notices", SOME).map(readNotice),
    ...optional("detail", detail && readDetail(detail)),
  };
}

function readDetail(detail: StrictObject): ToldDetail {
  const read = {
    logIndex: detail.integer("logIndex", 0),
    manifest: detail.text("manifest", LARGE),
    bundles: detail.texts("bundles", SOME, LARGE),
  };
  detail.done();
  return read;
}

function readNotice(notice: StrictObject): ToldNotice {
  const kind = notice.text("kind") === "yanked" ? "yanked" : "deprecated";
  const read = {
    kind,
    reason: notice.text("reason", LONG),
    ...optional("successor", notice.optionalText("successor")),
  } as const;
  notice.done();
  return read;
}

function readDefinition(one: StrictObject): ToldDefinition {
  return { name: one.text("name"), digest: one.text("digest", DIGEST) };
}

/** Of the batch that holds a record; undefined where none does yet. */
function leafOf(one: StrictObject): Pick<ToldUsage, "logIndex"> {
  return optional("logIndex", one.has("logIndex") ? one.integer("logIndex", 0) : undefined);
}

function readToken(one: StrictObject): ToldToken {
  return {
    id: one.text("id"),
    name: one.text("name"),
    grants: one.texts("grants", SOME, LONG),
    expiresAt: one.text("expiresAt", TIME),
    revoked: one.boolean("revoked", false),
  };
}
