/** IP addresses in text, as Go's netip.ParseAddr accepts them. */

/** 4 or 6 for an address of that version (IPv6 with or without a zone); undefined for anything else. */
export function ipVersion(text: string): 4 | 6 | undefined {
  const first = /[.:%]/.exec(text)?.[0];
  if (first === ".") return isIPv4(text) ? 4 : undefined;
  if (first === ":") return isIPv6(text) ? 6 : undefined;
  return undefined;
}

function isIPv4(text: string): boolean {
  const fields = text.split(".");
  return fields.length === 4 && fields.every(isOctet);
}

/** 0 to 255 without leading zeros. */
function isOctet(field: string): boolean {
  return /^(?:0|[1-9][0-9]{0,2})$/.test(field) && Number(field) <= 255;
}

function isIPv6(text: string): boolean {
  const percent = text.indexOf("%");
  if (percent === text.length - 1) return false;
  const address = percent === -1 ? text : text.slice(0, percent);
  const halves = address.split("::");
  if (halves.length > 2) return false;
  const sizes = halves.map((half, i) => groupCount(half, i === halves.length - 1));
  const [before = 0, after = 0] = sizes;
  if (sizes.includes(undefined)) return false;
  // "::" stands for one group of zeros at least
  return halves.length === 1 ? before === 8 : before + after <= 7;
}

/** How many groups of 16 bits; undefined if it is no row of groups. An IPv4 address may end the last row. */
function groupCount(row: string, last: boolean): number | undefined {
  if (row === "") return 0;
  const groups = row.split(":");
  const tail = groups.at(-1) ?? "";
  const embedded = last && isIPv4(tail);
  const hexadecimal = embedded ? groups.slice(0, -1) : groups;
  if (!hexadecimal.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return hexadecimal.length + (embedded ? 2 : 0);
}
