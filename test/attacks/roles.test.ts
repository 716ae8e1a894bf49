/**
 * Who may what, over all routes: each is asked by everybody, and whoever may not is refused with 401
 * or 403 and a code, which the audit trail has. Routes that are not listed here are for every reader.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatSubmission } from "../../src/core/oci/submission.js";
import type { Call } from "../helpers/call.js";
import { define } from "../helpers/environments.js";
import {
  cache,
  makeNamespace,
  publishAll,
  release,
  scoreFile,
  startWith,
  submission,
} from "../helpers/recipes.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

/** Everybody who asks, by what they hold. */
const HOLDERS = {
  nobody: undefined,
  reader: ["reader"],
  renderer: ["renderer:shop"],
  "renderer elsewhere": ["renderer:other"],
  publisher: ["publisher:acme"],
  "publisher elsewhere": ["publisher:other"],
  releaser: ["releaser:staging"],
  "releaser elsewhere": ["releaser:other"],
  approver: ["approver:staging"],
  "approver elsewhere": ["approver:other"],
  auditor: ["auditor"],
  admin: ["admin"],
} as const;
type Holder = keyof typeof HOLDERS;

const ADMIN: readonly Holder[] = ["admin"];
const PUBLISHER: readonly Holder[] = ["publisher", "admin"];
const RENDERER: readonly Holder[] = ["renderer", "admin"];
const RENDERERS: readonly Holder[] = ["renderer", "renderer elsewhere", "admin"];
const RELEASER: readonly Holder[] = ["releaser", "admin"];
const APPROVER: readonly Holder[] = ["approver", "admin"];
const AUDITOR: readonly Holder[] = ["auditor", "admin"];
/** Whoever shows a token. */
const NAMED = Object.keys(HOLDERS).filter((name) => name !== "nobody") as Holder[];
const EVERYBODY = Object.keys(HOLDERS) as Holder[];

const VERSION = "/v1/recipes/{namespace}/{name}/versions/{version}";
const STATE = "/v1/projects/{project}/environments/{environment}/state";

/** Who may ask a route, where it is not every reader; with a body that is right where one is needed. */
const ROUTES: Readonly<
  Record<string, { readonly for: readonly Holder[]; readonly query?: string; readonly call?: Call }>
> = {
  "GET /healthz": { for: EVERYBODY },
  "GET /readyz": { for: EVERYBODY },
  "GET /metrics": { for: EVERYBODY },
  "GET /.well-known/backbar.json": { for: EVERYBODY },
  "GET /.well-known/jwks.json": { for: EVERYBODY },
  "GET /v1/whoami": { for: EVERYBODY },
  // Who signed a checkpoint is who asks.
  "POST /witness/add-checkpoint": { for: EVERYBODY, call: { body: "no checkpoint" } },
  "GET /witness/forks": { for: EVERYBODY },
  "GET /v1/tokens": { for: AUDITOR },
  "POST /v1/tokens": { for: ADMIN, call: { body: { name: "admin", grants: ["admin"] } } },
  "DELETE /v1/tokens/{id}": { for: ADMIN },
  "GET /v1/refusals": { for: AUDITOR },
  "PUT /v1/namespaces/{namespace}": { for: ADMIN, call: { body: { owners: ["olga"] } } },
  "DELETE /v1/namespaces/{namespace}": { for: ADMIN, call: { headers: NEVER() } },
  "POST /v1/namespaces/{namespace}/keys/{fingerprint}/revoke": {
    for: ADMIN,
    call: { body: { reason: "lost" } },
  },
  [`PUT ${VERSION}`]: { for: PUBLISHER, call: { body: "a version" } },
  [`POST ${VERSION}/yank`]: { for: PUBLISHER, call: { body: { undo: true } } },
  [`POST ${VERSION}/deprecate`]: { for: PUBLISHER, call: { body: { undo: true } } },
  "PUT /v1/environments/{environment}": { for: ADMIN, call: { body: {}, headers: NEVER() } },
  "PUT /v1/entry-lists/{list}": { for: ADMIN, call: { body: {}, headers: NEVER() } },
  "POST /v1/environments/{environment}/releases": { for: RELEASER },
  "POST /v1/environments/{environment}/promotions": {
    for: RELEASER,
    call: { body: { from: "source" } },
  },
  "POST /v1/environments/{environment}/rollback": { for: RELEASER },
  "POST /v1/environments/{environment}/releases/{number}/approvals": { for: APPROVER },
  "POST /v1/environments/{environment}/render": {
    for: RENDERER,
    query: "?target=compose&project=shop",
    call: { body: { workloads: [{ score: scoreFile("web", { cache: { type: "cache" } }) }] } },
  },
  // Elsewhere it is as if not there.
  [`GET ${STATE}`]: { for: RENDERERS },
  [`PUT ${STATE}`]: {
    for: RENDERER,
    query: "?target=compose",
    call: { body: "no state", headers: { "content-type": "application/yaml" } },
  },
  [`DELETE ${STATE}`]: { for: RENDERER, call: { headers: { "if-match": '"999"' } } },
  "DELETE /v1/projects/{project}/environments/{environment}/workloads/{workload}": {
    for: RENDERER,
  },
  "GET /v1/usage": { for: [...RENDERERS, "auditor"] },
  "GET /v1/usage/batches/{digest}": { for: AUDITOR },
  "POST /v1/usage/reports": {
    for: RENDERER,
    call: { body: { environment: "staging", target: "compose", project: "shop", workloads: [] } },
  },
  "POST /v1/log/recovery": { for: ADMIN, call: { body: { reason: "a test" } } },
};

