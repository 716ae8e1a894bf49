/**
 * Who asks. Until a request shows a token it is anonymous, and anonymous requests are served only
 * from this machine: over loopback, without a proxy in between, under a host name that a page from
 * elsewhere cannot take (DNS rebinding), and with no foreign `Origin`.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { Grant } from "../core/trust/grants.js";
import { ANONYMOUS, type Caller } from "../flows/caller.js";
import { HttpError } from "./error.js";

/** Who may change the registry, known by a token. */
export interface Administrator {
  readonly actor: string;
  /** sha256 of the token, 32 bytes. */
  readonly tokenHash: Uint8Array;
}

export interface AccessPolicy {
  readonly administrators: readonly Administrator[];
  /** What whoever comes from this machine without a token may. */
  readonly anonymousGrants: readonly Grant[];
  /** Origin under which clients reach the service. */
  readonly publicUrl: string | undefined;
}

const ADMINISTRATOR: readonly Grant[] = [{ role: "admin" }];

const LOOPBACK_ADDRESSES = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);
const LOOPBACK_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Who is behind a request.
 * @throws {HttpError} http_token_invalid, http_token_required, http_host_refused, http_origin_refused
 */
export function identify(request: FastifyRequest, policy: AccessPolicy): Caller {
  const token = presentedToken(request.headers.authorization);
  if (token !== undefined) {
    const actor = administratorOf(token, policy);
    if (actor === undefined) {
      throw new HttpError("http_token_invalid", "the token is not known here");
    }
    return { actor, grants: ADMINISTRATOR };
  }
  checkHost(request.headers.host, policy);
  checkOrigin(request.headers.origin, request.headers.host, policy);
  if (!fromThisMachine(request)) {
    throw new HttpError("http_token_required", "requests from other machines need a token", {
      hint: "send it as `Authorization: Bearer TOKEN`",
    });
  }
  return { actor: ANONYMOUS, grants: policy.anonymousGrants };
}

/** Compares with every token, so that the time taken tells nothing of any. */
function administratorOf(token: string, policy: AccessPolicy): string | undefined {
  const hash = createHash("sha256").update(token).digest();
  let actor: string | undefined;
  for (const administrator of policy.administrators) {
    if (timingSafeEqual(hash, administrator.tokenHash)) actor = administrator.actor;
  }
  return actor;
}

/** The token of a Bearer header, or the password of a Basic one. */
function presentedToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const space = header.indexOf(" ");
  const scheme = header.slice(0, space).toLowerCase();
  const value = header.slice(space + 1).trim();
  if (scheme === "bearer" && value !== "") return value;
  if (scheme === "basic") {
    const pair = Buffer.from(value, "base64").toString("utf8");
    return pair.slice(pair.indexOf(":") + 1);
  }
  throw new HttpError(
    "http_token_invalid",
    "the Authorization header holds no Bearer or Basic token",
  );
}

function checkHost(host: string | undefined, policy: AccessPolicy): void {
  const name = hostName(host ?? "");
  const isPublic = policy.publicUrl !== undefined && new URL(policy.publicUrl).host === host;
  if (!LOOPBACK_HOSTS.has(name) && !isPublic) {
    throw new HttpError(
      "http_host_refused",
      "the Host header names neither this machine nor PUBLIC_URL",
    );
  }
}

function checkOrigin(
  origin: string | undefined,
  host: string | undefined,
  policy: AccessPolicy,
): void {
  if (origin === undefined || origin === policy.publicUrl || origin === `http://${host}`) return;
  throw new HttpError("http_origin_refused", "requests from pages of other origins need a token");
}

/** Headers that proxies add; a request that has one did not come from this machine. */
const PROXY_HEADERS = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
];

function fromThisMachine(request: FastifyRequest): boolean {
  const proxied = PROXY_HEADERS.some((name) => request.headers[name] !== undefined);
  return !proxied && LOOPBACK_ADDRESSES.has(request.socket.remoteAddress ?? "");
}

/** The name of a `Host` header, lower case; IPv6 literals keep their brackets; "" for one that is none. */
function hostName(host: string): string {
  const [, name] = /^(\[[0-9a-f:.]+\]|[^:@/\s]+)(?::\d{1,5})?$/.exec(host.toLowerCase()) ?? [];
  return name ?? "";
}
