/** Conditions of a change: which state it is made on (RFC 9110 §13.1). */
import type { FastifyRequest } from "fastify";
import { HttpError } from "./error.js";

/**
 * The digest that what is changed must still have; null: it must not be there yet; undefined: not
 * said. `what` it is, for people.
 * @throws {HttpError} http_if_match
 */
export function expectedDigest(request: FastifyRequest, what: string): string | null | undefined {
  if (request.headers["if-none-match"] === "*") return null;
  const tag = request.headers["if-match"];
  if (tag === undefined) return undefined;
  const digest = /^"(sha256:[0-9a-f]{64})"$/.exec(tag)?.[1];
  if (digest === undefined) {
    throw new HttpError("http_if_match", `If-Match holds no ETag of ${what}`);
  }
  return digest;
}
