/** URLs. */
import type { Random } from "../random.js";

const SCHEMES =
  "http:// http:// https:// postgres:// // mailto: HTTP:// a+b:// urn: x: 1a:// a_b:// : :// http: http:/ http:/// file:/// a.b-c:// é:".split(
    " ",
  );
const USERS =
  "u@ u:p@ u:@ :p@ @ :@ u%40:p%3A@ é@ u:p:q@ u@v@ a/b@ u%zz@ u;p=1&c$d@ u%20v@ u[@ u,v!@ user:p%2Fw@ u~-._@".split(
    " ",
  );
const HOSTS =
  "example.com localhost:8080 [::1]:80 [::1] [::1%25eth0] [::1%25e%20h]:1 [fe80::1%eth0] [::1 ::1 [] []:80 [1.2.3.4] [::ffff:1.2.3.4] [v1.x] [::1]x [::1]: h: h:x h:-1 h:99999 h:80:90 1.2.3.4 a_b é.de EXAMPLE.com a%20b a%41b %e9 a%2fb a%5b a<b a\"b a!$&'()*+,;=b a{b a|b a\\b a^b [::g] [1::2::3] [:::] xn--e1 a..b -a".split(
    " ",
  );
const PATHS =
  "/ /a/b /a/b/ /a%20b a/b /é /%zz /a;b=c /.. /%2F /a%2Fb /./a/../b // //a/b /a:b a:b ./a:b * /* /a*b /a[1] /a{b} /a|b /a\\b /%C3%A9 /%ff /a+b /~a /a@b /a!$&'()*+,;=b /a%5Bb /a<b> /%00 /%7f /% /%2 /a%2 /%41".split(
    " ",
  );
const QUERIES =
  "? ?a=b ?a=b&c=d ?a=%20 ?é ?a+b ?a=b?c ?%zz ?a=b;c ??  ?a=\" ?a=<b> ?a=[1] ?a='".split(" ");
const FRAGMENTS = '# #frag #a%20b #é ## #%zz #a?b #/a/b #a!b #% #%41 #a[b] #a"b'.split(" ");
const BREAKS = [" ", "\t", "\n", "\x7f", "\u0000", "\u00a0", "%20", "%"];

/** A URL, or almost. */
export function url(random: Random): string {
  const part = (texts: readonly string[], percent: number) =>
    random.chance(percent) ? random.pick(texts) : "";
  const whole =
    part(SCHEMES, 85) +
    part(USERS, 25) +
    (random.chance(50) ? random.pick(HOSTS.slice(0, 5)) : part(HOSTS, 90)) +
    part(PATHS, 70) +
    part(QUERIES, 40) +
    part(FRAGMENTS, 30);
  if (!random.chance(4)) return whole;
  const at = random.int(0, whole.length);
  return whole.slice(0, at) + random.pick(BREAKS) + whole.slice(at);
}

/** The parts of a URL as urlJoin takes them: keys and texts, some as they are only between parts. */
export function urlParts(random: Random): [key: string, text: string][] {
  const strip = (texts: readonly string[]) => random.pick(texts).replace(/^[?#]|[@]$|:\/*$/g, "");
  const makers: [string, () => string][] = [
    ["scheme", () => strip(SCHEMES)],
    ["host", () => random.pick(HOSTS)],
    ["hostname", () => "ignored"],
    ["path", () => random.pick(PATHS)],
    ["query", () => strip(QUERIES)],
    ["fragment", () => strip(FRAGMENTS)],
    ["opaque", () => random.pick(["", "", "a:b", "//x/y", "%zz é"])],
    ["userinfo", () => strip(USERS)],
  ];
  return makers.flatMap(([key, make]): [string, string][] =>
    random.chance(60) ? [[key, make()]] : [],
  );
}
