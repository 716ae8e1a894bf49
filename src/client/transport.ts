/**
 * Requests to one registry. Redirects are not followed: a token never goes anywhere else. Neither
 * tokens nor requests with secrets go over plain HTTP but to this machine. Answers are bounded in
 * size and time.
 */
import type { JsonValue } from "../core/codec/canonical-json.js";
import { readBytes } from "../core/codec/read-bytes.js";
import { MAX_JSON_DEPTH, nestsDeeper } from "../core/recipe/strict-json.js";
import { ClientError, type ClientErrorCode } from "./error.js";
import { readProblem } from "./problem.js";

export interface TransportOptions {
  /** Origin of the registry, e.g. `http://localhost:8080`. */
  readonly url: string;
  readonly token?: string;
  readonly timeoutSeconds?: number;
  readonly maxAnswerBytes?: number;
  /** For tests and proxies; the global one otherwise. */
  readonly fetch?: typeof fetch;
}

export interface Request {
  readonly method?: "GET" | "PUT" | "POST" | "DELETE";
  /** Path on the server, each part encoded: `pathOf` makes it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is bytes or text. */
  readonly body?: unknown;
  /** Whether request or answer holds passwords. */
  readonly secret?: boolean;
  /** Of the answer, where it is known to be shorter than answers in general. */
  readonly maxAnswerBytes?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/**
 * @throws {ClientError} client_unreachable, client_timeout, client_answer, client_answer_limit;
 *   client_url for a secret over plain HTTP; {ServerProblem}
 */
export type Transport = (request: Request) => Promise<Answer>;

const DEFAULT_TIMEOUT_SECONDS = 60;
const DEFAULT_MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Twice what any document in it may have. */
const MAX_DEPTH = 2 * MAX_JSON_DEPTH;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Requests to the registry of `options`; an answer that is no 2xx is thrown.
 * @throws {ClientError} client_url
 */
export function createTransport(options: TransportOptions): Transport {
  const origin = checkServer(options);
  const send = options.fetch ?? fetch;
  const timeoutSeconds = options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const maxBytes = options.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES;
  return async (request) => {
    const url = new URL(request.path, origin);
    if (request.secret === true) checkPrivate(url, "what holds passwords");
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const signal = AbortSignal.timeout(timeoutSeconds * 1000);
    const wrap = (error: unknown) => explain(error, origin, timeoutSeconds);
    const init = { ...buildInit(request, options.token), signal };
    const response = await send(url, init).catch((error: unknown) => {
      throw wrap(error);
    });
    // What a refusal says is no file.
    const limit = response.ok ? Math.min(request.maxAnswerBytes ?? maxBytes, maxBytes) : maxBytes;
    const body = await readBody(response, limit).catch((error: unknown) => {
      throw wrap(error);
    });
    const { status, headers } = response;
    if (status >= 300 && status < 400) {
      throw failure("client_answer", `${url.pathname}: the server answered a redirect (${status})`);
    }
    if (!response.ok) throw readProblem(status, tryJson(body));
    return { status, headers, body };
  };
}

/** A path of encoded parts. */
export function pathOf(...parts: readonly (string | number)[]): string {
  return `/${parts.map((part) => encodeURIComponent(part)).join("/")}`;
}

/** @throws {ClientError} client_answer */
export function jsonOf({ body }: Answer): unknown {
  const value = tryJson(body);
  if (value === undefined) throw failure("client_answer", "the server's answer is no JSON");
  if (!nestsDeeper(value, MAX_DEPTH)) return value;
  throw failure("client_answer", `the server's answer nests deeper than ${MAX_DEPTH}`);
}

function checkServer({ url: server, token }: TransportOptions): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw failure("client_url", `'${server}' is no http(s) URL`);
  }
  if (url.username !== "" || url.password !== "") {
    throw failure("client_url", "give the token apart from the server's URL");
  }
  if (url.pathname !== "/" || url.search !== "") {
    throw failure("client_url", `'${server}' has more than a host: a registry has no path`);
  }
  if (token !== undefined) checkPrivate(url, "a token");
  return url.origin;
}

/** @throws {ClientError} client_url where everybody on the way could read `what` */
function checkPrivate({ protocol, hostname, origin }: URL, what: string): void {
  if (protocol === "https:" || LOOPBACK.has(hostname)) return;
  throw new ClientError("client_url", `${what} is not sent to ${origin} over plain HTTP`, {
    hint: "put TLS before the registry, and name it by https://",
  });
}

function buildInit({ method = "GET", headers = {}, body }: Request, token: string | undefined) {
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  const all: Record<string, string> = { accept: "application/json", "user-agent": "backbar" };
  if (body !== undefined && !isRaw) all["content-type"] = "application/json";
  if (token !== undefined) all.authorization = `Bearer ${token}`;
  for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = value;
  return {
    method,
    headers: all,
    redirect: "manual" as const,
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
  };
}

async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  const bytes = await readBytes(response.body, maxBytes);
  if (bytes !== undefined) return bytes;
  throw failure("client_answer_limit", `the answer is longer than ${maxBytes} bytes`);
}

function tryJson(body: Uint8Array): JsonValue | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8")) as JsonValue;
  } catch {
    return undefined;
  }
}

function explain(error: unknown, origin: string, timeoutSeconds: number): Error {
  if (error instanceof ClientError) return error;
  if (error instanceof Error && error.name === "TimeoutError") {
    return failure("client_timeout", `${origin} did not answer within ${timeoutSeconds} s`, error);
  }
  return failure("client_unreachable", `${origin} cannot be reached: ${reasonOf(error)}`, error);
}

/** fetch says only "fetch failed"; its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  return cause.message || code || error.message;
}

function failure(code: ClientErrorCode, message: string, cause?: unknown): ClientError {
  return new ClientError(code, message, cause === undefined ? {} : { cause });
}
