import { BackbarError } from "../errors.js";

export type StoreErrorCode =
  | "store_unreachable"
  | "store_in_use"
  | "store_path"
  | "store_blob_corrupt"
  | "store_blob_missing"
  | "store_checkpoint_file";

export class StoreError extends BackbarError<StoreErrorCode> {
  override readonly name = "StoreError";
}

/** SQLSTATE classes and codes of a server that is not there or goes away, and of conflicts to repeat. */
const TRANSIENT = /^(08...|57P0[123]|53300|40001|40P01)$/;
const SOCKET_ERRORS = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND"]);
/** What the driver says without a code. */
const DRIVER_MESSAGES = ["Connection terminated", "timeout exceeded when trying to connect"];

/** Whether the database, or the way to it, failed: asking again may succeed. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.cause !== undefined) return isUnreachable(error.cause);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return (
    TRANSIENT.test(code) ||
    SOCKET_ERRORS.has(code) ||
    DRIVER_MESSAGES.some((message) => error.message.startsWith(message))
  );
}
