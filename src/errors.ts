/**
 * The one error shape of Backbar: a stable `code` (API), a message for people, the place of the
 * fault and a hint. Each room has one subclass and one union of codes.
 */

/**
 * Where a fault is. `line` and `column` are 1-based; `path` is a JSON path such as
 * `containers.web.image`, with `\.` for a dot inside a key.
 */
export interface Place {
  readonly file?: string;
  /** The workload that the file, or the part of a project's state, is of. */
  readonly workload?: string;
  readonly line?: number;
  readonly column?: number;
  readonly path?: string;
}

/** One of several faults reported together. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly place?: Place;
  readonly hint?: string;
}

export interface ErrorDetails {
  readonly place?: Place;
  readonly hint?: string;
  /** All faults of one document, when there are more than the message can carry. */
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
}

export class BackbarError<Code extends string = string> extends Error {
  override readonly name: string = "BackbarError";
  readonly code: Code;
  readonly place: Place | undefined;
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];

  constructor(code: Code, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.place = details.place;
    this.hint = details.hint;
    this.problems = details.problems ?? [];
  }
}

/** An error as one of several problems. */
export function asProblem({ code, message, place, hint }: BackbarError): Problem {
  return {
    code,
    message,
    ...(place === undefined ? {} : { place }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** As `error`, its cause, with other details. */
export function withDetails(error: BackbarError, details: ErrorDetails): BackbarError {
  const { code, message, place, hint, problems } = error;
  return new BackbarError(code, message, {
    ...(place === undefined ? {} : { place }),
    ...(hint === undefined ? {} : { hint }),
    problems,
    cause: error,
    ...details,
  });
}
