/** Faults below HTTP: what came is no request, so there is a socket to answer on and nothing else. */
import type { Socket } from "node:net";
import { HttpError } from "./error.js";
import { problemOf } from "./problem.js";
import { statusOf } from "./status.js";

/** Answers as every other error is answered, and hangs up. */
export function answerClientError(cause: Error & { readonly code?: string }, socket: Socket): void {
  if (cause.code === "ECONNRESET" || socket.destroyed) return;
  const error = clientError(cause.code);
  const status = statusOf(error.code);
  const problem = problemOf(error, status);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${status} ${problem.title}`,
    "content-type: application/problem+json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  if (socket.writable) socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  socket.destroySoon();
}

function clientError(code: string | undefined): HttpError {
  if (code === "HPE_HEADER_OVERFLOW") {
    return new HttpError("http_headers_too_large", "the request's headers are too large");
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return new HttpError("http_timeout", "the request did not come to its end in time");
  }
  return new HttpError("http_request_invalid", "this is no HTTP request");
}
