/** Sprig's `urlParse` and `urlJoin`: Go's net/url (Go 1.26, RFC 3986 with Go's leniency). */
import { byteLength } from "../bytes.js";
import { FunctionError } from "../error.js";
import { kindOf, type MapValue, mapEntries } from "../kind.js";
import { type CallContext, GoFunction, NamedString, type Value } from "../value.js";
import { fromByteText, toByteText } from "./byte-text.js";
import { ipVersion } from "./ip-address.js";

export const urlFunctions: readonly GoFunction[] = [
  new GoFunction("urlParse", ["string"], (context: CallContext, text: string) => {
    context.allocate(4 * byteLength(text));
    const url = parseUrl(toByteText(text));
    const parts: [string, string][] = [
      ["scheme", url.scheme],
      ["host", url.host],
      ["hostname", hostname(url.host)],
      ["path", url.path],
      ["query", url.query],
      ["opaque", url.opaque],
      ["fragment", url.fragment],
      ["userinfo", url.user === undefined ? "" : formatUser(url.user)],
    ];
    return new Map<string, Value>(parts.map(([name, part]) => [name, fromByteText(part)]));
  }),
  new GoFunction("urlJoin", ["map[string]any"], (context: CallContext, parts: MapValue) => {
    const part = (name: string): string => {
      const text = urlPart(parts, name);
      context.allocate(3 * byteLength(text));
      return toByteText(text);
    };
    const url: Url = {
      scheme: part("scheme"),
      host: part("host"),
      path: part("path"),
      query: part("query"),
      opaque: part("opaque"),
      fragment: part("fragment"),
      user: parseUser(part("userinfo")),
    };
    return fromByteText(formatUrl(url));
  }),
];

/** The parts of a URL as byte text, decoded except for `opaque` and `query`. */
interface Url {
  readonly scheme: string;
  readonly opaque: string;
  readonly user: User | undefined;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

interface User {
  readonly name: string;
  readonly password: string | undefined;
}

function urlPart(parts: MapValue, name: string): string {
  const part = mapEntries(parts).get(name);
  if (part === undefined) return "";
  if (typeof part === "string") return part;
  if (part instanceof NamedString) return part.value;
  throw new FunctionError(
    `unable to parse ${name} key, must be of type string, but ${kindOf(part)} found`,
  );
}

function parseUser(userinfo: string): User | undefined {
  return userinfo === "" ? undefined : parseUrl(`proto://${userinfo}@host`).user;
}

/** What Go's `url.Parse` finds wrong with `text`; undefined for a URL. */
export function urlFault(text: string): string | undefined {
  try {
    parseUrl(toByteText(text));
    return undefined;
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    return error.message;
  }
}

function parseUrl(text: string): Url {
  const [main, rawFragment] = cut(text, "#");
  const url = parseWithoutFragment(main);
  return { ...url, fragment: percentDecode(rawFragment, "fragment") };
}

const EMPTY: Url = {
  scheme: "",
  opaque: "",
  user: undefined,
  host: "",
  path: "",
  query: "",
  fragment: "",
};

function parseWithoutFragment(text: string): Url {
  if (Array.from(text).some(isControl)) throw parseError("invalid control character in URL");
  if (text === "*") return { ...EMPTY, path: "*" };
  const [scheme, afterScheme] = cutScheme(text);
  const [rest, query] = cut(afterScheme, "?");
  const url = { ...EMPTY, scheme, query };
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { ...url, opaque: rest };
    if (cut(rest, "/")[0].includes(":")) {
      throw parseError("first path segment in URL cannot contain colon");
    }
  }
  const hasAuthority = rest.startsWith("//") && (scheme !== "" || !rest.startsWith("///"));
  if (!hasAuthority) return { ...url, path: percentDecode(rest, "path") };
  const slash = rest.indexOf("/", 2);
  const end = slash === -1 ? rest.length : slash;
  const { user, host } = parseAuthority(scheme, rest.slice(2, end));
  return { ...url, user, host, path: percentDecode(rest.slice(end), "path") };
}

function isControl(char: string): boolean {
  return char < " " || char === "\x7f";
}

function cutScheme(text: string): readonly [scheme: string, rest: string] {
  if (text.startsWith(":")) throw parseError("missing protocol scheme");
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1];
  return scheme === undefined ? ["", text] : [scheme.toLowerCase(), text.slice(scheme.length + 1)];
}

