/**
 * Where a request comes from. Whoever has an IPv6 address has all of its /64, the least that a site
 * is given (RFC 6177): it is told as one. What a proxy says anybody can say: it is not asked.
 */
import { isIPv6 } from "node:net";
import type { FastifyRequest } from "fastify";

export function addressOf(request: FastifyRequest): string {
  return subnetOf(request.socket.remoteAddress ?? "");
}

/** The /64 of an IPv6 address, in the form of RFC 5952; IPv4 and loopback as they are. */
export function subnetOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (!isIPv6(plain) || plain === "::1") return plain;
  const [before = "", after] = plain.split("::");
  const groups = [before, after].map((part) => (part ? part.split(":") : []));
  const [first = [], last = []] = groups;
  const zeros = after === undefined ? 0 : 8 - first.length - last.length;
  const network = [...first, ...Array<string>(zeros).fill("0"), ...last].slice(0, 4).join(":");
  const { hostname } = new URL(`http://[${network}::]`);
  return `${hostname.slice(1, -1)}/64`;
}
