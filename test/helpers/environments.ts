/** Environments in tests: defined, changed, and the requests for their releases. */
import type { JsonValue } from "../../src/core/codec/canonical-json.js";
import type { Problem } from "../../src/errors.js";
import type { Reply } from "./call.js";
import type { TestServer } from "./server.js";

export interface ReleaseJson {
  readonly release: {
    readonly number: number;
    readonly previous: string | null;
    readonly actor?: string;
    readonly entries: readonly { readonly recipe: string; readonly version: string }[];
    readonly targets: unknown;
    readonly [key: string]: unknown;
  };
  readonly digest: string | null;
  readonly status: string;
  readonly unchanged: boolean;
  readonly warnings: readonly Problem[];
  readonly conflicts?: readonly Problem[];
  readonly changes?: readonly {
    readonly change: string;
    readonly recipe: string;
    readonly diff?: { readonly files: readonly { path: string; diff?: string }[] };
  }[];
  readonly touched?: readonly { readonly [key: string]: unknown }[];
}

/** Makes the environment, or changes it. */
export async function define(
  server: TestServer,
  environment: string,
  entries: readonly JsonValue[],
  rules: JsonValue = {},
): Promise<void> {
  const known = await server.client.findEnvironment(environment);
  const condition =
    known?.etag === undefined ? ({ create: true } as const) : { ifMatch: known.etag };
  await server.client.putEnvironment(environment, { entries, rules }, condition);
}

/** Asks for a new release: `releases`, `promotions` or `rollback`; as an administrator. */
export function ask(
  server: TestServer,
  environment: string,
  how: "releases" | "promotions" | "rollback",
  body?: JsonValue,
  query = "",
): Promise<Reply> {
  return server.admin(`/v1/environments/${environment}/${how}${query}`, {
    method: "POST",
    ...(body === undefined ? {} : { body }),
  });
}

/** The versions of a release's entries, in order. */
export function versionsOf(reply: Reply): string[] {
  return reply
    .json<ReleaseJson>()
    .release.entries.map(({ recipe, version }) => `${recipe} ${version}`);
}

/** What an answer that is no 2xx says: its status, its code and those of its problems. */
export function refusalOf(reply: Reply) {
  const { code, problems = [] } = reply.json<{ code: string; problems?: Problem[] }>();
  return { status: reply.status, code, problems: problems.map((problem) => problem.code) };
}
