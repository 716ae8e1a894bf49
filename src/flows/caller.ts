/** Who asks, and what they may: flows and routes decide by it. */
import { allows, type Grant, type Role } from "../core/trust/grants.js";
import { FlowError } from "./error.js";

export interface Caller {
  /** Goes into usage records and the log. */
  readonly actor: string;
  readonly grants: readonly Grant[];
}

/** The actor of requests without a token. */
export const ANONYMOUS = "anonymous";
/** Of an administrator without a name, and of the service while it starts. */
export const ADMIN = "admin";
/** Of what the service does by itself. */
export const SERVICE = "service";
/** Of what is done where the keys lie. */
export const OPERATOR = "operator";

/** Whether `caller` has the role: on `name`, or without one on anything. */
export function may(caller: Caller, role: Role, name?: string): boolean {
  return allows(caller.grants, role, name);
}

/** @throws {FlowError} role_missing, http_token_required where no token was shown */
export function checkMay(caller: Caller, role: Role, name?: string): void {
  if (may(caller, role, name)) return;
  const needed = name === undefined ? role : `${role}:${name}`;
  if (caller.actor === ANONYMOUS) throw tokenRequired(`this needs a token with the role ${needed}`);
  throw new FlowError("role_missing", `${caller.actor} does not have the role ${needed}`, {
    hint: "ask an administrator to do it, or for a token with this role; GET /v1/whoami says what yours may",
  });
}

/**
 * For what is decided by the actor's name.
 * @throws {FlowError} http_token_required
 */
export function checkNamed(caller: Caller): void {
  if (caller.actor === ANONYMOUS) throw tokenRequired("this needs a token: it goes by its name");
}

function tokenRequired(message: string): FlowError {
  return new FlowError("http_token_required", message, {
    hint: "send it as `Authorization: Bearer TOKEN`; the server's first start wrote the administrator's to DATA_DIR/admin-token",
  });
}
