/** Tokens: made, listed and revoked by administrators; and who one is. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { formatGrant, GRANT_SHAPE } from "../../core/trust/grants.js";
import type { Registry } from "../../flows/registry.js";
import {
  createToken,
  MAX_LIFETIME_SECONDS,
  RESERVED_NAMES,
  readTokens,
  revokeToken,
  type Token,
} from "../../flows/tokens.js";
import { cutPage, offsetCursor, offsetOf } from "../cursor.js";
import { documented } from "../documented.js";
import { ActorName, DEFAULT_PAGE, NextCursor, OffsetPage } from "./schemas.js";

const Time = Type.String({ format: "date-time" });
const Grants = Type.Array(Type.String(), {
  description: "Roles, with the names that they are for: `reader`, `publisher:dapr,acme-*`",
});

const TokenEntry = Type.Object({
  id: Type.String(),
  name: Type.String({ description: "The actor" }),
  grants: Grants,
  createdAt: Time,
  createdBy: Type.String(),
  expiresAt: Time,
  revokedAt: Type.Optional(Time),
  revokedBy: Type.Optional(Type.String()),
  lastUsedAt: Type.Optional(Type.String({ format: "date-time", description: "To the hour" })),
  logIndex: Type.Integer({ description: "The leaf of its making" }),
});

const NewToken = Type.Object({
  ...TokenEntry.properties,
  token: Type.String({ description: "Shown this once" }),
});

const TokenBody = Type.Object(
  {
    name: documented(ActorName, { ...ActorName, not: { enum: [...RESERVED_NAMES] } }),
    grants: Type.Array(
      documented(Type.String({ maxLength: 8192 }), { type: "string", pattern: GRANT_SHAPE }),
      { minItems: 1, maxItems: 100 },
    ),
    lifetimeSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_LIFETIME_SECONDS,
        description: "90 days if absent",
      }),
    ),
  },
  { additionalProperties: false },
);

const WhoAmI = Type.Object({
  actor: Type.String(),
  grants: Grants,
  expiresAt: Type.Optional(Time),
});

/** `taken` are the names of administrators who are known by configuration. */
export function tokenRoutes(
  registry: Registry,
  taken: () => ReadonlySet<string>,
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/whoami",
      {
        config: { needs: "anybody" },
        schema: {
          tags: ["access"],
          summary: "Who the request is from, and what they may",
          response: { 200: WhoAmI },
        },
      },
      async (request, reply) => {
        const { actor, grants, expiresAt } = request.identity;
        return reply.header("cache-control", "no-store").send({
          actor,
          grants: grants.map(formatGrant),
          ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }),
        });
      },
    );

    app.get(
      "/v1/tokens",
      {
        config: { needs: { role: "auditor" } },
        schema: {
          tags: ["access"],
          summary: "All tokens, the newest first, those that are no longer good as well",
          querystring: Type.Object(OffsetPage, { additionalProperties: false }),
          response: { 200: Type.Object({ tokens: Type.Array(TokenEntry), next: NextCursor }) },
        },
      },
      async (request) => {
        const { cursor, limit = DEFAULT_PAGE } = request.query;
        const before = offsetOf(cursor);
        const found = await readTokens(registry, request.identity, {
          ...(before === 0 ? {} : { before }),
          limit: limit + 1,
        });
        const { items, ...page } = cutPage(found, limit, ({ logIndex }) => offsetCursor(logIndex));
        return { tokens: items.map(entry), ...page };
      },
    );

    app.post(
      "/v1/tokens",
      {
        config: { needs: { role: "admin" } },
        schema: {
          tags: ["access"],
          summary: "Make a token",
          description: "It is shown once, and kept as its hash. Its making is a leaf of the log.",
          body: TokenBody,
          response: { 201: NewToken },
        },
      },
      async (request, reply) => {
        const { name, grants, lifetimeSeconds } = request.body;
        const asked = { name, grants, lifetimeSeconds };
        const made = await createToken(registry, request.identity, asked, taken());
        return reply
          .code(201)
          .header("cache-control", "no-store")
          .send({ ...entry(made.token), token: made.secret });
      },
    );

    app.delete(
      "/v1/tokens/:id",
      {
        config: { needs: { role: "admin" } },
        schema: {
          tags: ["access"],
          summary: "Revoke a token, at once",
          params: Type.Object({
            id: Type.String({
              pattern: "^[0-9a-f]{16}$",
              "x-form": "16 lower-case hexadecimal digits",
            }),
          }),
          response: { 200: TokenEntry },
        },
      },
      async (request) => entry(await revokeToken(registry, request.identity, request.params.id)),
    );
  };
}

function entry(token: Token) {
  const { id, name, grants, createdAt, createdBy, expiresAt, logIndex } = token;
  const { revokedAt, revokedBy, lastUsedAt } = token;
  return {
    ...{ id, name, grants: grants.map(formatGrant), createdBy, logIndex },
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(revokedAt === null ? {} : { revokedAt: revokedAt.toISOString() }),
    ...(revokedBy === null ? {} : { revokedBy }),
    ...(lastUsedAt === null ? {} : { lastUsedAt: lastUsedAt.toISOString() }),
  };
}
