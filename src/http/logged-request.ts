/** What logs and errors tell of a request: never its query or its headers, which may carry secrets. */
import type { FastifyRequest } from "fastify";
import { pathOf } from "./methods.js";

export function loggedRequest(request: FastifyRequest) {
  return { method: request.method, path: shownPath(request), remoteAddress: request.ip };
}

/** The request's path; nothing of a whole URL in its place, which may carry a password. */
export function shownPath(request: FastifyRequest): string {
  const path = pathOf(request);
  return path.startsWith("/") ? path : "";
}
