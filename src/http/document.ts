/**
 * What the API document says of every route, whatever the route says itself: who may ask, how it
 * fails, and schemas that are more exact than what is checked before a handler runs.
 */
import type { SwaggerTransform } from "@fastify/swagger";
import type { FastifyContextConfig, FastifySchema } from "fastify";
import { Type } from "typebox";
import type { Role } from "../core/trust/grants.js";
import { shown } from "./documented.js";
import { Fault, FaultPlace } from "./routes/schemas.js";

/** How requests show a token. */
export const SECURITY_SCHEMES = {
  token: { type: "http", scheme: "bearer" },
  basic: { type: "http", scheme: "basic", description: "The token as password, of any name" },
} as const;

const BY_TOKEN = Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [] }));

const PROBLEM_RESPONSE = {
  description: "What is wrong, as problem details (RFC 9457)",
  headers: {
    "x-request-id": { type: "string", description: "As in `instance`" },
    allow: { type: "string", description: "With 405: the methods that the path takes" },
    "retry-after": { type: "integer", description: "With 429 and 503: seconds" },
    "www-authenticate": { type: "string", description: "With 401" },
  },
  content: {
    "application/problem+json": {
      schema: Type.Object({
        type: Type.String(),
        title: Type.String(),
        status: Type.Integer(),
        code: Type.String({ description: "Stable; programs go by it" }),
        detail: Type.String(),
        instance: Type.String({ description: "The request's id" }),
        place: Type.Optional(FaultPlace),
        hint: Type.Optional(Type.String()),
        problems: Type.Optional(
          Type.Array(Fault, { description: "Every fault found; the first is the error's own" }),
        ),
      }),
    },
  },
};

/** A route as the document has it; a last `*` of its path under the name `path`. */
export const showRoute: SwaggerTransform = ({ schema, url, route }) => ({
  schema: schema === undefined ? schema : described(schema, route.config ?? {}),
  url: url.replace(/\*$/, ":path"),
});

function described(schema: FastifySchema, config: FastifyContextConfig): FastifySchema {
  const response = { ...(schema.response ?? {}), default: PROBLEM_RESPONSE };
  return shown({ ...schema, security: securityOf(config), response }) as FastifySchema;
}

/** Roles that requests without a token may have, over loopback. */
const ANONYMOUS_ROLES: ReadonlySet<Role> = new Set(["reader", "renderer"]);

function securityOf({ open = false, needs = "anybody" }: FastifyContextConfig) {
  if (open) return [];
  const isOptional = needs === "anybody" || (needs !== "name" && ANONYMOUS_ROLES.has(needs.role));
  return isOptional ? [{}, ...BY_TOKEN] : BY_TOKEN;
}
