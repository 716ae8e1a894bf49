/** Yank and deprecate: what is said of a version after it was published. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import { parseRecipeName } from "../core/recipe/names.js";
import { readAnswer } from "./answer.js";
import type { BackbarClient } from "./client.js";
import { pathOf } from "./transport.js";

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
