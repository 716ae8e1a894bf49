import { expect, test } from "vitest";
import { type AdminTokensError, parseAdminTokens } from "../src/admin-tokens.js";
import { hashToken } from "../src/flows/tokens.js";

const TOKEN = "0123456789abcdef";
const OTHER = "fedcba9876543210";

test.each([
  { name: "a token alone is admin's", text: `${TOKEN}\n`, actors: ["admin"] },
  {
    name: "names come before tokens",
    text: `alice ${TOKEN}\nbob ${OTHER}`,
    actors: ["alice", "bob"],
  },
  { name: "one line may have no name", text: `${TOKEN}\nbob ${OTHER}\n`, actors: ["admin", "bob"] },
  { name: "blanks do not count", text: `\r\n  b-0\t ${TOKEN} \r\n\n`, actors: ["b-0"] },
])("$name", ({ text, actors }) => {
  const found = parseAdminTokens(text, "tokens");
  expect(found.map(({ actor }) => actor)).toEqual(actors);
  expect(found.at(0)?.tokenHash).toEqual(hashToken(TOKEN));
});

test.each([
  { name: "an empty file", text: "\n \n", lines: [undefined] },
  { name: "a short token", text: "short", lines: [1] },
  { name: "a short token with a name", text: `alice ${TOKEN.slice(1)}`, lines: [1] },
  { name: "more than two words", text: `\nalice ${TOKEN} ${OTHER}`, lines: [2] },
  { name: "a name in upper case", text: `Alice ${TOKEN}`, lines: [1] },
  { name: "a name that starts with a hyphen", text: `-a ${TOKEN}`, lines: [1] },
  { name: "a name of 64 characters", text: `${"a".repeat(64)} ${TOKEN}`, lines: [1] },
  { name: "the name of those without a token", text: `anonymous ${TOKEN}`, lines: [1] },
  { name: "a name twice", text: `alice ${TOKEN}\nalice ${OTHER}`, lines: [2] },
  { name: "the name admin twice", text: `${TOKEN}\nadmin ${OTHER}`, lines: [2] },
  { name: "a token twice", text: `alice ${TOKEN}\nbob ${TOKEN}`, lines: [2] },
  { name: "several faults", text: `a b\nalice ${TOKEN}\nalice ${TOKEN}`, lines: [1, 3] },
])("refuses $name by its line, and shows no token", ({ text, lines }) => {
  let error: AdminTokensError | undefined;
  try {
    parseAdminTokens(text, "tokens");
  } catch (caught) {
    error = caught as AdminTokensError;
  }
  expect(error?.code).toBe("server_admin_token");
  expect(error?.problems.map(({ place }) => place?.line)).toEqual(lines);
  expect(error?.place).toMatchObject({ file: "tokens" });
  expect(JSON.stringify([error?.message, error?.problems])).not.toContain(TOKEN.slice(1));
});