/** Nothing has this digest: whoever may change it is told so, and changes nothing. */
function NEVER() {
  return { "if-match": `"sha256:${"0".repeat(64)}"` };
}

const NAMES: Readonly<Record<string, string>> = {
  namespace: "acme",
  name: "cache",
  version: "1.0.0",
  environment: "staging",
  project: "shop",
  workload: "nothing",
  list: "shared",
  number: "1",
  target: "compose",
  digest: `sha256:${"0".repeat(64)}`,
  fingerprint: `sha256:${"0".repeat(64)}`,
  id: "0123456789abcdef",
  path: "README.md",
  example: "plain",
};

const actorOf = (holder: string) => `a-${holder.replace(" ", "-")}`;

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

describe.each(STORES)("on $name", (kind) => {
  let server: TestServer;
  const holders = new Map<Holder, string | undefined>();
  let routes: readonly string[] = [];
  beforeAll(async () => {
    server = await startWith(kind, [cache()], {}, { anonymousGrants: [] });
    await makeNamespace(server, "other");
    for (const environment of ["source", "staging"]) {
      await release(server, environment, [{ recipe: "acme/cache", range: "*" }]);
    }
    await define(server, "other", [{ recipe: "acme/cache", range: "*" }]);
    await publishAll(server, []);
    for (const [name, grants] of Object.entries(HOLDERS)) {
      const holder = grants && (await server.holder(actorOf(name), ...grants));
      holders.set(name as Holder, holder?.token);
    }
    const { paths } = (await server.admin("/openapi.json")).json<Document>();
    routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
  });
  afterAll(() => server?.close());

  const ask = (route: string, holder: Holder) => {
    const [method = "", pattern = ""] = route.split(" ");
    const { query = "", call = {} } = ROUTES[route] ?? {};
    const path = pattern.replace(/\{(\w+)\}/g, (_, name) => NAMES[name] ?? "none");
    const body =
      call.body === "a version"
        ? formatSubmission(submission(cache(), server.publisher))
        : call.body;
    const token = holders.get(holder);
    return server.call(path + query, {
      ...call,
      method,
      ...(body === undefined ? {} : { body }),
      token,
    });
  };

  test("every route that is not for all readers is listed, and none that is gone", () => {
    const changing = routes.filter((route) => !route.startsWith("GET "));
    const removed = ["DELETE /v1/recipes/{namespace}/{name}/versions/{version}"];
    expect(changing.filter((route) => !removed.includes(route) && !(route in ROUTES))).toEqual([]);
    expect(Object.keys(ROUTES).filter((route) => !routes.includes(route))).toEqual(
      routes.includes("POST /v1/log/recovery") ? [] : ["POST /v1/log/recovery"],
    );
  });

  test.each(EVERYBODY)(
    "%s may what the table says, and every refusal is in the audit trail",
    async (holder) => {
      const refused: { method: string; route: string; code: string }[] = [];
      for (const route of routes) {
        const isAllowed = (ROUTES[route]?.for ?? NAMED).includes(holder);
        const reply = await ask(route, holder);
        const isRefused = reply.status === 401 || reply.status === 403;
        expect({ route, isAllowed: !isRefused, status: reply.status }).toMatchObject({ isAllowed });
        if (!isRefused) continue;
        const { code } = reply.json<{ code: string }>();
        expect({ route, status: reply.status, code }).toEqual({
          route,
          status: holder === "nobody" ? 401 : 403,
          code:
            holder === "nobody"
              ? "http_token_required"
              : expect.stringMatching(/^(role_missing|namespace_owner)$/),
        });
        expect(reply.headers["www-authenticate"] !== undefined).toBe(reply.status === 401);
        const [method = "", pattern = ""] = route.split(" ");
        refused.push({ method, route: pattern.replace(/\{(\w+)\}/g, ":$1"), code });
      }
      await server.flush();
      const actor = holder === "nobody" ? "anonymous" : actorOf(holder);
      const told = (await server.admin(`/v1/refusals?limit=500&actor=${actor}`)).json<{
        refusals: { method: string; route: string; code: string; count: number }[];
      }>().refusals;
      for (const one of refused) {
        expect(told).toContainEqual(
          expect.objectContaining({
            ...one,
            // Of a route whose last part is open the pattern ends so.
            route: expect.stringMatching(
              new RegExp(`^${one.route.replace(/:path$/, "(?:\\*|:path)")}$`),
            ),
            address: "127.0.0.1",
          }),
        );
      }
    },
  );
});
