/** What logs hold of a request: never its query or its headers, which may carry secrets. */
import type { FastifyRequest } from "fastify";
import { pathOf } from "./methods.js";

export function loggedRequest(request: FastifyRequest) {
  const path = pathOf(request);
  return {
    method: request.method,
    // A whole URL in its place may carry a password.
    path: path.startsWith("/") ? path : "",
    remoteAddress: request.ip,
  };
}
