/**
 * Grants: which roles a caller has, and on what. A grant is written `ROLE` or `ROLE:NAME,NAME`, a
 * name may end in `*` for all that begin so: `publisher:dapr`, `renderer:shop,team-*`.
 */
import { TrustError } from "./error.js";

/** What each role's names are; a role without them is for the whole registry. */
const NAMED = {
  reader: "private namespaces",
  renderer: "projects",
  publisher: "namespaces",
  releaser: "environments",
  approver: "environments",
  auditor: undefined,
  admin: undefined,
} as const;

export type Role = keyof typeof NAMED;

export const ROLES = Object.keys(NAMED) as readonly Role[];

export interface Grant {
  readonly role: Role;
  /** Names, or beginnings of names before a `*`; absent: all (for `reader`: what is public). */
  readonly on?: readonly string[];
}

/** Names that are granted: all, or those listed in the form of `Grant.on`. */
export type Names = "all" | readonly string[];

/** Of one token, or one rule of an issuer. */
export const MAX_GRANTS = 100;
const MAX_NAMES = 100;
const NAME = /^(?:\*|[a-z0-9](?:[a-z0-9-]{0,62}\*|[a-z0-9-]{0,61}[a-z0-9])?)$/;

/** The form of a grant's text, as a regular expression's. */
export const GRANT_SHAPE = (() => {
  const ofNames = ROLES.filter((role) => NAMED[role] !== undefined).join("|");
  const ofAll = ROLES.filter((role) => NAMED[role] === undefined).join("|");
  const name = NAME.source.slice(1, -1);
  return `^(?:${ofAll}|(?:${ofNames})(?::${name}(?:,${name}){0,${MAX_NAMES - 1}})?)$`;
})();

/**
 * The grants that `texts` say, without repetitions.
 * @throws {TrustError} grant_form, grant_limit
 */
export function parseGrants(texts: readonly string[]): Grant[] {
  const grants = [...new Set(texts)].map(parseGrant);
  if (grants.length <= MAX_GRANTS) return grants;
  const message = `${grants.length} grants are more than ${MAX_GRANTS}`;
  throw new TrustError("grant_limit", message, { hint: "let one of them name more, or use a *" });
}

/** @throws {TrustError} grant_form, grant_limit */
function parseGrant(text: string): Grant {
  const colon = text.indexOf(":");
  const word = colon === -1 ? text : text.slice(0, colon);
  const role = ROLES.find((known) => known === word);
  if (role === undefined) throw malformed(text, "names no role", `roles: ${ROLES.join(", ")}`);
  if (colon === -1) return { role };
  if (NAMED[role] === undefined) {
    throw malformed(
      text,
      `'${role}' is for the whole registry and takes no names`,
      `grant ${role}`,
    );
  }
  const on = [...new Set(text.slice(colon + 1).split(","))];
  if (on.length > MAX_NAMES) {
    const message = `a grant of '${role}' has ${on.length} names, more than ${MAX_NAMES}`;
    throw new TrustError("grant_limit", message, { hint: "use a *" });
  }
  if (on.every((name) => NAME.test(name))) return { role, on };
  const hint = `${role}:NAME,NAME with names of ${NAMED[role]}; a * at the end of one stands for all that begin so`;
  throw malformed(text, "holds what is no name", hint);
}

/** `grant` as it is written. */
export function formatGrant({ role, on }: Grant): string {
  return on === undefined ? role : `${role}:${on.join(",")}`;
}

/** Whether the grants hold `role`: on `name`, or without one on anything. `admin` is every role. */
export function allows(grants: readonly Grant[], role: Role, name?: string): boolean {
  if (name === undefined) {
    // Every grant implies reading what is public.
    if (role === "reader") return grants.length > 0;
    return grants.some((grant) => grant.role === role || grant.role === "admin");
  }
  return isNamed(grantedNames(grants, role), name);
}

/** On which names the grants hold `role`. */
export function grantedNames(grants: readonly Grant[], role: Role): Names {
  const names: string[] = [];
  for (const { role: granted, on } of grants) {
    if (granted === "admin") return "all";
    if (granted !== role) continue;
    // A reader without names reads what is public, which is nobody's to grant.
    if (on === undefined && role === "reader") continue;
    if (on === undefined || on.includes("*")) return "all";
    names.push(...on);
  }
  return names;
}

/** Whether `name` is one of `names`. */
export function isNamed(names: Names, name: string): boolean {
  if (names === "all") return true;
  return names.some((one) =>
    one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : one === name,
  );
}

const MAX_SHOWN = 80;

function malformed(text: string, why: string, hint: string): TrustError {
  const shown = JSON.stringify(text.slice(0, MAX_SHOWN));
  return new TrustError("grant_form", `the grant ${shown} ${why}`, { hint });
}
