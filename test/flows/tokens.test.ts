import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRecord } from "../../src/core/trust/record.js";
import { getBlob } from "../../src/store/blobs.js";
import { logLeaves } from "../../src/store/schema.js";
import { findToken, findTokenByHash } from "../../src/store/tokens.js";
import type { Reply } from "../helpers/call.js";
import { refusalOf } from "../helpers/environments.js";
import { startServer, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

interface TokenJson {
  readonly id: string;
  readonly token: string;
  readonly name: string;
  readonly expiresAt: string;
  readonly logIndex: number;
  readonly revokedAt?: string;
  readonly lastUsedAt?: string;
}

describe.each(STORES)("tokens on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(kind);
  });
  afterAll(() => server?.close());

  const post = (body: object) => server.admin("/v1/tokens", { method: "POST", body });
  const make = async (name: string, grants = ["reader"], more: object = {}) => {
    const reply = await post({ name, grants, ...more });
    expect(reply).toMatchObject({ status: 201 });
    return reply.json<TokenJson>();
  };
  const who = (token: string) => server.call("/v1/whoami", { token });
  const revoke = (id: string) => server.admin(`/v1/tokens/${id}`, { method: "DELETE" });
  const hours = (time: string) => (Date.parse(time) - server.clock.now().getTime()) / 3_600_000;

  test("are shown once, with who made them and until when", async () => {
    const made = await make("once", ["publisher:dapr,acme-*", "renderer"]);
    expect(made.token).toMatch(/^bbt_[A-Za-z0-9_-]{43}$/);
    expect(hours(made.expiresAt)).toBe(90 * 24);
    const reply = await server.admin("/v1/tokens");
    expect(reply.text).not.toContain(made.token);
    const [listed] = reply.json<{ tokens: TokenJson[] }>().tokens;
    const { token: _token, ...shown } = made;
    expect(listed).toEqual(shown);
    expect(listed).toMatchObject({
      grants: ["publisher:dapr,acme-*", "renderer"],
      createdBy: "admin",
    });
    expect((await who(made.token)).json()).toEqual({
      actor: "once",
      grants: ["publisher:dapr,acme-*", "renderer"],
      expiresAt: made.expiresAt,
    });
  });

  test("are kept as their hash", async () => {
    const made = await make("hashed");
    const row = await findToken(server.registry.db, made.id);
    expect(row?.hash).toHaveLength(32);
    expect(JSON.stringify(row)).not.toContain(made.token.slice(4));
    expect(await findTokenByHash(server.registry.db, row?.hash ?? new Uint8Array())).toEqual(row);
  });

  test("can be the password of Basic", async () => {
    const { token } = await make("basic");
    const authorization = `Basic ${Buffer.from(`anything:${token}`).toString("base64")}`;
    const reply = await server.call("/v1/whoami", { headers: { authorization } });
    expect(reply.json()).toMatchObject({ actor: "basic" });
  });

  test("whoever shows none is told so", async () => {
    expect((await server.call("/v1/whoami")).json()).toEqual({
      actor: "anonymous",
      grants: ["reader", "renderer"],
    });
    expect((await server.admin("/v1/whoami")).json()).toEqual({
      actor: "admin",
      grants: ["admin"],
    });
  });

  test("expire", async () => {
    const { token } = await make("short", ["reader"], { lifetimeSeconds: 60 });
    expect((await who(token)).status).toBe(200);
    server.clock.advance({ seconds: 60 });
    expect(refusalOf(await who(token))).toMatchObject({ status: 401, code: "http_token_expired" });
    // Its name is free again.
    await make("short");
  });

  test("are revoked at once, and for good", async () => {
    const { token, id } = await make("gone");
    expect((await who(token)).status).toBe(200);
    // When it was used last is written in the background.
    await server.flush();
    const revoked = (await revoke(id)).json<TokenJson>();
    expect(revoked).toMatchObject({ id, revokedBy: "admin" });
    expect(refusalOf(await who(token))).toMatchObject({ status: 401, code: "http_token_invalid" });
    const size = await server.logSize();
    expect((await revoke(id)).json()).toEqual(revoked);
    expect(await server.logSize()).toBe(size);
  });

  test("their making and revoking is a leaf of the log, without the token", async () => {
    const made = await make("logged", ["publisher:dapr"]);
    await revoke(made.id);
    const leaves = await server.registry.db.select().from(logLeaves);
    const records = await Promise.all(
      leaves.slice(made.logIndex).map(async ({ envelope }) => {
        const jws = new TextDecoder().decode(await getBlob(server.registry.db, envelope));
        expect(jws).not.toContain(made.token.slice(4));
        return openRecord(jws, server.registry.keys.release.publicKey);
      }),
    );
    expect(records).toMatchObject([
      {
        kind: "token",
        actor: "admin",
        details: { act: "made", id: made.id, name: "logged", grants: ["publisher:dapr"] },
      },
      { kind: "token", actor: "admin", details: { act: "revoked", id: made.id } },
    ]);
  });

  test("of one name, one is good at a time", async () => {
    const both = await Promise.all([1, 2].map(() => post({ name: "twice", grants: ["reader"] })));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(both.map((reply) => reply.json<{ code?: string }>().code)).toContain("token_exists");
  });

  test("their last use is noted, to the hour", async () => {
    const { token, id } = await make("used");
    const used = server.clock.now().toISOString();
    await who(token);
    server.clock.advance({ seconds: 60 });
    await who(token);
    await server.flush();
    expect((await findToken(server.registry.db, id))?.lastUsedAt?.toISOString()).toBe(used);
    server.clock.advance({ hours: 1 });
    await who(token);
    await server.flush();
    expect((await findToken(server.registry.db, id))?.lastUsedAt).toEqual(server.clock.now());
  });

  test.each([
    { name: "admin", code: "token_name", status: 422 },
    { name: "service", code: "token_name", status: 422 },
    { name: "operator", code: "token_name", status: 422 },
    { name: "anonymous", code: "http_request_invalid", status: 400 },
    { name: "ci:main", code: "http_request_invalid", status: 400 },
    { name: "Ann", code: "http_request_invalid", status: 400 },
    { name: "boss", code: "token_exists", status: 409 },
    { grants: [], code: "http_request_invalid", status: 400 },
    { grants: ["owner"], code: "grant_form", status: 422 },
    { grants: Array.from({ length: 101 }, () => "x"), code: "http_request_invalid", status: 400 },
    { lifetimeSeconds: 0, code: "http_request_invalid", status: 400 },
    { lifetimeSeconds: 367 * 86_400, code: "http_request_invalid", status: 400 },
    { lifetimeSeconds: "90d", code: "http_request_invalid", status: 400 },
    { admin: true, code: "http_request_invalid", status: 400 },
  ])("refuses $code of $name $grants $lifetimeSeconds", async ({ code, status, ...change }) => {
    server.as("boss");
    const size = await server.logSize();
    const reply = await post({ name: "refused", grants: ["reader"], ...change });
    expect(refusalOf(reply)).toMatchObject({ status, code });
    expect(await server.logSize()).toBe(size);
  });

  test("attack 2: nobody but an administrator makes, lists or revokes them", async () => {
    const { id } = await make("victim");
    const others = ["reader", "renderer", "publisher", "releaser", "approver", "auditor"];
    const { token } = await make("climber", others);
    const asked: [string, Promise<Reply>][] = [
      [
        "POST",
        server.call("/v1/tokens", {
          method: "POST",
          token,
          body: { name: "x", grants: ["admin"] },
        }),
      ],
      ["DELETE", server.call(`/v1/tokens/${id}`, { method: "DELETE", token })],
    ];
    for (const [, reply] of asked) {
      expect(refusalOf(await reply)).toMatchObject({ status: 403, code: "role_missing" });
    }
    expect(refusalOf(await server.call("/v1/tokens"))).toMatchObject({
      status: 401,
      code: "http_token_required",
    });
    expect((await server.call("/v1/tokens", { token })).status).toBe(200);
  });

  test.each([
    { name: "one that was never made", token: `bbt_${"A".repeat(43)}` },
    { name: "one with a character more", token: `bbt_${"A".repeat(44)}` },
    { name: "none", token: "bbt_" },
    { name: "the id of one", token: "0123456789abcdef" },
  ])("refuses $name", async ({ token }) => {
    expect(refusalOf(await who(token))).toMatchObject({ status: 401, code: "http_token_invalid" });
  });

  test("there is no token of an id that is none", async () => {
    expect(refusalOf(await revoke("0123456789abcdef"))).toMatchObject({ code: "token_unknown" });
    expect((await revoke("x")).status).toBe(400);
  });
});
