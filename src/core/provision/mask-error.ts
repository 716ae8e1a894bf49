/** Errors without the secrets that their messages may quote: template errors show values. */
import { BackbarError, type Place, type Problem } from "../../errors.js";
import type { Secrets } from "./secrets.js";

/** Longest text of an error, in UTF-16 units. */
export const MAX_TEXT = 8192;

/** `error`, changed in place: messages, places, hints, problems and causes have their secrets masked. */
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
  const message = shownText(error.message, secrets);
  if (message !== error.message) {
    error.message = message;
    // The stack begins with the message.
    error.stack = `${error.name}: ${message}`;
  }
  // Errors of forms know the path in the document.
  if ("path" in error && typeof error.path === "string") {
    Object.assign(error, { path: shownText(error.path, secrets) });
  }
  if (!(error instanceof BackbarError)) return;
  const { hint, place, problems } = error;
  Object.assign(error, {
    hint: hint === undefined ? undefined : shownText(hint, secrets),
    place: place === undefined ? undefined : maskPlace(place, secrets),
    problems: problems.map((problem) => maskFault(problem, secrets)),
  });
}

/** A problem or a finding with its secrets masked. */
export function maskFault<T extends Problem>(fault: T, secrets: Secrets): T {
  const { message, place, hint } = fault;
  return {
    ...fault,
    message: shownText(message, secrets),
    ...(place === undefined ? {} : { place: maskPlace(place, secrets) }),
    ...(hint === undefined ? {} : { hint: shownText(hint, secrets) }),
  };
}

/** Paths are made of keys, which may be secrets. */
function maskPlace(place: Place, secrets: Secrets): Place {
  return place.path === undefined ? place : { ...place, path: shownText(place.path, secrets) };
}

/** Messages can quote whole values; this much of them is shown. */
function shownText(text: string, secrets: Secrets): string {
  if (text.length <= MAX_TEXT) return secrets.maskText(text);
  return `${secrets.maskText(text, MAX_TEXT)}…`;
}
