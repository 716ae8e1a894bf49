/**
 * Issuers of OpenID Connect tokens that a registry believes, and what their tokens may: rules over a
 * token's claims, as the operator writes them (YAML or JSON).
 *
 *     issuers:
 *       - name: github                    part of the actor: github:SUB
 *         issuer: https://token.actions.githubusercontent.com
 *         audience: https://recipes.example.com
 *         jwksUri: …                      optional: where its keys are, in place of what it says itself
 *         rules:
 *           - claims: {repository: acme/recipes, ref: refs/heads/main}
 *             grants: [publisher:acme]
 */
import { BackbarError } from "../../errors.js";
import type { JsonValue } from "../codec/canonical-json.js";
import { type JsonProblem, optional, StrictObject } from "../recipe/strict-json.js";
import { inspectStrictYaml } from "../recipe/strict-yaml.js";
import { TrustError } from "./error.js";
import { type Grant, MAX_GRANTS, parseGrants } from "./grants.js";

export interface OidcIssuer {
  readonly name: string;
  /** The `iss` of its tokens, to the letter. */
  readonly issuer: string;
  /** What `aud` must be or have in it. */
  readonly audience: string;
  /** Absent: as its discovery document says. */
  readonly jwksUri?: string;
  readonly rules: readonly OidcRule[];
}

export interface OidcRule {
  /** By claim: a text, or what one begins with before a `*`. */
  readonly claims: ReadonlyMap<string, string>;
  readonly grants: readonly Grant[];
}

const MAX_ISSUERS = 50;
const MAX_RULES = 500;
const MAX_CLAIMS = 50;
const LONG = { maxLength: 2000 };
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** @throws {TrustError} oidc_file, with every fault and its line and column in `problems` */
export function parseOidcIssuers(text: string, file: string): OidcIssuer[] {
  const source = { file, code: "oidc_file" };
  const { value, problems } = inspectStrictYaml(text, source, readIssuers);
  const [first] = problems;
  if (value !== undefined && first === undefined) return value;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  throw new TrustError("oidc_file", `${first?.message}${more}`, {
    place: first?.place ?? { file },
    hint: "docs/operator.md shows the form",
    problems,
  });
}

/** What the rules whose claims all match grant together. */
export function grantsOfClaims(
  { rules }: OidcIssuer,
  claims: Readonly<Record<string, unknown>>,
): Grant[] {
  return rules
    .filter((rule) => [...rule.claims].every(([name, wanted]) => isMet(wanted, claims[name])))
    .flatMap(({ grants }) => grants);
}

/** Of a list one item is enough. */
function isMet(wanted: string, claim: unknown): boolean {
  if (Array.isArray(claim))
    return claim.some((item) => typeof item === "string" && isMet(wanted, item));
  if (typeof claim !== "string" && typeof claim !== "boolean") return false;
  const text = String(claim);
  return wanted.endsWith("*") ? text.startsWith(wanted.slice(0, -1)) : text === wanted;
}

function readIssuers(value: JsonValue, problems: JsonProblem[]): OidcIssuer[] {
  const fields = new StrictObject(value, [], problems);
  const issuers = fields.objects("issuers", MAX_ISSUERS).map((one) => readIssuer(one));
  if (issuers.length === 0) fields.fault(["issuers"], "names no issuer");
  fields.done();
  for (const key of ["name", "issuer"] as const) {
    const seen = new Set<string>();
    for (const [index, issuer] of issuers.entries()) {
      if (seen.has(issuer[key])) fields.fault(["issuers", index, key], "is that of another issuer");
      seen.add(issuer[key]);
    }
  }
  return issuers;
}

function readIssuer(fields: StrictObject): OidcIssuer {
  const issuer = {
    name: fields.text("name", {
      refuse: (text) =>
        NAME.test(text) ? undefined : "is not made of lower-case letters, digits and inner hyphens",
    }),
    issuer: fields.text("issuer", { ...LONG, refuse: refuseUrl }),
    audience: fields.text("audience", {
      ...LONG,
      refuse: (text) => (text === "" ? "is empty" : undefined),
    }),
    ...optional("jwksUri", fields.optionalText("jwksUri", { ...LONG, refuse: refuseUrl })),
    rules: fields.objects("rules", MAX_RULES).map(readRule),
  };
  if (issuer.rules.length === 0) fields.fault(["rules"], "has no rule: nobody may do anything");
  fields.done();
  return issuer;
}

function readRule(fields: StrictObject): OidcRule {
  const claims = new Map<string, string>();
  const wanted = fields.object("claims");
  for (const name of wanted?.keys() ?? []) {
    claims.set(name, wanted?.text(name, { ...LONG, refuse: refuseClaim }) ?? "");
  }
  // Without a claim a rule would be for everybody whom the issuer knows.
  if (claims.size === 0) fields.fault(["claims"], "names no claim");
  if (claims.size > MAX_CLAIMS) fields.fault(["claims"], `has more than ${MAX_CLAIMS} claims`);
  const rule = { claims, grants: readGrants(fields) };
  fields.done();
  return rule;
}

function readGrants(fields: StrictObject): Grant[] {
  const texts = fields.texts("grants", MAX_GRANTS, { maxLength: 10_000 });
  if (texts.length === 0) fields.fault(["grants"], "grants nothing");
  const grants: Grant[] = [];
  for (const [index, text] of texts.entries()) {
    try {
      grants.push(...parseGrants([text]));
    } catch (error) {
      if (!(error instanceof BackbarError)) throw error;
      fields.fault(["grants", index], `is no grant: ${error.message}`);
    }
  }
  return grants;
}

function refuseClaim(text: string): string | undefined {
  return text === "" || text === "*"
    ? "must say something: a text, or how one begins before a *"
    : undefined;
}

function refuseUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.username === "" && url.password === "" && url.hash === "";
  const isSafe =
    url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.has(url.hostname));
  return isPlain && isSafe ? undefined : "must be an https URL";
}
