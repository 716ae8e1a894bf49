/** IP addresses for certificates: as Go's net.ParseIP reads them, in the one form that X.509 needs. */
import { ipVersion } from "./ip-address.js";

/** IPv4 in dots (also for `::ffff:1.2.3.4`) or all eight groups of IPv6; undefined if it is no address. */
export function certificateAddress(text: string): string | undefined {
  const version = ipVersion(text);
  if (version === 4) return text;
  if (version === undefined || text.includes("%")) return undefined;
  const groups = allGroups(withoutDots(text)).map((group) => Number.parseInt(group, 16));
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
  return groups.map((group) => group.toString(16)).join(":");
}

/** An IPv4 address at the end as two groups. */
function withoutDots(text: string): string {
  const start = text.lastIndexOf(":") + 1;
  const [a, b, c, d] = text.slice(start).split(".").map(Number);
  if (a === undefined || b === undefined || c === undefined || d === undefined) return text;
  const groups = [(a << 8) | b, (c << 8) | d].map((group) => group.toString(16));
  return text.slice(0, start) + groups.join(":");
}

function allGroups(text: string): string[] {
  const [before = "", after] = text.split("::");
  const left = before === "" ? [] : before.split(":");
  if (after === undefined) return left;
  const right = after === "" ? [] : after.split(":");
  return [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right];
}
