/** `backbar env list`, `backbar entry-list list`. */
import {
  type ListedEnvironment,
  listEntryLists,
  listEnvironments,
} from "../../client/environments.js";
import type { JsonValue } from "../../core/codec/canonical-json.js";
import { membersOf } from "../../core/codec/members.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";

/** @throws {ClientError}; {ServerProblem} */
export async function showEnvironments(session: Session): Promise<Outcome> {
  const environments = await listEnvironments(await session.client());
  const json = { environments: environments.map((environment) => environment.json) };
  if (environments.length === 0) {
    session.screen.note("there is no environment; backbar env apply FILE makes one");
    return { json, text: "" };
  }
  const header = ["name", "target", "release", "waiting", "entries", "title"];
  const rows = environments.map(({ name, definition, current, waiting }) => [
    name,
    targetOf(definition),
    current === undefined ? "-" : String(current),
    waiting.join(", ") || "-",
    String(entriesOf(definition).length),
    titleOf(definition),
  ]);
  const hints = environments.flatMap(({ name, waiting }) => waitingHints(name, waiting));
  return { json, text: await session.screen.table(header, rows), hints };
}

/** @throws {ClientError}; {ServerProblem} */
export async function showEntryLists(session: Session): Promise<Outcome> {
  const lists = await listEntryLists(await session.client());
  const json = { lists: lists.map((list) => list.json) };
  if (lists.length === 0) {
    session.screen.note("there is no entry list; backbar entry-list apply FILE makes one");
    return { json, text: "" };
  }
  const rows = lists.map(({ name, definition }) => [
    name,
    String(entriesOf(definition).length),
    titleOf(definition),
  ]);
  return { json, text: await session.screen.table(["name", "entries", "title"], rows) };
}

function waitingHints(name: string, waiting: ListedEnvironment["waiting"]): string[] {
  const newest = waiting.at(-1);
  if (newest === undefined) return [];
  const release = `${name} ${newest}`;
  return [
    `${release} waits for approval: backbar release show ${release}, then backbar approve ${release}`,
  ];
}

/** Targets that the environment's own entries are narrowed to. */
function targetOf(definition: JsonValue): string {
  const own = entriesOf(definition).filter((entry) => !membersOf(entry).has("list"));
  const targets = own.map((entry) => membersOf(entry).get("target"));
  if (targets.length === 0 || !targets.every((target) => typeof target === "string")) return "any";
  return [...new Set(targets)].sort().join(", ");
}

function titleOf(definition: JsonValue): string {
  const title = membersOf(definition).get("title");
  return typeof title === "string" ? title : "";
}

function entriesOf(definition: JsonValue): readonly JsonValue[] {
  const entries = membersOf(definition).get("entries");
  return Array.isArray(entries) ? entries : [];
}
