/** `backbar env show`, `backbar entry-list show`. */
import { readDefinition } from "../../client/environments.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import type { DefinitionKind } from "./definition-kind.js";
import { formatDefinition } from "./definition-text.js";
import { withHints } from "./refusal.js";

/** @throws {RecipeError} environment_name, entry_list_name; {ServerProblem} */
export async function showDefinition(
  session: Session,
  kind: DefinitionKind,
  name: string,
): Promise<Outcome> {
  kind.checkName(name);
  try {
    const client = await session.client();
    const { json, definition, sharedBy } = await readDefinition(client, kind.resource, name);
    const shared = sharedBy.length === 0 ? "" : `# Shared by: ${sharedBy.join(", ")}\n`;
    return { json, text: `${shared}${formatDefinition(definition)}` };
  } catch (error) {
    const hint = `backbar ${kind.command} list shows those that are there`;
    throw withHints(error, { environment_unknown: hint, entry_list_unknown: hint });
  }
}
