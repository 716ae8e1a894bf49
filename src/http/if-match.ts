/** Conditions of a change: which state it is made on (RFC 9110 §13.1). */
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { documented } from "./documented.js";
import { HttpError } from "./error.js";

/** What a read may say, so that it is not answered what is known. */
export const Known = shownHeaders({
  "If-None-Match": { type: "string", description: "ETags that are known: 304 where it is one" },
});

const NEW = {
  "If-None-Match": { type: "string", enum: ["*"], description: "Only makes, changes nothing" },
};

/**
 * What a change may say of the state that it is made on, whose ETag is a digest. An example stands
 * beside the pattern, because schemathesis draws nothing of a pattern with quotes.
 */
export const DigestConditions = shownHeaders({
  "If-Match": {
    type: "string",
    anyOf: [{ enum: [`"sha256:${"0".repeat(64)}"`] }, { pattern: '^"sha256:[0-9a-f]{64}"$' }],
    description: "The ETag of what is changed",
  },
  ...NEW,
});

/** As `DigestConditions` where the ETag is the number of a revision. */
export const RevisionConditions = shownHeaders({
  "If-Match": {
    type: "string",
    anyOf: [{ enum: ["*", '"1"'] }, { pattern: '^"[1-9][0-9]{0,14}"$' }],
    description: "The ETag of what is changed, or `*`",
  },
  ...NEW,
});

/**
 * The digest that what is changed must still have; null: it must not be there yet; undefined: not
 * said. `what` it is, for people.
 * @throws {HttpError} http_if_match, http_combination
 */
export function expectedDigest(request: FastifyRequest, what: string): string | null | undefined {
  if (makesOnly(request)) return null;
  const tag = request.headers["if-match"];
  if (tag === undefined) return undefined;
  const digest = /^"(sha256:[0-9a-f]{64})"$/.exec(tag)?.[1];
  if (digest === undefined) {
    throw new HttpError("http_if_match", `If-Match holds no ETag of ${what}`);
  }
  return digest;
}

/**
 * The revision that what is changed must still have; 0: it must not be there yet; undefined: not
 * said. `what` it is, for people.
 * @throws {HttpError} http_if_match, http_combination
 */
export function expectedRevision(request: FastifyRequest, what: string): number | undefined {
  if (makesOnly(request)) return 0;
  const tag = request.headers["if-match"];
  if (tag === undefined || tag === "*") return undefined;
  const revision = /^"([1-9][0-9]{0,14})"$/.exec(tag)?.[1];
  if (revision === undefined) {
    throw new HttpError("http_if_match", `If-Match holds no ETag of ${what}`);
  }
  return Number(revision);
}

/** @throws {HttpError} http_if_match, http_combination */
function makesOnly(request: FastifyRequest): boolean {
  const known = request.headers["if-none-match"];
  if (known === undefined) return false;
  if (known === "*" && request.headers["if-match"] === undefined) return true;
  if (known === "*") {
    throw new HttpError("http_combination", "If-Match and If-None-Match exclude each other");
  }
  throw new HttpError("http_if_match", "If-None-Match of a change can only be *");
}

/** Checked by who reads them. */
function shownHeaders(properties: Readonly<Record<string, object>>) {
  return documented(Type.Object({}), { type: "object", properties });
}
