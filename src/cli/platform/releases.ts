/** `backbar release list`, `backbar release show`. */

import type { ListedRelease, StoredRelease } from "../../client/release-answer.js";
import { listReleases, readRelease } from "../../client/releases.js";
import type { ResolvedEntry } from "../../core/recipe/ranges.js";
import { TARGETS } from "../../core/score/project-state.js";
import type { Outcome, Screen } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { countOf } from "../frame/words.js";
import { narrowing } from "./changes-text.js";
import { tellRefusal } from "./refusal.js";
import { approvalHint, shortDigest, shortTime } from "./release-text.js";

/** @throws {ServerProblem} environment_unknown */
export async function showReleases(
  session: Session,
  environment: string,
  limit: number,
): Promise<Outcome> {
  const client = await session.client();
  const { releases, more, json } = await listReleases(client, environment, limit).catch(
    (error: unknown) => {
      throw tellRefusal(error, environment);
    },
  );
  const header = ["number", "status", "cut", "by", "from", "digest"];
  const rows = releases.map((release) => [
    String(release.number),
    release.status,
    shortTime(release.createdAt),
    release.actor ?? "-",
    originOf(release) || "-",
    shortDigest(release.digest),
  ]);
  if (releases.length === 0) {
    session.screen.note(
      `${environment} has no release; backbar release cut ${environment} makes one`,
    );
    return { json, text: "" };
  }
  const hints = more ? [`these are the newest ${limit}; --limit shows more`] : [];
  return { json, text: await session.screen.table(header, rows), hints };
}

/** @throws {ServerProblem} environment_unknown, release_none, release_unknown */
export async function showRelease(
  session: Session,
  environment: string,
  number: number | undefined,
): Promise<Outcome> {
  const client = await session.client();
  const stored = await readRelease(client, environment, number ?? "current").catch(
    (error: unknown) => {
      throw tellRefusal(error, environment);
    },
  );
  const text = `${describeHead(session.screen, environment, stored)}\n${await describeContent(session.screen, stored)}`;
  const hints = stored.status === "waiting" ? [approvalHint(environment, stored)] : [];
  return { json: stored.json, text, hints };
}

function describeHead(screen: Screen, environment: string, stored: StoredRelease): string {
  const { number, status, digest, createdAt, activatedAt, actor, release } = stored;
  const facts: [string, string][] = [
    ["cut", `${shortTime(createdAt)}${actor === undefined ? "" : ` by ${actor}`}`],
    ...(originOf(stored) === "" ? [] : [["from", originOf(stored)] as [string, string]]),
    ...(activatedAt === undefined
      ? []
      : [
          ["current", `${status === "current" ? "since" : "from"} ${shortTime(activatedAt)}`] as [
            string,
            string,
          ],
        ]),
    ...approvalsOf(stored),
    ...(stored.forced ? [["forced", "a refusal was overridden"] as [string, string]] : []),
    ...(release.replace ?? []).map(({ project, resource }): [string, string] => [
      "replace",
      `${project}:${resource}`,
    ]),
    ["digest", digest],
    ["previous", release.previous ?? "-"],
    ["definition", release.definition],
    ...Object.entries(release.lists ?? {}).map(([name, list]): [string, string] => [
      `list ${name}`,
      list,
    ]),
  ];
  const width = Math.max(...facts.map(([label]) => label.length));
  const lines = facts.map(([label, value]) => `  ${label.padEnd(width)}  ${value}\n`);
  return `${screen.style("bold", `${environment} ${number}`)}, ${status}\n${lines.join("")}`;
}

function approvalsOf({ approvals: { needed, given } }: StoredRelease): [string, string][] {
  if (needed === 0 && given.length === 0) return [];
  const lines = given.map(({ actor, at, comment }): [string, string] => [
    "approved",
    `by ${actor} ${shortTime(at)}${comment === undefined ? "" : `: ${comment}`}`,
  ]);
  return [["approvals", `${given.length} of ${needed}`], ...lines];
}

async function describeContent(screen: Screen, { release }: StoredRelease): Promise<string> {
  const entries = release.entries.map((entry) => [
    entry.recipe,
    entry.version,
    entry.range,
    partOf(entry),
    shortDigest(entry.digest),
  ]);
  const files = TARGETS.flatMap((target) => {
    const { provisioners, origins, patches } = release.targets[target];
    return [
      [target, "provisioners.yaml", countOf(origins.length, "provisioner"), provisioners],
      ...patches.map(({ name, digest }) => [target, `patches/${name}`, "", digest]),
    ];
  });
  const entryTable = await screen.table(["recipe", "version", "range", "part", "digest"], entries);
  return `${entryTable}\n${await screen.table(["target", "file", "has", "digest"], files)}`;
}

function partOf(entry: ResolvedEntry): string {
  const parts = [...narrowing(entry), ...(entry.patches ? [] : ["no patches"])];
  return parts.join(", ") || "all";
}

function originOf({ promotion, rollback }: ListedRelease): string {
  if (promotion !== undefined) return `${promotion.environment} ${promotion.number}`;
  return rollback === undefined ? "" : `rollback to ${rollback.number}`;
}
