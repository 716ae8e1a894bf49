/** Yank and deprecate: what is said of a version after it was published. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import { parseRecipeName } from "../core/recipe/names.js";
import { optional, type StrictObject } from "../core/recipe/strict-json.js";
import { readAnswer } from "./answer.js";
import type { BackbarClient } from "./client.js";
import { pathOf } from "./transport.js";

/** What was said of a version after it was published. */
export interface Notice {
  readonly reason: string;
  /** `namespace/name` or `namespace/name@version` */
  readonly successor?: string;
}

/** All that was said of a version. */
export interface Notices {
  readonly yanked?: Notice;
  readonly deprecated?: Notice;
}

const MAX_REASON = 4000;

/** The act, as its path ends. */
export type NoticeAct = "yank" | "deprecate";

/** A reason with or without a successor, or the notice taken back. */
export interface NoticeBody {
  readonly reason?: string;
  /** `namespace/name` or `namespace/name@version` */
  readonly successor?: string;
  readonly undo?: boolean;
}

/**
 * Gives a notice of a version, or takes it back; the version as the server then shows it.
 * @throws {RecipeError} recipe_name, namespace_name; {ServerProblem} version_unknown,
 * namespace_owner, notice_successor, notice_none
 */
export async function giveNotice(
  { send }: BackbarClient,
  { recipe, version, act }: { recipe: string; version: string; act: NoticeAct },
  body: NoticeBody,
): Promise<JsonValue> {
  const { namespace, name } = parseRecipeName(recipe);
  const path = pathOf("v1", "recipes", namespace, name, "versions", version, act);
  return readAnswer(await send({ method: "POST", path, body }), (_fields, json) => json);
}

/** What an answer says of the version that `fields` are of. */
export function readNotices(fields: StrictObject): Notices {
  const [yanked, deprecated] = [fields.object("yanked"), fields.object("deprecated")];
  return {
    ...optional("yanked", yanked && readNotice(yanked)),
    ...optional("deprecated", deprecated && readNotice(deprecated)),
  };
}

/** A reason and, where there is one, a successor. */
export function readNotice(fields: StrictObject): Notice {
  return {
    reason: fields.text("reason", { maxLength: MAX_REASON }),
    ...optional("successor", fields.optionalText("successor")),
  };
}
