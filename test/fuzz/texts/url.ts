/** URLs. */
import type { Random } from "../random.js";

/** A URL, or almost. */
export function url(random: Random): string {
  const scheme = random.pick([
    "http://",
    "https://",
    "postgres://",
    "",
    "//",
    "mailto:",
    "HTTP://",
    "a+b://",
  ]);
  const user = random.pick(["", "", "", "u@", "u:p@", "u:@", ":p@", "u%40:p%3A@", "é@"]);
  const host = random.pick([
    "example.com",
    "localhost:8080",
    "",
    "[::1]:80",
    "[::1%25eth0]",
    "h:",
    "1.2.3.4",
    "exa mple",
    "a_b",
    "é.de",
  ]);
  const path = random.pick([
    "",
    "/",
    "/a/b",
    "/a%20b",
    "/a b",
    "a/b",
    "/é",
    "/%zz",
    "/a;b=c",
    "/..",
    "/%2F",
  ]);
  const query = random.pick(["", "", "?", "?a=b", "?a=b&c=d", "?a=%20", "?é", "?a b"]);
  const fragment = random.pick(["", "", "#", "#frag", "#a%20b", "#é", "##"]);
  return scheme + user + host + path + query + fragment;
}
