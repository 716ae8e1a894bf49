import { describe, expect, test } from "vitest";
import {
  allows,
  formatGrant,
  grantedNames,
  parseGrants,
  ROLES,
} from "../../../src/core/trust/grants.js";

describe("parseGrants", () => {
  test.each([
    "reader",
    "reader:internal",
    "renderer:shop,team-*",
    "publisher:*",
    "releaser:staging",
    "approver:production",
    "auditor",
    "admin",
  ])("takes %s, and formats it again", (text) => {
    expect(parseGrants([text, text]).map(formatGrant)).toEqual([text]);
  });

  test.each([
    "",
    "owner",
    "Reader",
    "toString",
    "reader:",
    "reader:a,",
    "reader: a",
    "renderer:a*b",
    "renderer:**",
    "renderer:-a",
    "renderer:a-",
    "renderer:ä",
    "renderer:a:b",
    `renderer:${"a".repeat(64)}`,
    "admin:dapr",
    "auditor:x",
  ])("refuses %j", (text) => {
    expect(() => parseGrants(["reader", text])).toThrow(
      expect.objectContaining({ code: "grant_form" }),
    );
  });

  test.each([
    { name: "grants", texts: Array.from({ length: 101 }, (_, i) => `renderer:p${i}`) },
    { name: "names", texts: [`renderer:${Array.from({ length: 101 }, (_, i) => `p${i}`)}`] },
  ])("refuses more than 100 $name", ({ texts }) => {
    expect(() => parseGrants(texts)).toThrow(expect.objectContaining({ code: "grant_limit" }));
  });
});

test.each([
  {
    grant: "renderer:shop,team-*",
    role: "renderer",
    yes: ["shop", "team-a"],
    no: ["shop2", "tea"],
  },
  { grant: "publisher", role: "publisher", yes: ["dapr", "x"], no: [] },
  { grant: "publisher:dapr", role: "publisher", yes: ["dapr"], no: ["dap", "dapr-2"] },
  { grant: "publisher", role: "releaser", yes: [], no: ["dapr"] },
  { grant: "reader", role: "reader", yes: [], no: ["internal"] },
  { grant: "reader:*", role: "reader", yes: ["internal"], no: [] },
  { grant: "auditor", role: "admin", yes: [], no: ["x"] },
  { grant: "admin", role: "approver", yes: ["x"], no: [] },
] as const)("$grant allows $role on $yes, not on $no", ({ grant, role, yes, no }) => {
  const grants = parseGrants([grant]);
  for (const name of yes) expect(allows(grants, role, name)).toBe(true);
  for (const name of no) expect(allows(grants, role, name)).toBe(false);
});

test("every grant implies reading what is public, none implies nothing", () => {
  for (const role of ROLES) expect(allows([{ role }], "reader")).toBe(true);
  for (const role of ROLES) expect(allows([], role)).toBe(false);
});

test.each([
  { grants: [], expected: [] },
  { grants: ["renderer:a", "renderer:b-*", "reader"], expected: ["a", "b-*"] },
  { grants: ["renderer:a", "renderer:b,*"], expected: "all" },
  { grants: ["renderer"], expected: "all" },
  { grants: ["auditor"], expected: [] },
  { grants: ["admin"], expected: "all" },
])("$grants are for the projects $expected", ({ grants, expected }) => {
  expect(grantedNames(parseGrants(grants), "renderer")).toEqual(expected);
});