function parseAuthority(scheme: string, authority: string): { user?: User; host: string } {
  const at = authority.lastIndexOf("@");
  const host = parseHost(scheme, authority.slice(at + 1));
  if (at === -1) return { host };
  const userinfo = authority.slice(0, at);
  if (!/^[A-Za-z0-9._:~!$&'()*+,;=%@-]*$/.test(userinfo)) throw parseError("invalid userinfo");
  const [name, password] = cut(userinfo, ":");
  const user = {
    name: percentDecode(name, "user"),
    password: userinfo.includes(":") ? percentDecode(password, "user") : undefined,
  };
  return { user, host };
}

function parseHost(scheme: string, host: string): string {
  const bracket = host.lastIndexOf("[");
  if (bracket > 0) throw parseError("invalid IP-literal");
  if (bracket === 0) return parseBracketedHost(host);
  // "a:b:80" is refused for HTTP; other schemes take the last colon as the port's
  const strict = scheme === "http" || scheme === "https";
  const colon = strict ? host.indexOf(":") : host.lastIndexOf(":");
  if (colon !== -1) checkPort(host.slice(colon));
  return percentDecode(host, "host");
}

function parseBracketedHost(host: string): string {
  const close = host.lastIndexOf("]");
  if (close === -1) throw parseError("missing ']' in host");
  const port = host.slice(close + 1);
  checkPort(port);
  const literal = host.slice(1, close);
  const zone = literal.indexOf("%25");
  const address =
    zone === -1
      ? percentDecode(literal, "host")
      : percentDecode(literal.slice(0, zone), "host") + percentDecode(literal.slice(zone), "zone");
  if (ipVersion(address) !== 6) throw parseError("invalid IP-literal");
  return `[${address}]${port}`;
}

function checkPort(port: string): void {
  if (!isPort(port)) throw parseError(`invalid port "${port}" after host`);
}

function isPort(port: string): boolean {
  return /^(?::[0-9]*)?$/.test(port);
}

/** The host without its port and without the brackets of an IPv6 address. */
function hostname(host: string): string {
  const colon = host.lastIndexOf(":");
  const name = colon !== -1 && isPort(host.slice(colon)) ? host.slice(0, colon) : host;
  return name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
}

function formatUrl(url: Url): string {
  const scheme = url.scheme === "" ? "" : `${url.scheme}:`;
  const tail = `${url.query === "" ? "" : `?${url.query}`}${
    url.fragment === "" ? "" : `#${percentEncode(url.fragment, "fragment")}`
  }`;
  if (url.opaque !== "") return scheme + url.opaque + tail;
  const hasAuthority = url.host !== "" || url.user !== undefined;
  const slashes = hasAuthority || (scheme !== "" && url.path !== "") ? "//" : "";
  const user = url.user === undefined ? "" : `${formatUser(url.user)}@`;
  const front = scheme + slashes + user + percentEncode(url.host, "host");
  return front + formatPath(url, front) + tail;
}

function formatPath(url: Url, front: string): string {
  const path = url.path === "*" ? "*" : percentEncode(url.path, "path");
  if (path !== "" && !path.startsWith("/") && url.host !== "") return `/${path}`;
  // without "./" a first segment with a colon would read as a scheme
  if (front === "" && cut(path, "/")[0].includes(":")) return `./${path}`;
  return path;
}

function formatUser(user: User): string {
  const name = percentEncode(user.name, "user");
  return user.password === undefined ? name : `${name}:${percentEncode(user.password, "user")}`;
}

type Component = "path" | "host" | "zone" | "user" | "fragment";

const HOST_PLAIN = /[A-Za-z0-9._~!$&'()*+,;=:[\]<>"-]/;
const PLAIN: Readonly<Record<Component, RegExp>> = {
  path: /[A-Za-z0-9._~$&+,/:;=@-]/,
  user: /[A-Za-z0-9._~$&+,;=-]/,
  fragment: /[A-Za-z0-9._~$&+,/:;=?@!()*-]/,
  host: HOST_PLAIN,
  zone: HOST_PLAIN,
};

function percentEncode(text: string, component: Component): string {
  return Array.from(text, (char) => {
    if (PLAIN[component].test(char)) return char;
    return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

function percentDecode(text: string, component: Component): string {
  const inHost = component === "host" || component === "zone";
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "%") {
      const triplet = text.slice(at, at + 3);
      pieces.push(decodeTriplet(triplet, component));
      at += 2;
    } else {
      if (inHost && char < "\x80" && !HOST_PLAIN.test(char)) {
        throw parseError(`invalid character "${char}" in host name`);
      }
      pieces.push(char);
    }
  }
  return pieces.join("");
}

function decodeTriplet(triplet: string, component: Component): string {
  if (!/^%[0-9a-fA-F]{2}$/.test(triplet)) throw parseError(`invalid URL escape "${triplet}"`);
  const char = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
  const refused =
    triplet !== "%25" &&
    ((component === "host" && char < "\x80") ||
      (component === "zone" && char !== " " && !HOST_PLAIN.test(char)));
  if (refused) throw parseError(`invalid URL escape "${triplet}"`);
  return char;
}

/** Go's strings.Cut: before and after the first `separator`; without it all is before. */
function cut(text: string, separator: string): readonly [before: string, after: string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function parseError(reason: string): FunctionError {
  return new FunctionError(`unable to parse url: ${reason}`);
}
