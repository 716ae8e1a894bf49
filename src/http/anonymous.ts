/**
 * Requests that show no token. They are served only from this machine: over loopback, without a
 * proxy in between, under a host name that a page from elsewhere cannot take (DNS rebinding), and
 * with no foreign `Origin`.
 */
import type { FastifyRequest } from "fastify";
import { HttpError } from "./error.js";

const LOOPBACK_ADDRESSES = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);
const LOOPBACK_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Checks that a request may be served without a token; `publicUrl` is the origin under which clients
 * reach the service.
 * @throws {HttpError} http_token_required, http_host_refused, http_origin_refused
 */
export function checkAnonymous(request: FastifyRequest, publicUrl: string | undefined): void {
  checkHost(request.headers.host, publicUrl);
  checkOrigin(request.headers.origin, request.headers.host, publicUrl);
  if (fromThisMachine(request)) return;
  throw new HttpError("http_token_required", "requests from other machines need a token", {
    hint: "send it as `Authorization: Bearer TOKEN`",
  });
}

function checkHost(host: string | undefined, publicUrl: string | undefined): void {
  const name = hostName(host ?? "");
  const isPublic = publicUrl !== undefined && new URL(publicUrl).host === host;
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
  publicUrl: string | undefined,
): void {
  if (origin === undefined || origin === publicUrl || origin === `http://${host}`) return;
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
