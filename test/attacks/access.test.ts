/** Rows 2, 30 and 31: what a token may not do, what is not there for it, and what nobody is told. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readLogLeaves } from "../../src/store/log.js";
import { ask, define, type ReleaseJson, refusalOf } from "../helpers/environments.js";
import { cache, queue, release, scoreFile, startWith } from "../helpers/recipes.js";
import type { TestAdministrator, TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";
import { readRegistry } from "../helpers/tables.js";

describe.each(STORES)("on $name", (kind) => {
  let server: TestServer;
  let shop: TestAdministrator;
  let bank: TestAdministrator;
  let anyProject: TestAdministrator;
  beforeAll(async () => {
    server = await startWith(kind, [cache(), cache("1.1.0"), queue("1.0.0")]);
    await release(server, "staging", [{ recipe: "acme/cache", range: "1.0.0" }]);
    shop = await server.holder("shop", "renderer:shop,shop-*");
    bank = await server.holder("bank", "renderer:bank");
    anyProject = await server.holder("any-project", "renderer");
    for (const [who, project] of [
      [shop, "shop"],
      [bank, "bank"],
    ] as const) {
      expect((await render(who, project)).status).toBe(200);
    }
    expect((await render(anyProject, undefined)).status).toBe(200);
  });
  afterAll(() => server?.close());

  const render = (who: TestAdministrator, project: string | undefined) =>
    who.call(`/v1/environments/staging/render?target=compose`, {
      method: "POST",
      body: {
        workloads: [
          { score: scoreFile(`${project ?? "loose"}-web`, { cache: { type: "cache" } }) },
        ],
        ...(project === undefined ? {} : { project }),
      },
    });
  const state = (project: string) => `/v1/projects/${project}/environments/staging/state`;

  test("attack 2: a token that may only publish moves no release and changes no names", async () => {
    const publisher = await server.holder("only-publishes", "publisher:acme");
    const before = await readRegistry(server.registry.db);
    for (const [method, path, body] of [
      ["POST", "/v1/environments/staging/releases", undefined],
      ["POST", "/v1/environments/staging/rollback", undefined],
      ["POST", "/v1/environments/staging/promotions", { from: "source" }],
      ["POST", "/v1/environments/staging/releases/1/approvals", undefined],
      ["PUT", "/v1/environments/staging", { entries: [] }],
      ["PUT", "/v1/entry-lists/shared", { entries: [] }],
      ["PUT", "/v1/namespaces/acme", { owners: ["only-publishes"] }],
      ["PUT", "/v1/namespaces/acme", { publisherKeys: [] }],
      ["DELETE", "/v1/namespaces/acme", undefined],
      ["POST", "/v1/tokens", { name: "more", grants: ["admin"] }],
    ] as const) {
      const reply = await publisher.call(path, { method, ...(body && { body }) });
      expect({ path, ...refusalOf(reply) }).toMatchObject({
        status: 403,
        code: path.includes("namespaces") ? "namespace_owner" : "role_missing",
      });
    }
    expect(await readRegistry(server.registry.db)).toEqual(before);
  });

  test("attack 2: whoever releases one environment releases no other", async () => {
    const releaser = await server.holder("one-place", "releaser:staging");
    await define(server, "production", [{ recipe: "acme/cache", range: "*" }]);
    const cut = (environment: string) =>
      releaser.call(`/v1/environments/${environment}/releases`, { method: "POST" });
    expect(refusalOf(await cut("production"))).toMatchObject({ status: 403, code: "role_missing" });
    expect((await cut("staging")).status).toBe(200);
  });

  test("attack 30: the state of another project is as if not there", async () => {
    expect((await shop.call(state("shop"))).status).toBe(200);
    const hidden = await shop.call(state("bank"));
    const absent = await shop.call(state("shop-two"));
    const told = ({ detail, instance: _, ...rest }: Record<string, unknown>) => ({
      ...rest,
      detail: String(detail).replace("shop-two", "bank"),
    });
    expect(hidden.status).toBe(404);
    expect(told(hidden.json())).toEqual(told(absent.json()));
  });

  test("attack 30: nobody renders, writes, deletes or reports for another project", async () => {
    const before = await readRegistry(server.registry.db);
    const body = { environment: "staging", target: "compose", project: "bank", workloads: [] };
    const yaml = { "content-type": "application/yaml" };
    for (const reply of [
      await render(shop, "bank"),
      await render(shop, "no-such-project"),
      await shop.call(`${state("bank")}?target=compose`, {
        method: "PUT",
        body: "x",
        headers: yaml,
      }),
      await shop.call(state("bank"), { method: "DELETE" }),
      await shop.call(`${state("bank").replace(/state$/, "workloads")}/bank-web`, {
        method: "DELETE",
      }),
      await shop.call("/v1/usage/reports", { method: "POST", body }),
    ]) {
      expect(refusalOf(reply)).toMatchObject({ status: 403, code: "role_missing" });
    }
    expect(await readRegistry(server.registry.db)).toEqual(before);
  });

  test("attack 30: the audit shows the usage of the projects that one may render", async () => {
    const used = async (who: TestAdministrator, query = "") =>
      (await who.call(`/v1/usage?limit=500${query}`))
        .json<{ usage: { project?: string }[] }>()
        .usage.map(({ project = "none" }) => project)
        .sort();
    expect(await used(shop)).toEqual(["shop"]);
    expect(await used(shop, "&project=bank")).toEqual([]);
    expect(await used(shop, "&all=true")).toEqual(["shop"]);
    expect(await used(bank)).toEqual(["bank"]);
    expect(await used(anyProject)).toEqual(["bank", "none", "shop"]);
    expect(await used(await server.holder("looks", "auditor"))).toEqual(["bank", "none", "shop"]);
    const reader = await server.holder("reads", "reader");
    expect(refusalOf(await reader.call("/v1/usage"))).toMatchObject({ code: "role_missing" });
  });

  test("attack 30: a preview tells of other projects only that something of theirs would break", async () => {
    // Another recipe in its place breaks all three uses.
    await define(server, "staging", [{ recipe: "acme/queue", range: "1.0.0" }]);
    const preview = async (who: TestAdministrator, body: object = {}) =>
      who.call("/v1/environments/staging/releases?preview=true", { method: "POST", body });
    const seen = async (who: TestAdministrator, body: object = {}) => {
      const {
        touched = [],
        conflicts = [],
        warnings,
      } = (await preview(who, body)).json<ReleaseJson>();
      const text = JSON.stringify([touched, conflicts, warnings]);
      return ["shop-web", "bank-web", "loose-web"].filter((name) => text.includes(name));
    };
    const reader = await server.holder("previews", "reader");
    expect(await seen(shop)).toEqual(["shop-web"]);
    expect(await seen(shop, { force: true })).toEqual(["shop-web"]);
    expect(await seen(reader)).toEqual([]);
    expect(await seen(await server.holder("decides", "releaser:staging"))).toHaveLength(3);
    const { conflicts } = (await preview(reader)).json<ReleaseJson>();
    expect(conflicts).toMatchObject([{ code: "entry_in_use" }]);
    // A mark tells no more of what is there than of what is not.
    const marks = async (project: string) => {
      const replace = [{ project, resource: "cache.default#bank-web.cache" }];
      return refusalOf(await preview(shop, { replace })).code;
    };
    expect(await marks("bank")).toBe(await marks("no-such-project"));
    await define(server, "staging", [{ recipe: "acme/cache", range: "1.0.0" }]);
  });

  test("attack 30: the log tells what a forced release broke to nobody else than who sees it there", async () => {
    await define(server, "staging", [{ recipe: "acme/queue", range: "1.0.0" }]);
    expect((await ask(server, "staging", "releases", { force: true })).status).toBe(201);
    const leaves = await readLogLeaves(server.registry.db, 0, await server.logSize());
    const forced = leaves.findLast(({ kind: act }) => act === "forced");
    const read = (who: TestAdministrator) => who.call(`/v1/log/envelopes/${forced?.envelope}`);
    const told = async (who: TestAdministrator) => {
      const [, payload = ""] = (await read(who)).text.split(".");
      const text = Buffer.from(payload, "base64url").toString();
      return ["shop-web", "bank-web", "loose-web"].filter((name) => text.includes(name));
    };
    for (const grant of ["auditor", "releaser:staging", "approver:staging", "renderer"]) {
      expect(
        await told(await server.holder(`sees-${grant.replace(":", "-")}`, grant)),
      ).toHaveLength(3);
    }
    for (const grant of ["reader", "releaser:production", "publisher"]) {
      const other = await server.holder(`other-${grant.replace(":", "-")}`, grant);
      expect(refusalOf(await read(other))).toMatchObject({ code: "log_envelope_unknown" });
    }
    expect(refusalOf(await read(shop))).toMatchObject({
      status: 404,
      code: "log_envelope_unknown",
    });
  });

  test("attack 31: the list of tokens, refusals and errors hold no token and no query", async () => {
    const secret = `bbt_${"S".repeat(43)}`;
    const probes = [
      await server.call(`/v1/recipes?q=${secret}`, { token: secret }),
      await server.call(`/v1/nothing/here?token=${secret}`, { token: secret }),
      await server.call(`/v1/tokens?token=${secret}`, { token: shop.token }),
      await server.call("/v1/recipes", { headers: { authorization: `Digest ${secret}` } }),
    ];
    await server.flush();
    const lists = [await server.admin("/v1/tokens"), await server.admin("/v1/refusals?limit=500")];
    for (const reply of [...probes, ...lists]) {
      expect(reply.text).not.toContain(secret);
      expect(reply.text).not.toContain(shop.token);
      expect(JSON.stringify(reply.headers)).not.toContain(secret);
    }
    expect(lists[1]?.text).toContain("http_token_invalid");
  });
});
