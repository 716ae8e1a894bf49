/** Problem details (RFC 9457) as errors. What a server says is shown, so it is clipped and cleaned. */
import { membersOf } from "../core/codec/members.js";
import type { Place, Problem } from "../errors.js";
import { ServerProblem } from "./error.js";

const MAX_TEXT = 4000;
const MAX_PROBLEMS = 500;

/** The error of an answer that is no 2xx. `body` is its JSON, or undefined if it has none. */
export function readProblem(status: number, body: unknown): ServerProblem {
  const fields = membersOf(body);
  const code = textOf(fields.get("code")) ?? "http_error";
  const message =
    textOf(fields.get("detail")) ?? textOf(fields.get("title")) ?? `the server answered ${status}`;
  const hint = textOf(fields.get("hint"));
  const place = placeOf(fields.get("place"));
  return new ServerProblem(status, code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(place === undefined ? {} : { place }),
    problems: problemsOf(fields.get("problems") ?? fields.get("errors")),
  });
}

/** Problems of an answer, such as its warnings; what is none is shown as far as it goes. */
export function problemsOf(value: unknown): Problem[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MAX_PROBLEMS).map((item) => {
    const fields = membersOf(item);
    const place = placeOf(fields.get("place"));
    const hint = textOf(fields.get("hint"));
    return {
      code: textOf(fields.get("code")) ?? "http_error",
      message: textOf(fields.get("message")) ?? textOf(fields.get("detail")) ?? "",
      ...(place === undefined ? {} : { place }),
      ...(hint === undefined ? {} : { hint }),
    };
  });
}

function placeOf(value: unknown): Place | undefined {
  const fields = membersOf(value);
  if (fields.size === 0) return undefined;
  const [file, path] = [textOf(fields.get("file")), textOf(fields.get("path"))];
  const [line, column] = [fields.get("line"), fields.get("column")];
  return {
    ...(file === undefined ? {} : { file }),
    ...(path === undefined ? {} : { path }),
    ...(typeof line === "number" ? { line } : {}),
    ...(typeof column === "number" ? { column } : {}),
  };
}

/** Text without the control characters that could drive a terminal. */
function textOf(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  return value.slice(0, MAX_TEXT).replace(/[^\P{Cc}\n\t]/gu, "\ufffd");
}
