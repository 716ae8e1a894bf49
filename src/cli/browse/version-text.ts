/** A version of a recipe as text for people. */
import type { ShownVersion } from "../../client/browse.js";
import type { ListedVersion } from "../../client/versions.js";
import type { RecipeMetadata } from "../../core/recipe/metadata.js";
import type { Screen } from "../frame/screen.js";
import { describeNotices, nameOfVersion } from "./notices.js";
import { describeSchema } from "./schema-text.js";

/** Versions that are listed; `--json` has all. */
const MAX_VERSIONS = 10;

export async function describeVersion(
  screen: Screen,
  shown: ShownVersion,
  versions: readonly ListedVersion[],
): Promise<string> {
  const { metadata } = shown;
  const said = describeNotices(shown);
  const parts = [
    `${screen.style("bold", nameOfVersion(shown))}${shown.title === "" ? "" : `  ${shown.title}`}\n`,
    ...(said === "" ? [] : [`${screen.style("yellow", said)}\n`]),
    ...(metadata.description === undefined ? [] : [`\n${metadata.description.trimEnd()}\n`]),
    `\n${await facts(screen, shown)}`,
    ...(await describeTypes(screen, shown)),
    section(
      screen,
      "Files",
      await screen.columns(shown.files.map(({ path, size }) => [path, `${size} B`])),
    ),
    ...(shown.examples.length === 0
      ? []
      : [section(screen, "Examples", await screen.columns(examplesOf(shown)))]),
    section(screen, "Versions", versionsOf(versions, shown.version)),
  ];
  return parts.join("");
}

function section(screen: Screen, title: string, lines: string): string {
  return `\n${screen.style("bold", title)}\n${lines.replace(/^(?=.)/gm, "  ")}`;
}

async function facts(screen: Screen, shown: ShownVersion): Promise<string> {
  const { metadata, digest, publishedAt, signers, logIndex, commands } = shown;
  const rows = [
    ["digest", digest],
    ["published", `${describeTime(publishedAt)}, leaf ${logIndex} of the log`],
    ...signers.map((fingerprint) => ["signed by", fingerprint]),
    ...(metadata.license === undefined ? [] : [["licence", metadata.license]]),
    ...metadata.maintainers.map((one) => ["maintainer", describePerson(one)]),
    ...metadata.links.map(({ title, url }) => ["link", `${title}: ${url}`]),
    ...(commands ? [["commands", "a provisioner runs a program (cmd://)"]] : []),
  ];
  return screen.columns(rows.map(([name = "", value = ""]) => [screen.style("dim", name), value]));
}

function describeTime(time: string): string {
  return time.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, "$1 $2 UTC");
}

function describePerson({ name, email, url }: RecipeMetadata["maintainers"][number]): string {
  const at = email ?? url;
  return at === undefined ? name : `${name} <${at}>`;
}

/** A section for each type that it provides. */
async function describeTypes(
  screen: Screen,
  { provides, metadata }: ShownVersion,
): Promise<string[]> {
  const types = [...new Set(provides.map(({ type }) => type))];
  const sections = types.map(async (type) => {
    const own = provides.filter((one) => one.type === type);
    const resource = metadata.resources.get(type);
    const secret = new Set(resource?.secretOutputs ?? []);
    const lines = [
      await screen.columns(
        own.map(({ uri, ...one }) => [describeScope(one), screen.style("dim", uri)]),
      ),
      describeSchema("params", resource?.params, new Set()),
      describeSchema("outputs", resource?.outputs, secret),
    ];
    return section(screen, `Provides ${type}`, lines.join(""));
  });
  return Promise.all(sections);
}

/** `k8s`, `compose, class large`: what of the type it serves. */
function describeScope({ target, ...one }: Omit<ShownVersion["provides"][number], "uri">): string {
  const parts = [
    target,
    ...(one.class === undefined ? [] : [`class ${one.class}`]),
    ...(one.id === undefined ? [] : [`id ${one.id}`]),
  ];
  return parts.join(", ");
}

function examplesOf({ examples }: ShownVersion): string[][] {
  return examples.map(({ name, targets }) => [name, targets.join(", ") || "not rendered"]);
}

function versionsOf(versions: readonly ListedVersion[], shown: string): string {
  const listed = versions.slice(0, MAX_VERSIONS).map((one) => {
    const { version, publishedAt } = one;
    const mark = version === shown ? "*" : " ";
    return `${mark} ${version}  ${publishedAt.slice(0, 10)}  ${describeNotices(one)}`.trimEnd();
  });
  const more = versions.length - listed.length;
  return [...listed, ...(more === 0 ? [] : [`  and ${more} more`])]
    .map((line) => `${line}\n`)
    .join("");
}
