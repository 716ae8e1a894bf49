/**
 * The administrators' tokens, from a file of lines: `TOKEN` (the actor `admin`) or `NAME TOKEN`.
 * Names tell people apart in the log and in approvals. Blank lines are skipped.
 */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { BackbarError, type Problem } from "./errors.js";
import { ADMIN, ANONYMOUS } from "./flows/caller.js";
import { hashToken } from "./flows/tokens.js";
import type { Administrator } from "./http/identity.js";
import { writeSecret } from "./keys.js";

export class AdminTokensError extends BackbarError<"server_admin_token"> {
  override readonly name = "AdminTokensError";
}

/** A token that can be guessed is none. */
const MIN_TOKEN_LENGTH = 16;
const MAX_ADMINISTRATORS = 1000;
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Makes a token for `admin` in the data directory unless one is there; returns its file. */
export async function makeAdminToken(dataDir: string): Promise<string> {
  const file = path.join(dataDir, "admin-token");
  await writeSecret(file, `${randomBytes(32).toString("base64url")}\n`);
  return file;
}

/** @throws {AdminTokensError} server_admin_token, with every faulty line in `problems` */
export async function readAdminTokens(file: string): Promise<Administrator[]> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    const message = `the admin token cannot be read: ${cause.message}`;
    const hint = "set ADMIN_TOKEN_FILE to a file that holds the admin tokens";
    throw new AdminTokensError("server_admin_token", message, { cause, hint });
  });
  return parseAdminTokens(text, file);
}

/**
 * The administrators of a file's text, in its order.
 * @throws {AdminTokensError} server_admin_token, with every faulty line in `problems`
 */
export function parseAdminTokens(text: string, file: string): Administrator[] {
  const found: Administrator[] = [];
  const problems: Problem[] = [];
  const lineOf = new Map<string, number>();
  for (const [index, line] of text.split("\n").entries()) {
    const words = line.trim().split(/\s+/);
    if (words[0] === "") continue;
    const [name = "", token = ""] = words.length === 1 ? [ADMIN, ...words] : words;
    const administrator = { actor: name, tokenHash: hashToken(token) };
    const keys = [`name ${name}`, `token ${Buffer.from(administrator.tokenHash).toString("hex")}`];
    const message = refuseLine(words, name, token) ?? repeats(keys, lineOf);
    for (const key of keys) lineOf.set(key, lineOf.get(key) ?? index + 1);
    if (message === undefined) found.push(administrator);
    else problems.push({ code: "server_admin_token", message, place: { file, line: index + 1 } });
  }
  if (found.length > MAX_ADMINISTRATORS) {
    const message = `holds more than ${MAX_ADMINISTRATORS} admin tokens`;
    problems.push({ code: "server_admin_token", message, place: { file } });
  }
  if (found.length === 0 && problems.length === 0) {
    const message = "holds no admin token";
    problems.push({ code: "server_admin_token", message, place: { file } });
  }
  const [first] = problems;
  if (first === undefined) return found;
  const more = problems.length === 1 ? "" : ` (and ${problems.length - 1} more)`;
  throw new AdminTokensError("server_admin_token", first.message + more, {
    place: first.place ?? { file },
    hint: `a line is TOKEN or NAME TOKEN; make a token: openssl rand -base64 32`,
    problems,
  });
}

/** Says nothing of the token itself: the message goes to logs. */
function refuseLine(words: readonly string[], name: string, token: string): string | undefined {
  if (words.length > 2) return "is no admin token: more than two words";
  if (name === ANONYMOUS) return `'${ANONYMOUS}' is who comes without a token, and names no one`;
  if (!NAME.test(name)) return "the name is not made of lower-case letters, digits and hyphens";
  if (token.length >= MIN_TOKEN_LENGTH) return undefined;
  return `holds no admin token of ${MIN_TOKEN_LENGTH} characters or more`;
}

function repeats(keys: readonly string[], lineOf: ReadonlyMap<string, number>): string | undefined {
  const twice = keys.find((key) => lineOf.has(key));
  if (twice === undefined) return undefined;
  return `has the ${twice.split(" ")[0]} of line ${lineOf.get(twice)}`;
}
