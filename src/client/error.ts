import { BackbarError, type ErrorDetails } from "../errors.js";

export type ClientErrorCode =
  | "client_url"
  | "client_unreachable"
  | "client_timeout"
  | "client_answer"
  | "client_answer_limit"
  | "client_receipt"
  | "client_release"
  | "client_version"
  | "client_root"
  | "client_folder"
  | "client_file_limit";

/** A request that did not come to an answer, or an answer that cannot be trusted. */
export class ClientError extends BackbarError<ClientErrorCode> {
  override readonly name = "ClientError";
}

/** What the server refused, with the server's own code (RFC 9457 problem details). */
export class ServerProblem extends BackbarError {
  override readonly name = "ServerProblem";
  /** HTTP status. */
  readonly status: number;
  constructor(status: number, code: string, message: string, details: ErrorDetails = {}) {
    super(code, message, details);
    this.status = status;
  }
}
