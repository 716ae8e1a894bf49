/** Environments: their definitions, changed only by who saw what stands. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import {
  definitionDigest,
  type EnvironmentDefinition,
  formatEnvironment,
  parseEnvironment,
} from "../core/recipe/environment.js";
import { checkEnvironmentName } from "../core/recipe/names.js";
import {
  type EnvironmentRow,
  findEnvironment,
  insertEnvironment,
  listEnvironments,
  lockEnvironment,
  updateEnvironment,
} from "../store/environments.js";
import { FlowError } from "./error.js";
import { appendRecord, changeRegistry } from "./log.js";
import type { Registry } from "./registry.js";
import { unknownEnvironment } from "./release-content.js";

export interface Environment {
  readonly name: string;
  readonly definition: EnvironmentDefinition;
  /** Digest of the definition; its ETag. */
  readonly digest: string;
  readonly updatedAt: Date;
}

/** @throws {FlowError} environment_unknown */
export async function requireEnvironment(registry: Registry, name: string): Promise<Environment> {
  const row = await findEnvironment(registry.db, name);
  if (row === undefined) throw unknownEnvironment(name);
  return fromRow(row);
}

/** Environments after `after` in order of name. */
export async function readEnvironments(
  registry: Registry,
  page: { readonly after?: string; readonly limit: number },
): Promise<Environment[]> {
  return (await listEnvironments(registry.db, page)).map(fromRow);
}

export interface EnvironmentChange {
  readonly name: string;
  readonly definition: JsonValue;
  /** Digest that the definition must still have; null: there must be none; undefined: not said. */
  readonly expected: string | null | undefined;
  readonly actor: string;
}

/**
 * Makes or changes an environment; the same definition again changes nothing.
 * @throws {RecipeError} environment_name, environment_definition
 * @throws {FlowError} environment_exists, environment_changed, environment_match_required
 */
export async function putEnvironment(
  registry: Registry,
  change: EnvironmentChange,
): Promise<{ readonly environment: Environment; readonly created: boolean }> {
  const { name, actor } = change;
  checkEnvironmentName(name);
  const definition = parseEnvironment(change.definition);
  const digest = definitionDigest(definition);
  return changeRegistry(registry, async (tx) => {
    const stored = await lockEnvironment(tx, name);
    checkExpected(change, stored);
    const updatedAt = registry.now();
    if (stored?.digest === digest) return { environment: fromRow(stored), created: false };
    const details = {
      environment: name,
      definition: digest,
      content: formatEnvironment(definition),
    };
    const logIndex = await appendRecord(registry, tx, { kind: "environment", actor, details });
    const row: EnvironmentRow = {
      name,
      revision: (stored?.revision ?? 0) + 1,
      definition: formatEnvironment(definition),
      digest,
      updatedAt,
      logIndex,
    };
    if (stored !== undefined) await updateEnvironment(tx, row);
    else if (!(await insertEnvironment(tx, row))) throw changed(name);
    return { environment: { name, definition, digest, updatedAt }, created: stored === undefined };
  });
}

function checkExpected(change: EnvironmentChange, stored: EnvironmentRow | undefined): void {
  const { name, expected } = change;
  if (stored === undefined) {
    if (typeof expected === "string") throw changed(name);
    return;
  }
  if (expected === null) {
    throw new FlowError("environment_exists", `the environment ${name} exists already`);
  }
  if (expected === undefined) {
    throw new FlowError("environment_match_required", `the environment ${name} exists already`, {
      hint: "send the ETag of the definition that you change as If-Match",
    });
  }
  if (expected !== stored.digest) throw changed(name);
}

function fromRow(row: EnvironmentRow): Environment {
  const { name, digest, updatedAt } = row;
  return { name, definition: parseEnvironment(row.definition), digest, updatedAt };
}

function changed(name: string): FlowError {
  return new FlowError(
    "environment_changed",
    `the environment ${name} was changed by somebody else`,
    {
      hint: "read it again and repeat the change",
    },
  );
}
