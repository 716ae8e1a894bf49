import { describe, expect, test } from "vitest";
import { formatGrant } from "../../../src/core/trust/grants.js";
import { grantsOfClaims, parseOidcIssuers } from "../../../src/core/trust/oidc-issuers.js";

const FILE = `issuers:
  - name: github
    issuer: https://token.actions.githubusercontent.com
    audience: https://recipes.example.com
    rules:
      - claims: {repository: acme/recipes, ref: refs/heads/main}
        grants: ["publisher:acme"]
      - claims: {repository: acme/*}
        grants: [reader, "renderer:acme-*"]
      - claims: {groups: platform}
        grants: [auditor]
      - claims: {ref_protected: "true"}
        grants: ["releaser:staging"]
`;

describe("grantsOfClaims", () => {
  const [issuer] = parseOidcIssuers(FILE, "oidc.yaml");
  test.each([
    {
      claims: { repository: "acme/recipes", ref: "refs/heads/main" },
      grants: ["publisher:acme", "reader", "renderer:acme-*"],
    },
    {
      claims: { repository: "acme/recipes", ref: "refs/heads/dev" },
      grants: ["reader", "renderer:acme-*"],
    },
    { claims: { repository: "acme" }, grants: [] },
    { claims: { repository: "evil/acme/recipes" }, grants: [] },
    { claims: { repository: "Acme/recipes", ref: "refs/heads/main" }, grants: [] },
    { claims: { repository: ["acme/x"] }, grants: ["reader", "renderer:acme-*"] },
    { claims: { groups: ["dev", "platform"] }, grants: ["auditor"] },
    { claims: { groups: "platform" }, grants: ["auditor"] },
    { claims: { groups: ["platform2"] }, grants: [] },
    { claims: { groups: { platform: true } }, grants: [] },
    { claims: { ref_protected: true }, grants: ["releaser:staging"] },
    { claims: { ref: "refs/heads/main" }, grants: [] },
    { claims: {}, grants: [] },
  ])("$claims are granted $grants", ({ claims, grants }) => {
    expect(issuer && grantsOfClaims(issuer, claims).map(formatGrant)).toEqual(grants);
  });
});

describe("parseOidcIssuers", () => {
  test("reads JSON as well", () => {
    const json = {
      issuers: [
        {
          name: "ci",
          issuer: "http://127.0.0.1:9000",
          audience: "backbar",
          jwksUri: "http://127.0.0.1:9000/keys",
          rules: [{ claims: { sub: "job" }, grants: ["admin"] }],
        },
      ],
    };
    expect(parseOidcIssuers(JSON.stringify(json), "oidc.json")).toMatchObject([
      {
        name: "ci",
        jwksUri: "http://127.0.0.1:9000/keys",
        rules: [{ grants: [{ role: "admin" }] }],
      },
    ]);
  });

  const change = (before: string, after: string) => FILE.replace(before, after);
  test.each([
    { name: "no issuer", text: "issuers: []\n", line: 1 },
    { name: "an unknown key", text: change("audience:", "audiance:"), line: 2 },
    { name: "plain http", text: change("https://token", "http://token"), line: 3 },
    { name: "a password", text: change("https://token", "https://a:b@token"), line: 3 },
    { name: "a name with a colon", text: change("name: github", 'name: "git:hub"'), line: 2 },
    { name: "a rule for everybody", text: change("{groups: platform}", "{}"), line: 10 },
    {
      name: "a claim that may be anything",
      text: change("groups: platform", 'groups: "*"'),
      line: 10,
    },
    {
      name: "a claim that is no text",
      text: change('ref_protected: "true"', "ref_protected: true"),
      line: 12,
    },
    { name: "an unknown role", text: change("[auditor]", "[owner]"), line: 11 },
    { name: "no grant", text: change("[auditor]", "[]"), line: 11 },
    { name: "no YAML", text: "issuers: [", line: 1 },
    { name: "a key twice", text: change("    audience:", "    name: x\n    audience:"), line: 4 },
    {
      name: "an issuer twice",
      text: FILE + FILE.slice("issuers:\n".length).replace("name: github", "name: other"),
      line: 15,
    },
  ])("refuses $name, by its line", ({ text, line }) => {
    expect(() => parseOidcIssuers(text, "oidc.yaml")).toThrow(
      expect.objectContaining({
        code: "oidc_file",
        place: expect.objectContaining({ file: "oidc.yaml", line }),
      }),
    );
  });
});
