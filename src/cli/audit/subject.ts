/** What is verified: a version, an environment's current release, or one of its releases. */
import type { Subject } from "../../core/audit/evidence.js";
import { checkEnvironmentName, parseRecipeName } from "../../core/recipe/names.js";
import { checkVersion } from "../../core/recipe/version.js";
import { parseRelease } from "../frame/flags.js";
import { UsageError } from "../frame/usage.js";

/** `NAMESPACE/NAME@VERSION`, `ENVIRONMENT` or `ENVIRONMENT@RELEASE`. @throws {UsageError}; {RecipeError} */
export function parseSubject(text: string): Subject {
  const at = text.indexOf("@");
  const [name, rest] = at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  if (!name.includes("/")) {
    checkEnvironmentName(name);
    if (rest === undefined) return { kind: "environment", environment: name };
    return { kind: "release", environment: name, number: parseRelease(rest, text) };
  }
  parseRecipeName(name);
  if (rest === undefined) {
    throw new UsageError(
      `${text} names no version`,
      `a version is named as ${name}@1.2.3; backbar show ${name} lists them`,
    );
  }
  checkVersion(rest);
  return { kind: "version", recipe: name, version: rest };
}

export function formatSubject(subject: Subject): string {
  if (subject.kind === "version") return `${subject.recipe}@${subject.version}`;
  if (subject.kind === "environment") return subject.environment;
  return `${subject.environment}@${subject.number}`;
}
