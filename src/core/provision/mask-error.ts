/** Errors without the secrets that their messages may quote: template errors show values. */
import { BackbarError } from "../../errors.js";
import type { Secrets } from "./secrets.js";

/** `error`, changed in place: messages, hints, problems and causes have their secrets masked. */
export function maskError(error: unknown, secrets: Secrets): unknown {
  const seen = new Set<unknown>();
  for (
    let current = error;
    current instanceof Error && !seen.has(current);
    current = current.cause
  ) {
    seen.add(current);
    maskOne(current, secrets);
  }
  return error;
}

function maskOne(error: Error, secrets: Secrets): void {
  const message = secrets.maskText(error.message);
  if (message !== error.message) {
    error.message = message;
    // The stack begins with the message.
    error.stack = `${error.name}: ${message}`;
  }
  if (!(error instanceof BackbarError)) return;
  const { hint, problems } = error;
  Object.assign(error, {
    hint: hint === undefined ? undefined : secrets.maskText(hint),
    problems: problems.map((problem) => ({
      ...problem,
      message: secrets.maskText(problem.message),
    })),
  });
}
