/**
 * Tokens: made by administrators for people and programs, shown once, kept as their hash. Making and
 * revoking one is a leaf of the log, so that a lookup holds until the next leaf, in every process.
 */
import { createHash } from "node:crypto";
import { formatGrant, type Grant, parseGrants } from "../core/trust/grants.js";
import type { Tx } from "../store/db.js";
import { lockLogHead } from "../store/log.js";
import {
  findLivingToken,
  findToken,
  findTokenByHash,
  insertToken,
  listTokens,
  revokeTokenRow,
  type TokenRow,
} from "../store/tokens.js";
import { ADMIN, ANONYMOUS, type Caller, checkMay, OPERATOR, SERVICE } from "./caller.js";
import { FlowError } from "./error.js";
import { untilChanged } from "./freshness.js";
import { appendRecord, changeRegistry } from "./log.js";
import type { Registry } from "./registry.js";

export interface Token extends Omit<TokenRow, "hash" | "grants"> {
  readonly grants: readonly Grant[];
}

export interface TokenRequest {
  /** The actor of whoever shows it. */
  readonly name: string;
  /** In text form. */
  readonly grants: readonly string[];
  /** Undefined: 90 days. */
  readonly lifetimeSeconds: number | undefined;
}

const PREFIX = "bbt_";
const TOKEN = /^bbt_[A-Za-z0-9_-]{43}$/;
const TOKEN_BYTES = 32;
const ID_BYTES = 8;
const DAY_SECONDS = 24 * 60 * 60;
const DEFAULT_LIFETIME_SECONDS = 90 * DAY_SECONDS;
export const MAX_LIFETIME_SECONDS = 366 * DAY_SECONDS;
/** Actors that are nobody in particular. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([ADMIN, ANONYMOUS, OPERATOR, SERVICE]);

/**
 * Makes a token; `secret` is the token itself, which nobody can read again. `taken` are names of
 * administrators who are known by configuration.
 * @throws {FlowError} role_missing, token_name, token_exists, token_lifetime
 * @throws {TrustError} grant_form, grant_limit
 */
export async function createToken(
  registry: Registry,
  caller: Caller,
  request: TokenRequest,
  taken: ReadonlySet<string>,
): Promise<{ readonly token: Token; readonly secret: string }> {
  checkMay(caller, "admin");
  const { name, lifetimeSeconds = DEFAULT_LIFETIME_SECONDS } = request;
  const grants = parseGrants(request.grants);
  checkName(name, taken);
  checkLifetime(lifetimeSeconds);
  const secret = PREFIX + Buffer.from(registry.randomBytes(TOKEN_BYTES)).toString("base64url");
  const id = Buffer.from(registry.randomBytes(ID_BYTES)).toString("hex");
  const now = registry.now();
  const expiresAt = new Date(now.getTime() + lifetimeSeconds * 1000);
  return changeRegistry(registry, async (tx) => {
    // The head's lock puts changes in a row: two of one name made at once would not see each other.
    await lockLogHead(tx);
    await checkFree(tx, name, now);
    const texts = grants.map(formatGrant);
    const details = { act: "made", id, name, grants: texts, expiresAt: expiresAt.toISOString() };
    const record = { kind: "token", actor: caller.actor, details } as const;
    const logIndex = await appendRecord(registry, tx, record);
    const row: TokenRow = {
      ...{ id, name, hash: hashToken(secret), grants: texts, createdAt: now, expiresAt, logIndex },
      ...{ createdBy: caller.actor, revokedAt: null, revokedBy: null, lastUsedAt: null },
    };
    await insertToken(tx, row);
    return { token: tokenOf(row), secret };
  });
}

/**
 * Tokens made before the leaf `before`, the newest first, those that are no longer good as well.
 * @throws {FlowError} role_missing
 */
export async function readTokens(
  registry: Registry,
  caller: Caller,
  page: { readonly before?: number; readonly limit: number },
): Promise<Token[]> {
  checkMay(caller, "auditor");
  return (await listTokens(registry.db, page)).map(tokenOf);
}

/**
 * Takes a token's rights away, at once in every process; a second time changes nothing.
 * @throws {FlowError} role_missing, token_unknown
 */
export async function revokeToken(registry: Registry, caller: Caller, id: string): Promise<Token> {
  checkMay(caller, "admin");
  return changeRegistry(registry, async (tx) => {
    await lockLogHead(tx);
    const row = await findToken(tx, id);
    if (row === undefined) {
      throw new FlowError("token_unknown", `there is no token ${id}`, {
        hint: "GET /v1/tokens lists them",
      });
    }
    if (row.revokedAt !== null) return tokenOf(row);
    const details = { act: "revoked", id, name: row.name };
    await appendRecord(registry, tx, { kind: "token", actor: caller.actor, details });
    const [at, by] = [registry.now(), caller.actor];
    await revokeTokenRow(tx, id, { at, by });
    return tokenOf({ ...row, revokedAt: at, revokedBy: by });
  });
}

/** Whether `text` has the form of a token that was made here. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * The token that `secret` is, while it is good.
 * @throws {FlowError} http_token_invalid, http_token_expired
 */
export async function openToken(registry: Registry, secret: string): Promise<Token> {
  const token = await tokenByHash(registry, Buffer.from(hashToken(secret)).toString("hex"));
  if (token.revokedAt !== null) throw new FlowError("http_token_invalid", "the token was revoked");
  if (token.expiresAt > registry.now()) return token;
  const message = `the token ${token.name} expired on ${token.expiresAt.toISOString()}`;
  throw new FlowError("http_token_expired", message, { hint: "an administrator makes another" });
}

/** Throws for one that is not there, so that guesses are not remembered. */
const tokenByHash = untilChanged(async (registry, hash) => {
  const row = await findTokenByHash(registry.db, new Uint8Array(Buffer.from(hash, "hex")));
  if (row === undefined) throw new FlowError("http_token_invalid", "the token is not known here");
  return tokenOf(row);
});

/** sha256 of a token, 32 bytes: all that is kept of it. */
export function hashToken(secret: string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(secret).digest());
}

function tokenOf({ hash: _hash, grants, ...row }: TokenRow): Token {
  return { ...row, grants: parseGrants(grants) };
}

/** @throws {FlowError} token_name; token_exists for an administrator, who has a token by configuration */
function checkName(name: string, taken: ReadonlySet<string>): void {
  const hint = "people are told apart by their tokens' names: choose another";
  if (RESERVED_NAMES.has(name)) {
    throw new FlowError("token_name", `'${name}' names no single person`, { hint });
  }
  if (taken.has(name)) {
    throw new FlowError("token_exists", `'${name}' is an administrator's name`, { hint });
  }
}

/** @throws {FlowError} token_lifetime */
function checkLifetime(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_LIFETIME_SECONDS) return;
  throw new FlowError(
    "token_lifetime",
    `a token lives at most ${MAX_LIFETIME_SECONDS / DAY_SECONDS} days, not ${seconds} seconds`,
  );
}

/** @throws {FlowError} token_exists */
async function checkFree(tx: Tx, name: string, now: Date): Promise<void> {
  const known = await findLivingToken(tx, name, now);
  if (known === undefined) return;
  throw new FlowError("token_exists", `${name} has a token that is still good: ${known.id}`, {
    hint: `revoke it, or choose another name: DELETE /v1/tokens/${known.id}`,
  });
}
