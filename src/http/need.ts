/** What a route needs of its caller, checked before anything of the request's body is read. */
import type { FastifyRequest } from "fastify";
import type { Role } from "../core/trust/grants.js";
import { checkMay, checkNamed } from "../flows/caller.js";

/**
 * `anybody` who is served at all, with no role; `name`: whoever has one, for what goes by it; a role,
 * with `on` for the name in that parameter of the path.
 */
export type Need = "anybody" | "name" | { readonly role: Role; readonly on?: string };

const READER: Need = { role: "reader" };

/** @throws {FlowError} role_missing, http_token_required */
export function checkNeed(request: FastifyRequest): void {
  const { needs = READER } = request.routeOptions.config;
  if (needs === "anybody") return;
  if (needs === "name") {
    checkNamed(request.identity);
    return;
  }
  const { role, on } = needs;
  const params = request.params as Readonly<Record<string, string>>;
  checkMay(request.identity, role, on === undefined ? undefined : params[on]);
}
