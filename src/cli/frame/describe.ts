/** Errors and findings as lines for people. */
import type { BackbarError, Place } from "../../errors.js";
import { hintOf } from "./hints.js";

/** `FILE:LINE:COLUMN: message`, as far as the place is known; the file is never said twice. */
export function describeFault(message: string, place: Place | undefined): string {
  const { at, bare } = placeOf(message, place);
  return at === "" ? bare : `${at}: ${bare}`;
}

/** `FILE:LINE:COLUMN` as far as the place is known and not in the message, and the rest of it. */
export function placeOf(message: string, place: Place | undefined): { at: string; bare: string } {
  if (place?.file === undefined) return { at: "", bare: message };
  const { file, line, column } = place;
  if (line === undefined && message.startsWith(`${file} `)) return { at: "", bare: message };
  const at = [file, line, column].filter((part) => part !== undefined).join(":");
  if (message.startsWith(`${at}: `)) return { at, bare: message.slice(at.length + 2) };
  const bare = message.startsWith(`${file}: `) ? message.slice(file.length + 2) : message;
  return { at, bare };
}

/** The lines of an error: every problem with its place and what may help, then the error's own hint. */
export function describeError(error: BackbarError): string {
  const said = hintOf(error);
  // Some messages end with it.
  const hint = said !== undefined && error.message.endsWith(said) ? undefined : said;
  return `backbar: error: ${describeProblems(error)}\n${hint === undefined ? "" : `hint: ${hint}\n`}`;
}

/** An error in its JSON form; codes never change. */
export function errorJson(error: BackbarError) {
  const { code, message, place, problems } = error;
  return { code, message, place, hint: hintOf(error), problems };
}

function describeProblems({ message, place, hint, problems }: BackbarError): string {
  const [first, ...others] = problems;
  if (first === undefined) return describeFault(message, place);
  // An error of several problems often has the first as its message, after what it is about.
  const at = message.indexOf(first.message);
  if (others.length === 0 && at >= 0) return describeFault(first.message, first.place);
  // The hint of the first is mostly the error's own, which stands below.
  const said = new Set([hint]);
  const lines = problems.flatMap((problem) => {
    const line = `  ${describeFault(problem.message, problem.place)}`;
    if (problem.hint === undefined || said.has(problem.hint)) return [line];
    said.add(problem.hint);
    return [line, `    hint: ${problem.hint}`];
  });
  const head = at < 0 ? message : `${message.slice(0, at)}${problems.length} problems`;
  return [head, ...lines].join("\n");
}
