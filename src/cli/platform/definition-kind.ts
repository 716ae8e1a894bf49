/** What platform teams define in files: environments and entry lists, by one way of working. */
import {
  type DefinitionResource,
  ENTRY_LISTS,
  ENVIRONMENTS,
  type StoredDefinition,
} from "../../client/environments.js";
import type { JsonValue } from "../../core/codec/canonical-json.js";
import { formatEntryList, parseEntryListYaml } from "../../core/recipe/entry-list.js";
import { formatEnvironment, parseEnvironmentYaml } from "../../core/recipe/environment.js";
import { checkEntryListName, checkEnvironmentName } from "../../core/recipe/names.js";

export interface DefinitionKind {
  /** For people. */
  readonly noun: "environment" | "entry list";
  /** The group of commands. */
  readonly command: "env" | "entry-list";
  readonly resource: DefinitionResource;
  /** @throws {RecipeError} environment_name, entry_list_name */
  readonly checkName: (name: string) => void;
  /**
   * The complete JSON form of what a YAML or JSON file says; `file` names it in places.
   * @throws {RecipeError} environment_definition, entry_list_definition
   */
  readonly parse: (text: string, file: string) => JsonValue;
  /** What to do once these were changed, for people. */
  readonly next: (changed: readonly StoredDefinition[]) => readonly string[];
}

export const ENVIRONMENT_KIND: DefinitionKind = {
  noun: "environment",
  command: "env",
  resource: ENVIRONMENTS,
  checkName: checkEnvironmentName,
  parse: (text, file) => formatEnvironment(parseEnvironmentYaml(text, { file })),
  next: ([first, ...others]) => {
    if (first === undefined) return [];
    const name = others.length === 0 ? first.name : "ENVIRONMENT";
    return [
      `the next release serves it: backbar release preview ${name}, then backbar release cut ${name}`,
    ];
  },
};

export const ENTRY_LIST_KIND: DefinitionKind = {
  noun: "entry list",
  command: "entry-list",
  resource: ENTRY_LISTS,
  checkName: checkEntryListName,
  parse: (text, file) => formatEntryList(parseEntryListYaml(text, { file })),
  next: (changed) =>
    changed.map(({ name, sharedBy }) =>
      sharedBy.length === 0
        ? `an environment takes it in with '- list: ${name}' among its entries`
        : `${sharedBy.join(", ")} ${sharedBy.length === 1 ? "takes" : "take"} ${name} in with the next release`,
    ),
};
