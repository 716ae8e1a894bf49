/** What a schema's check has found, in words. The values themselves are never quoted: they may be secrets. */
import type { ErrorObject } from "ajv/dist/2020.js";

/** One way in which a value does not fit its schema. */
export interface SchemaFault {
  /** From the root of the value to the fault, which for a bad or missing key is the key itself. */
  readonly path: readonly string[];
  readonly message: string;
}

/** More errors than these are not looked at. */
const MAX_ERRORS = 1000;
/** Alternatives and allowed values that a message names. */
const MAX_NAMED = 20;
const CHOICES = new Set(["anyOf", "oneOf", "contains"]);
/** They only say that others have been found. */
const SUMMARIES = new Set(["propertyNames", "if"]);

/** The faults behind Ajv's errors; those of alternatives are told as one. */
export function describeFaults(found: readonly ErrorObject[]): SchemaFault[] {
  // What an alternative finds stands before what says that none fits.
  const choices = found.filter(isChoice).slice(0, MAX_ERRORS);
  const errors = [...new Set([...found.slice(0, MAX_ERRORS), ...choices])];
  const inChoice = new Set(choices.flatMap((choice) => errorsWithin(choice, errors)));
  return errors
    .filter((error) => !inChoice.has(error) && !SUMMARIES.has(error.keyword))
    .map((error) => (isChoice(error) ? describeChoice(error, errors) : describe(error)));
}

/** Whether one of several schemas, or one of several entries, was to fit. */
function isChoice({ keyword }: ErrorObject): boolean {
  return CHOICES.has(keyword);
}

/** What the alternatives of `choice` have found. */
function errorsWithin(choice: ErrorObject, errors: readonly ErrorObject[]): ErrorObject[] {
  const { schemaPath, instancePath } = choice;
  return errors.filter(
    (error) =>
      error.schemaPath.startsWith(`${schemaPath}/`) &&
      (error.instancePath === instancePath || error.instancePath.startsWith(`${instancePath}/`)),
  );
}

function describeChoice(choice: ErrorObject, errors: readonly ErrorObject[]): SchemaFault {
  if (choice.keyword === "contains") return describe(choice);
  const path = parsePointer(choice.instancePath);
  const ways = errorsWithin(choice, errors)
    .filter((error) => !isChoice(error) && !SUMMARIES.has(error.keyword))
    .map(describe)
    .map((fault) => [...fault.path.slice(path.length), fault.message].join(" "));
  if (ways.length === 0) return describe(choice);
  const named = [...new Set(ways)].slice(0, MAX_NAMED);
  return { path, message: `fits none of the alternatives: ${named.join(", or ")}` };
}

function describe(error: ErrorObject): SchemaFault {
  const { keyword, params, instancePath, propertyName, message = "does not fit" } = error;
  const path = parsePointer(instancePath);
  if (propertyName !== undefined) {
    return { path: [...path, propertyName], message: `the key ${message}` };
  }
  switch (keyword) {
    case "required":
    case "dependentRequired":
      return { path: [...path, String(params.missingProperty)], message: "is missing" };
    case "additionalProperties":
      return { path: [...path, String(params.additionalProperty)], message: UNKNOWN };
    case "unevaluatedProperties":
      return { path: [...path, String(params.unevaluatedProperty)], message: UNKNOWN };
    case "false schema":
      return { path, message: "must not be there" };
    case "type":
      return { path, message: `must be ${[params.type].flat().join(" or ")}` };
    case "enum":
      return { path, message: `must be one of ${listed(params.allowedValues)}` };
    default:
      return { path, message };
  }
}

const UNKNOWN = "is no known key here";

function listed(allowed: unknown): string {
  const values: unknown[] = Array.isArray(allowed) ? allowed : [];
  return values
    .slice(0, MAX_NAMED)
    .map((value) => (typeof value === "string" ? value : JSON.stringify(value)))
    .join(", ");
}

/** The keys of a JSON pointer (RFC 6901). */
function parsePointer(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
