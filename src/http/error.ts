import { BackbarError } from "../errors.js";

export type HttpErrorCode =
  | "http_body_invalid"
  | "http_body_too_large"
  | "http_combination"
  | "http_content_type"
  | "http_headers_too_large"
  | "http_host_refused"
  | "http_if_match"
  | "http_method"
  | "http_not_acceptable"
  | "http_not_found"
  | "http_origin_refused"
  | "http_rate_limit"
  | "http_request_invalid"
  | "http_timeout"
  | "http_token_invalid"
  | "http_token_expired"
  | "http_token_required"
  | "oidc_no_rule"
  | "oidc_unavailable";

/** A request that cannot be served as it was sent. */
export class HttpError extends BackbarError<HttpErrorCode> {
  override readonly name = "HttpError";
}
