/** Errors as RFC 9457 problem details: a stable code, the place and a hint; never a stack. */
import type {
  FastifyError,
  FastifyReply,
  FastifyRequest,
  FastifySchemaValidationError,
} from "fastify";
import { BackbarError, type Place, type Problem } from "../errors.js";
import { isUnreachable, StoreError } from "../store/error.js";
import { HttpError } from "./error.js";
import { isRefusal, statusOf } from "./status.js";

interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** The request's id, as in the log; none where what came is no request. */
  readonly instance?: string;
  readonly place?: Place;
  readonly hint?: string;
  readonly problems?: readonly Problem[];
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Answers `error`; what is not the client's doing is logged, and its details stay here. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const known = asBackbarError(error);
  const status = known === undefined ? 500 : statusOf(known.code);
  const hidden = status >= 500 && status !== 503;
  if (hidden) request.log.error({ err: innermost(error) }, "request failed");
  const shown = known === undefined || hidden ? HIDDEN : known;
  const problem = problemOf(shown, status, `urn:uuid:${request.id}`);
  if (isRefusal(status)) request.refusal = shown.code;
  if (status === 401) reply.header("www-authenticate", challenges(shown.code));
  if (status === 503) reply.header("retry-after", "1");
  return reply
    .code(status)
    .type("application/problem+json; charset=utf-8")
    .serializer(JSON.stringify)
    .send(problem);
}

/** What went wrong first: the database layer wraps it in a message that repeats every parameter. */
function innermost(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? innermost(error.cause) : error;
}

/** How to authenticate (RFC 9110 §11.6.1, RFC 6750 §3, RFC 7617 §2). */
function challenges(code: string): string[] {
  const error = code === "http_token_required" ? "" : ', error="invalid_token"';
  return [`Bearer realm="backbar"${error}`, 'Basic realm="backbar", charset="UTF-8"'];
}

const HIDDEN = new BackbarError(
  "internal",
  "the service failed; its log has the details under this request's id",
);

/** The problem details of an error that may be shown. */
export function problemOf(error: BackbarError, status: number, instance?: string): ProblemDetails {
  const { code, message, place, hint, problems } = error;
  return {
    type: "about:blank",
    title: TITLES[status] ?? "Error",
    status,
    code,
    detail: message,
    ...(instance === undefined ? {} : { instance }),
    ...(place === undefined ? {} : { place }),
    ...(hint === undefined ? {} : { hint }),
    ...(problems.length === 0 ? {} : { problems }),
  };
}

const MAX_PROBLEMS = 50;

/** Fastify's own errors, and those of a database that does not answer, in our codes. */
function asBackbarError(error: unknown): BackbarError | undefined {
  if (error instanceof BackbarError) return error;
  if (isUnreachable(error)) {
    return new StoreError("store_unreachable", "the database does not answer; try again");
  }
  if (!(error instanceof Error) || !("statusCode" in error)) return undefined;
  const { validation, validationContext, statusCode, message } = error as FastifyError;
  if (validation !== undefined) {
    const problems = tellingFaults(validation).map((fault): Problem => {
      const path = [validationContext, ...fault.instancePath.split("/").slice(1)].join(".");
      return {
        code: "http_request_invalid",
        message: `${path} ${formOf(fault) ?? fault.message}${named(fault.params)}`,
        place: { path },
      };
    });
    return new HttpError("http_request_invalid", problems[0]?.message ?? message, { problems });
  }
  if (statusCode === 413) return new HttpError("http_body_too_large", "the body is too large");
  if (statusCode === 415) return new HttpError("http_content_type", message);
  if (statusCode === 404) return new HttpError("http_not_found", message);
  if (statusCode !== undefined && statusCode < 500)
    return new HttpError("http_body_invalid", message);
  return undefined;
}

/** What a text must look like in words, where its schema has them: a pattern says nothing to people. */
function formOf(fault: FastifySchemaValidationError): string | undefined {
  if (fault.keyword !== "pattern" || !("parentSchema" in fault)) return undefined;
  const { "x-form": form } = fault.parentSchema as { readonly "x-form"?: string };
  return form === undefined ? undefined : `must be ${form}`;
}

/** Without what Ajv says beside of alternatives: that none fits, and that the body is not left out. */
function tellingFaults(
  faults: readonly FastifySchemaValidationError[],
): readonly FastifySchemaValidationError[] {
  const telling = faults.filter(
    ({ keyword, params }) => keyword !== "anyOf" && !(keyword === "type" && params.type === "null"),
  );
  return (telling.length > 0 ? telling : faults).slice(0, MAX_PROBLEMS);
}

/** The unknown field's name, or the values that are allowed. */
function named(params: Record<string, unknown>): string {
  const { additionalProperty, allowedValues, allowedValue } = params;
  if (additionalProperty !== undefined) return `: ${String(additionalProperty)}`;
  if (Array.isArray(allowedValues)) return `: ${allowedValues.join(", ")}`;
  return allowedValue === undefined ? "" : `: ${String(allowedValue)}`;
}
