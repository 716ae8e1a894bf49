/** What changed in a version of a recipe, as the registry tells it. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import type { PackageDiff } from "../core/recipe/diff.js";
import { parseRecipeName } from "../core/recipe/names.js";
import type { StrictObject } from "../core/recipe/strict-json.js";
import { readAnswer } from "./answer.js";
import type { BackbarClient } from "./client.js";
import { readDiff } from "./release-answer.js";
import { pathOf } from "./transport.js";

export interface VersionDiff extends PackageDiff {
  readonly from: ComparedVersion;
  readonly to: ComparedVersion;
  readonly json: JsonValue;
}

export interface ComparedVersion {
  readonly version: string;
  readonly digest: string;
}

/**
 * The difference to `from`, or to the version before.
 * @throws {ServerProblem} recipe_unknown, version_unknown, version_first; {ClientError}
 */
export async function readVersionDiff(
  client: BackbarClient,
  recipe: string,
  version: string,
  from?: string,
): Promise<VersionDiff> {
  const { namespace, name } = parseRecipeName(recipe);
  const path = pathOf("v1", "recipes", namespace, name, "versions", version, "diff");
  return readAnswer(await client.send({ path, query: { from } }), (fields, json) => ({
    from: readSide(fields, "from"),
    to: readSide(fields, "to"),
    ...readDiff(fields),
    json,
  }));
}

function readSide(fields: StrictObject, key: "from" | "to"): ComparedVersion {
  const side = fields.object(key) ?? fields;
  return { version: side.text("version"), digest: side.text("digest") };
}
